from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from station.backup.make import backups_folder, make
from station.doctor.data import backups, store
from station.doctor.place import Place
from station.store.schema import APPLICATION_ID, MIGRATIONS
from tests.doctor.places import place, said, store_of
from tests.stores import STATION, SetClock, stock


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def here(tmp_path: Path, clock: SetClock) -> Iterator[Place]:
    """With a store that somebody has open, as a running station has."""
    made = place(tmp_path, clock=clock)
    with store_of(made) as opened:
        stock(opened, readers=["RD-1"], items=["BK-1", "BK-2"])
        yield made


def test_store_that_is_whole(here: Place) -> None:
    assert said(store(here)) == [
        ("ok", f"{here.store_path} is whole, version {len(MIGRATIONS)}: 2 items, 1 readers, 0 events")
    ]


def test_store_without_a_library_is_a_warning(tmp_path: Path) -> None:
    here = place(tmp_path)
    with store_of(here):
        assert [status for status, _ in said(store(here))] == ["ok", "warning"]


def test_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    here = place(tmp_path)
    assert said(store(here)) == [("skipped", f"there is no store in {here.data_dir} yet")]
    assert said(backups(here)) == [("skipped", f"there is no store in {here.data_dir} yet")]
    assert not here.data_dir.exists()


def test_store_that_is_damaged_is_wrong(tmp_path: Path) -> None:
    here = place(tmp_path)
    with store_of(here) as opened:
        stock(opened, items=[f"BK-{number}" for number in range(2_000)])
    data = bytearray(here.store_path.read_bytes())
    data[40_000:60_000] = b"\xff" * 20_000
    here.store_path.write_bytes(data)
    (finding,) = store(here)
    assert finding.status == "wrong" and "is damaged" in finding.found


def test_file_of_another_program_is_wrong_and_left_alone(tmp_path: Path) -> None:
    here = place(tmp_path)
    here.data_dir.mkdir()
    here.store_path.write_bytes(b"a letter")
    (finding,) = store(here)
    assert finding.status == "wrong" and here.store_path.read_bytes() == b"a letter"


def test_store_of_a_newer_program_is_wrong(tmp_path: Path) -> None:
    here = place(tmp_path)
    with store_of(here) as opened:
        stock(opened)
    versioned(here.store_path, 99)
    assert [status for status, _ in said(store(here))] == ["ok", "wrong"]
    with here.store() as seen:
        assert seen is None


def versioned(path: Path, version: int) -> None:
    """Big-endian, in the file's header: sqlite.org/fileformat2.html."""
    data = bytearray(path.read_bytes())
    assert data[68:72] == APPLICATION_ID.to_bytes(4, "big")
    data[60:64] = version.to_bytes(4, "big")
    path.write_bytes(data)


def test_no_backup_is_a_warning(here: Place) -> None:
    (finding,) = backups(here)
    assert finding.status == "warning" and f"there is no backup in {here.data_dir}/backups" in finding.found


def back_up(here: Place) -> Path:
    folder = backups_folder(here.data_dir, None)
    return make(here.store_path, folder, STATION, here.clock.now()).path


def test_age_of_the_newest_backup_is_told(here: Place, clock: SetClock) -> None:
    back_up(here)
    clock.step(timedelta(days=7).total_seconds())
    back_up(here)
    clock.step(timedelta(hours=5).total_seconds())
    assert said(backups(here)) == [("ok", f"the newest backup in {here.data_dir}/backups is 5 hours old")]


def test_old_backup_is_a_warning(here: Place, clock: SetClock) -> None:
    back_up(here)
    clock.step(timedelta(days=9).total_seconds())
    assert said(backups(here)) == [("warning", f"the newest backup in {here.data_dir}/backups is 9 days old")]


def test_file_that_is_no_backup_counts_for_nothing(here: Place) -> None:
    path = back_up(here)
    path.write_bytes(b"half")
    assert [status for status, _ in said(backups(here))] == ["warning"]
