"""A backup is of one moment, and whole or not there."""

from __future__ import annotations

import errno
import os
import re
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import structs

from station.backup import BackupError
from station.backup import make as making
from station.backup.make import Made, make
from station.backup.packed import head_of, unpack
from station.model import Item, Moment
from station.store import Store, StoreError, copies
from station.store.copies import check
from tests import disks
from tests.backup.helpers import NOW, backed_up, change, flip, later, names, rows
from tests.stores import EPOCH, LIBRARY, STATION, save


def test_a_backup_holds_all_that_the_store_held(file: Path, folder: Path, tmp_path: Path) -> None:
    made = make(file, folder, STATION, NOW)
    unpack(made.path, tmp_path / "unpacked.db", None)
    assert rows(tmp_path / "unpacked.db") == rows(file)
    assert (made.contents.counts["items"], made.contents.counts["readers"]) == (5, 2)
    assert (made.contents.head, made.contents.epoch, made.contents.library) == (4, EPOCH, LIBRARY)


def test_a_backup_has_the_name_of_library_station_and_time_and_leaves_nothing_else(
    file: Path, folder: Path
) -> None:
    backed_up(file, folder)
    assert names(folder) == ["shelfpost-oak-desk_1-20261124T090000Z.backup"]
    assert names(file.parent) == ["backup.lock", "station.db"]


def test_a_clock_that_was_set_back_overwrites_no_backup(file: Path, folder: Path) -> None:
    first, second = backed_up(file, folder), backed_up(file, folder)
    assert (first.name, second.name) == (
        "shelfpost-oak-desk_1-20261124T090000Z.backup",
        "shelfpost-oak-desk_1-20261124T090000Z-2.backup",
    )


def test_what_is_written_meanwhile_holds_nothing_up_and_is_not_in_the_backup(
    file: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "STEP", 16)
    with closing(Store.open(file, STATION)) as store:
        save(store, *(Item(id=f"X-{each:04}") for each in range(2000)))
        told: list[tuple[int, int]] = []

        def lend_on(done: int, of: int) -> None:
            told.append((done, of))
            assert len(told) < 1000, "the copy begins anew each time"
            save(store, Item(id=f"meanwhile-{len(told)}"))

        made = make(file, folder, STATION, NOW, progress=lend_on)
        unpack(made.path, tmp_path / "unpacked.db", None)
        assert len(told) > 1 and told == sorted(told) and told[-1][0] == told[-1][1]
        assert made.contents == check(tmp_path / "unpacked.db")
        assert made.contents.counts["items"] == 2005
        assert len(store.shelf.items()) == 2005 + len(told)


def pruned(made: Made) -> list[str]:
    return [each.name.removeprefix("shelfpost-oak-desk_1-") for each in made.pruned]


def test_old_backups_go_and_the_newest_stay(file: Path, folder: Path) -> None:
    gone: list[str] = []
    for day in range(5):
        change(file, f"new-{day}", now=later(86_400 * day))
        gone += pruned(make(file, folder, STATION, later(86_400 * day), keep=3))
    assert gone == ["20261124T090000Z.backup", "20261125T090000Z.backup"]
    assert len(names(folder)) == 3


def test_a_clock_in_the_past_does_not_make_the_newest_backup_the_oldest(file: Path, folder: Path) -> None:
    for day in (5, 6, -9000, -8000):
        change(file, f"new-{day}", now=later(86_400 * day))
        make(file, folder, STATION, later(86_400 * day), keep=2)
    assert [head_of(folder / each).contents.counts["items"] for each in names(folder)] == [8, 9]


def unsynchronised(seconds: float) -> Moment:
    return structs.replace(later(seconds), trusted=False)


def test_backups_made_after_a_clock_that_was_years_ahead_stay(file: Path, folder: Path) -> None:
    for day in (9000, 9001):
        change(file, f"new-{day}", now=unsynchronised(86_400 * day))
        make(file, folder, STATION, later(86_400 * day), keep=2)
    for day in (1, 2, 3):
        change(file, f"new-{day}", now=later(86_400 * day))
        make(file, folder, STATION, later(86_400 * day), keep=2)
    assert [head_of(folder / each).contents.counts["items"] for each in names(folder)] == [9, 10]


