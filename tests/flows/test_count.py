"""A stocktake that silence ends, and a disk that fails at that moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from station.desk import Desk
from station.model import Reader
from station.signals import Signal
from station.store import Store, StoreError
from station.store.store import OrderedDB
from tests.stores import EPOCH, STATION, MemoryTables, SetClock, events, stock


class Disk(MemoryTables):
    """Takes nothing while it is full."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.full = False

    @contextmanager
    def transaction(self, *, synced: bool = False) -> Iterator[None]:
        if self.full:
            raise StoreError("the disk is full")
        with super().transaction(synced=synced):
            yield


def counted(store: Store) -> list[dict[str, Any]]:
    return [each["data"] for each in events(store) if each["type"].startswith("shelfpost.inventory.counted")]


def test_sum_that_could_not_be_written_is_written_once_before_the_next_scan_counts() -> None:
    disk, clock = Disk(), SetClock()
    store = Store(OrderedDB(storage=lambda: disk), STATION, epoch=EPOCH)
    stock(store, readers=[Reader(id="RD-9", kind="staff"), "RD-1"], items=["BK-1", "BK-2"])
    desk = Desk(store)
    for text in ("RD-9", "CMD-COUNT", "BK-1"):
        desk.scan("s", text, clock.step(2))
    disk.full = True
    with pytest.raises(StoreError):
        desk.tick(clock.step(120))
    assert desk.deadline() == clock.now().mono + 60
    with pytest.raises(StoreError):
        desk.scan("s", "RD-1", clock.step(2))
    assert (counted(store), desk.state.staff, desk.state.session) == ([], None, None)
    disk.full = False
    assert [each.signal for each in desk.scan("s", "RD-1", clock.step(2))] == [Signal.WELCOME]
    desk.tick(clock.step(300))
    assert [each["missing"] for each in counted(store)] == [("BK-2",)]
