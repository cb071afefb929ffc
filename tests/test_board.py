"""A store that wakes up on another computer: the card was moved, or copied."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from station.board import own
from station.life import started
from station.store import Store
from tests.backup.helpers import NOW, record
from tests.stores import STATION, events, stock


def run_on(file: Path, board: str | None) -> list[str]:
    """Start the station of this store on a computer, let it record an event, and return all ids."""
    with closing(Store.open(file, STATION)) as store:
        store.decide(lambda shelf: started(shelf, store.journal, NOW, board), NOW)
        record(store, 1)
        return [each["id"] for each in events(store)]


@pytest.fixture
def file(store_file: Path) -> Path:
    with closing(Store.open(store_file, STATION)) as store:
        stock(store)
    return store_file


def test_two_copies_of_a_card_never_give_the_same_event_id(file: Path, tmp_path: Path) -> None:
    before = run_on(file, "first")
    copy = tmp_path / "copy.db"
    shutil.copy(file, copy)
    ours, theirs = run_on(file, "first"), run_on(copy, "second")
    assert set(ours) & set(theirs) == set(before)
    assert theirs[len(before) :] == [f"{theirs[-1].split('-')[0]}-{each}" for each in (1, 2)]


@pytest.mark.parametrize(
    "boards",
    [["first", "first"], [None, "first"], ["first", None], ["first", None, "first"]],
    ids=["the same", "not known before", "not known now", "not known meanwhile"],
)
def test_the_epoch_stays_while_the_computer_may_be_the_same(file: Path, boards: list[str | None]) -> None:
    for each in boards:
        ids = run_on(file, each)
    assert len({each.split("-")[0] for each in ids}) == 1


def test_a_computer_is_known_by_its_serial_number_which_can_not_be_read_back(tmp_path: Path) -> None:
    serial = tmp_path / "serial-number"
    serial.write_bytes(b"10000000a1b2c3d4\0")
    found = own(serial)
    assert found == own(serial) and found and len(found) == 16 and "a1b2" not in found
    serial.write_bytes(b"10000000a1b2c3d5\0")
    assert own(serial) not in (None, found)


@pytest.mark.parametrize("content", [None, b"", b"\0"], ids=["no file", "empty", "only the end"])
def test_a_computer_without_a_serial_number_is_not_known(tmp_path: Path, content: bytes | None) -> None:
    serial = tmp_path / "serial-number"
    if content is not None:
        serial.write_bytes(content)
    assert own(serial) is None