def test_what_is_not_this_stations_backup_is_never_removed(file: Path, folder: Path) -> None:
    make(file, folder, "desk_2", NOW)
    (folder / "shelfpost-oak-desk_1-notes.backup").write_text("mine")
    for hour in range(3):
        make(file, folder, STATION, later(3600 * hour), keep=1)
    assert names(folder) == [
        "shelfpost-oak-desk_1-20261124T110000Z.backup",
        "shelfpost-oak-desk_1-notes.backup",
        "shelfpost-oak-desk_2-20261124T090000Z.backup",
    ]


def test_what_a_killed_backup_left_is_taken_away(file: Path, folder: Path) -> None:
    (folder / ".shelfpost-oak-desk_1-20200101T000000Z.backup.unfinished").write_text("half")
    (file.parent / "backup.work").mkdir()
    (file.parent / "backup.work" / "copy.db").write_text("half")
    backed_up(file, folder)
    assert (names(folder), names(file.parent)) == (
        ["shelfpost-oak-desk_1-20261124T090000Z.backup"],
        ["backup.lock", "station.db"],
    )


def test_a_drive_that_knows_no_modes_takes_a_backup(
    file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As FAT does, for all but root and whoever has mounted it."""

    def denied(descriptor: int, mode: int) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "fchmod", denied)
    assert head_of(backed_up(file, folder)).contents == check(file)


def test_a_folder_that_goes_away_leaves_no_half_backup(file: Path, folder: Path) -> None:
    with pytest.raises(BackupError, match=r"cannot make a backup in .*drive: No such file or directory"):
        make(
            file, folder, STATION, NOW, progress=lambda _done, _of: shutil.rmtree(folder, ignore_errors=True)
        )
    assert names(file.parent) == ["backup.lock", "station.db"]


def test_a_full_disk_leaves_no_half_backup_and_all_older_ones(file: Path, folder: Path) -> None:
    with closing(Store.open(file, STATION)) as store:
        save(store, *(Item(id=os.urandom(100).hex()) for _ in range(2000)))
    with disks.small_disk(folder, 200):
        (folder / "shelfpost-oak-desk_1-20200101T000000Z.backup").write_text("older")
        with pytest.raises(BackupError, match="No space left on device"):
            make(file, folder, STATION, NOW, keep=1)
        assert names(folder) == ["shelfpost-oak-desk_1-20200101T000000Z.backup"]


def test_a_disk_that_does_not_keep_what_was_written_is_found_out(
    file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "sync", lambda path: flip(path, path.stat().st_size // 2))
    with pytest.raises(BackupError, match="does not read back the same"):
        backed_up(file, folder)
    assert names(folder) == []


def test_a_damaged_store_pushes_out_no_good_backup(file: Path, folder: Path) -> None:
    good = backed_up(file, folder)
    damaged, number = re.subn(
        rb"(?<!/)BK-0\{", b"ZZ-0{", file.read_bytes()
    )  # its row is now in a wrong place
    assert number == 1
    file.write_bytes(damaged)
    with pytest.raises(BackupError, match=r"station\.db is damaged"):
        make(file, folder, STATION, NOW, keep=1)
    assert names(folder) == [good.name]


def test_two_backups_at_a_time_are_one(file: Path, folder: Path) -> None:
    def again(_done: int, _of: int) -> None:
        with pytest.raises(BackupError, match="another backup is being made"):
            backed_up(file, folder)

    assert make(file, folder, STATION, NOW, progress=again).path.exists()


def test_without_a_store_or_a_library_there_is_nothing_to_back_up(store_file: Path, folder: Path) -> None:
    with pytest.raises(StoreError, match="there is no store"):
        backed_up(store_file, folder)
    Store.open(store_file, STATION).close()
    with pytest.raises(BackupError, match="no library yet"):
        backed_up(store_file, folder)
    assert names(folder) == []
