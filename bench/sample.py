"""A made-up library, as a station has it that has long been in service: its broker lacks nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from msgspec import structs

from station.decision import Decision
from station.drivers.clock import SystemClock
from station.events import Borrowed
from station.model import Document, Item, Library, Loan, Reader, Title, instant
from station.session import State
from station.store import Store
from station.store.stamps import following

LIBRARY, STATION = "oak", "desk_1"
BATCH = 5_000
"""Documents of one transaction."""
ITEMS_A_READER = 5
"""Of so many items one is on loan, and so many fewer readers than items are there."""


def isbn(number: int) -> str:
    """The ISBN-13 that holds these nine digits: weights 1 and 3 in turn, up to the next ten."""
    digits = f"978{number:09d}"
    total = sum(int(each) * (3 if place % 2 else 1) for place, each in enumerate(digits))
    return digits + str(-total % 10)


def item_id(number: int) -> str:
    return f"BK-{number:06d}"


def reader_id(number: int) -> str:
    return f"RD-{number:06d}"


def is_lent(number: int) -> bool:
    return number % ITEMS_A_READER == 0


def documents(items: int, now: datetime) -> Iterator[Document]:
    """`items` copies, two of each title; each reader has one of them on loan."""
    yield Library(id=LIBRARY, name="Oak Street Library")
    for number in range(items // 2):
        yield Title(isbn=isbn(number), title=f"Title {number}", authors=(f"Author {number % 997}",))
    for number in range(items // ITEMS_A_READER):
        yield Reader(id=reader_id(number))
    for number in range(items):
        loan = _loan(number // ITEMS_A_READER, now) if is_lent(number) else None
        yield Item(id=item_id(number), isbn=isbn(number // 2), title=f"Title {number // 2}", loan=loan)


def _loan(reader: int, now: datetime) -> Loan:
    due = (now + timedelta(days=10)).date()
    return Loan(
        reader=reader_id(reader), since=instant(now), due=due, station=STATION, event=f"old-{reader + 1}"
    )


def fill(path: Path, items: int) -> None:
    """Make a store with a library of so many items, and no events."""
    now = datetime.now(UTC) - timedelta(days=4)
    stamp = following("", now, STATION)
    store = Store.open(path, STATION)
    made = documents(items, now)
    while batch := list(islice(made, BATCH)):
        with store.transaction():
            for each in batch:
                store.shared.put_as_it_is(structs.replace(each, stamp=stamp, stamps=(stamp,)))
    store.close()


def record(path: Path, events: int) -> None:
    """Put so many loans into the log of a filled store, as events that nobody has sent."""
    now = SystemClock().now()
    store = Store.open(path, STATION)
    due = (now.wall + timedelta(days=14)).date().isoformat()
    loans = [
        Borrowed(item=item_id(number), isbn=isbn(number // 2), reader=reader_id(number % 1000), due=due)
        for number in range(events)
    ]
    decision = Decision(state=State(), record=tuple(loans))
    store.decide(lambda _: decision, now)
    store.close()
