"""A document that central has written instead of ordering: what has happened, told by comparing.

The station that had changed the document last, before central did, records the event: so one of many does.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from station.events import (
    Admitted,
    Blocked,
    Borrowed,
    Event,
    ExceptionResolved,
    ItemChanged,
    ItemFound,
    ItemLost,
    ItemWithdrawn,
    LibraryChanged,
    ReaderChanged,
    Rejected,
    Renewed,
    Returned,
    Unblocked,
)
from station.flows.due import overdue_days
from station.model import Document, Incident, Item, Library, Loan, Moment, Policy, Reader

CENTRAL = "central"
"""How central names itself in a stamp: so, or with `_` and more after it. No station is called that."""


def is_central(author: str) -> bool:
    return author == CENTRAL or author.startswith(f"{CENTRAL}_")


def author(stamp: str) -> str:
    """The last part of `<milliseconds>-<counter>-<station>`."""
    return stamp.rpartition("-")[2]


def is_ours_to_tell(theirs: Document, station: str) -> bool:
    """Whether central wrote this version, and `station` the last before it that was not central's."""
    before = (author(each) for each in theirs.stamps if not is_central(author(each)))
    return is_central(author(theirs.stamp)) and next(before, None) == station


def events(before: Document | None, after: Document, policy: Policy, now: Moment) -> Iterator[Event]:
    """What has happened between two versions of a document; a stamp alone is no event."""
    if isinstance(before, Reader) and isinstance(after, Reader):
        yield from _reader(before, after)
    elif isinstance(before, Item) and isinstance(after, Item):
        yield from _status(before, after)
        yield from _loan(after, before.loan, after.loan, policy, now)
    elif isinstance(before, Library) and isinstance(after, Library):
        if bare(before) != bare(after):
            yield LibraryChanged(library=after.id)
    elif isinstance(before, Incident) and isinstance(after, Incident):
        yield from _incident(before, after)


def _reader(before: Reader, after: Reader) -> Iterator[Event]:
    if before.status == after.status:
        if bare(before) != bare(after):
            yield ReaderChanged(reader=after.id)
    elif after.status == "active":
        yield Unblocked(reader=after.id) if before.status == "blocked" else Admitted(reader=after.id)
    elif after.status == "blocked":
        yield Rejected(reader=after.id) if before.status == "applied" else Blocked(reader=after.id)
    else:
        yield ReaderChanged(reader=after.id)


def _status(before: Item, after: Item) -> Iterator[Event]:
    if before.status != after.status:
        named = {"lost": ItemLost, "withdrawn": ItemWithdrawn}.get(after.status, ItemChanged)
        if before.status == "lost" and after.status == "available":
            named = ItemFound
        yield named(item=after.id, isbn=after.isbn)
    elif bare(structs.replace(before, loan=None)) != bare(structs.replace(after, loan=None)):
        yield ItemChanged(item=after.id, isbn=after.isbn)


def _loan(
    item: Item, before: Loan | None, after: Loan | None, policy: Policy, now: Moment
) -> Iterator[Event]:
    if before and (after is None or after.reader != before.reader):
        late = overdue_days(before, policy.day(now))
        yield Returned(item=item.id, reader=before.reader, overdue_days=late, implicit=after is not None)
    if after and (before is None or after.reader != before.reader):
        yield Borrowed(item=item.id, isbn=item.isbn, reader=after.reader, due=after.due.isoformat())
    elif before and after and (after.due, after.renewals) != (before.due, before.renewals):
        yield Renewed(item=item.id, reader=after.reader, due=after.due.isoformat(), renewals=after.renewals)


def _incident(before: Incident, after: Incident) -> Iterator[Event]:
    if before.status == "open" and after.status == "resolved":
        yield ExceptionResolved(
            id=after.id, kind=after.kind, item=after.item, reader=after.reader, note=after.note
        )


def bare(document: Document) -> Document:
    """Without what says only when and by whom it was changed."""
    plain = structs.replace(document, stamp="", parent=None, stamps=())
    return structs.replace(plain, loanstamp="", reststamp="") if isinstance(plain, Item) else plain
