"""The report's figures, from one pass over the log and one over the documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from station.flows.erasure import ERASED
from station.model import Item, Moment, Reader
from station.report.figures import Idle, Late, Lent, Readers, Report, Stock
from station.report.tally import Tally
from station.report.uptime import Clocking
from station.store import Store
from station.store.shelf import StoredShelf

BANDS = ((1, 1, "1"), (2, 4, "2–4"), (5, 9, "5–9"), (10, None, "10+"))


def gather(
    store: Store,
    events: Iterable[dict[str, Any]],
    now: Moment,
    first: date,
    last: date,
    *,
    idle_days: int,
    most: int,
) -> Report:
    """Of the days from `first` to `last`. Lists are cut at `most`, the weightiest first.

    `events` are this station's, all of them, oldest first; documents are the whole library's.
    """
    shelf, zone = store.shelf, store.shelf.policy.zone(now)
    tally = Tally(first, last, zone)
    start, end = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (first, last + _DAY))
    clocking = Clocking(start, min(end, now.wall))
    for each in events:
        tally.add(each)
        clocking.add(each)
    items = shelf.items()
    today = shelf.policy.day(now)
    library = shelf.library()
    return Report(
        library=library.name or library.id if library else "",
        station=shelf.station,
        first=first,
        last=last,
        days=tally.by_day(),
        hours=tally.by_hour(),
        popular=tuple(islice(_popular(shelf, tally, items), most)),
        overdue=tuple(islice(_overdue(shelf, items, today), most)),
        late=sum(1 for each in items if _is_late(each, today)),
        idle=tuple(islice(_idle(shelf, tally, items, today - timedelta(days=idle_days)), most)),
        idle_days=idle_days,
        readers=_readers(shelf, tally),
        stock=_stock(items),
        uptime=clocking.uptime(running=store.journal.life() == "running"),
        exceptions=shelf.open_incidents(),
    )


_DAY = timedelta(days=1)


def _popular(shelf: StoredShelf, tally: Tally, items: list[Item]) -> Iterator[Lent]:
    copies = {each.isbn or each.id: each for each in reversed(items)}
    for book, loans in sorted(tally.books.items(), key=lambda each: (-each[1], each[0])):
        if loans > 0:
            copy = copies.get(book)
            yield Lent(book, shelf.title_of(copy) if copy else None, loans)


def _overdue(shelf: StoredShelf, items: list[Item], today: date) -> Iterator[Late]:
    late = [(each.loan.due, each) for each in items if each.loan and _is_late(each, today)]
    for due, item in sorted(late, key=lambda each: (each[0], each[1].id)):
        yield Late(item.id, shelf.title_of(item), due, (today - due).days)


def _is_late(item: Item, today: date) -> bool:
    return item.loan is not None and item.loan.due < today


def _idle(shelf: StoredShelf, tally: Tally, items: list[Item], since: date) -> Iterator[Idle]:
    """Never lent first, then those whose last loan is longest ago."""
    still = [each for each in items if each.status == "available" and each.loan is None]
    lent = ((tally.last_lent.get(each.id), each) for each in still)
    idle = ((last, each) for last, each in lent if last is None or last < since)
    for last, item in sorted(idle, key=lambda each: (each[0] or date.min, each[1].id)):
        yield Idle(item.id, shelf.title_of(item), last)


def _readers(shelf: StoredShelf, tally: Tally) -> Readers:
    status = Counter(each.status for each in shelf.all(Reader) if each.kind == "reader")
    counts = [loans for reader, loans in tally.readers.items() if loans > 0 and reader != ERASED]
    bands = {
        name: sum(1 for each in counts if low <= each and (high is None or each <= high))
        for low, high, name in BANDS
    }
    return Readers(dict(sorted(status.items())), len(counts), bands)


def _stock(items: list[Item]) -> Stock:
    status = Counter(each.status for each in items)
    on_loan = sum(1 for each in items if each.loan)
    return Stock(dict(sorted(status.items())), on_loan, len({each.isbn or each.id for each in items}))
