"""Stores for tests: in memory or in a file, with a library in them, and a clock that tests set."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from tinydb.storages import MemoryStorage

from station.decision import Decision
from station.model import Document, Item, Library, Moment, Policy, Reader
from station.session import State
from station.store import Store
from station.store.store import OrderedDB

STATION = "desk_1"
LIBRARY = "oak"
EPOCH = "e0"
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class MemoryTables(MemoryStorage):
    """TinyDB's own memory storage with what a Store asks of one: all or nothing."""

    memory: Any

    @contextmanager
    def transaction(self, *, synced: bool = False) -> Iterator[None]:
        before = copy.deepcopy(self.memory)
        try:
            yield
        except BaseException:
            self.memory = before
            raise

    def version(self) -> int:
        return 0


class SetClock:
    """A clock that stands still until it is stepped."""

    def __init__(self, wall: datetime = START, *, trusted: bool = True, boot: str = "boot-1") -> None:
        self.moment = Moment(wall, 1000.0, trusted, boot, UTC)

    def now(self) -> Moment:
        return self.moment

    def step(self, seconds: float) -> Moment:
        """Both clocks go on together; returns the time that it then is."""
        now = self.moment
        wall, mono = now.wall + timedelta(seconds=seconds), now.mono + seconds
        self.moment = Moment(wall, mono, now.trusted, now.boot, now.zone)
        return self.moment


def memory_store(epoch: str = EPOCH) -> Store:
    return Store(OrderedDB(storage=MemoryTables), STATION, epoch=epoch)


def stock(
    store: Store,
    *,
    readers: Iterable[str | Reader] = (),
    items: Iterable[str | Item] = (),
    policy: Policy = Policy(),  # noqa: B008
    now: Moment | None = None,
) -> None:
    """Give `store` a library with these readers and items; no events are recorded."""
    documents: list[Document] = [Library(id=LIBRARY, name="Oak", policy=policy)]
    documents += [Reader(id=each) if isinstance(each, str) else each for each in readers]
    documents += [Item(id=each) if isinstance(each, str) else each for each in items]
    save(store, *documents, now=now)


def save(store: Store, *documents: Document, now: Moment | None = None) -> None:
    decision = Decision(state=State(), save=documents)
    store.decide(lambda _: decision, now or SetClock().now())


def events(store: Store) -> list[dict[str, Any]]:
    """The whole log, oldest first."""
    return [each.event for each in store.journal.after(0, 1_000_000)]
