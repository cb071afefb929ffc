"""What can happen: one type for each event of the contract, with the data that it carries.

A field at its default is left out of the event. `subject` is what it is about: the item, or the reader.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from msgspec import Struct

from station.contact import Contact

_PREFIX, _SUFFIX = "shelfpost.", ".v1"


def short(type_: str) -> str:
    """`loan.borrowed` for the CloudEvents type `shelfpost.loan.borrowed.v1`."""
    return type_.removeprefix(_PREFIX).removesuffix(_SUFFIX)


class EventType(StrEnum):
    """As the contract names them between `shelfpost.` and `.v1`."""

    BORROWED = "loan.borrowed"
    RENEWED = "loan.renewed"
    RETURNED = "loan.returned"
    UNDONE = "loan.undone"
    REFUSED = "loan.refused"
    DUE_SOON = "loan.due_soon"
    OVERDUE = "loan.overdue"
    APPLIED = "reader.applied"
    ADMITTED = "reader.admitted"
    REJECTED = "reader.rejected"
    BLOCKED = "reader.blocked"
    UNBLOCKED = "reader.unblocked"
    READER_CHANGED = "reader.changed"
    CONTACT = "reader.contact"
    ITEM_ADDED = "item.added"
    ITEM_CHANGED = "item.changed"
    ITEM_FOUND = "item.found"
    ITEM_LOST = "item.lost"
    ITEM_SEEN = "item.seen"
    ITEM_WITHDRAWN = "item.withdrawn"
    COUNTED = "inventory.counted"
    LIBRARY_CREATED = "library.created"
    LIBRARY_CHANGED = "library.changed"
    EXCEPTION_RAISED = "exception.raised"
    EXCEPTION_RESOLVED = "exception.resolved"
    STARTED = "station.started"
    STOPPED = "station.stopped"

    @property
    def cloud(self) -> str:
        """The CloudEvents `type`."""
        return f"{_PREFIX}{self.value}{_SUFFIX}"


LENDING = frozenset((EventType.BORROWED.cloud, EventType.RENEWED.cloud))
"""The CloudEvents types of what gives a book a due date."""


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happened, before the log gives it an id, a sequence and a time."""

    type: ClassVar[EventType]

    @property
    def subject(self) -> str:
        raise NotImplementedError


class _AboutItem(Event, frozen=True, kw_only=True, omit_defaults=True):
    item: str

    @property
    def subject(self) -> str:
        return self.item


class _AboutReader(Event, frozen=True, kw_only=True, omit_defaults=True):
    reader: str

    @property
    def subject(self) -> str:
        return self.reader


class _AboutLibrary(Event, frozen=True, kw_only=True, omit_defaults=True):
    library: str

    @property
    def subject(self) -> str:
        return self.library


class _AboutStation(Event, frozen=True, kw_only=True, omit_defaults=True):
    station: str
    version: str
    reason: str

    @property
    def subject(self) -> str:
        return self.station


class Borrowed(_AboutItem, frozen=True, kw_only=True, omit_defaults=True):
    """`provisional`: the due date was reckoned with a clock that was not synchronised.

    `override` is the refusal that staff let through.
    """

    type: ClassVar = EventType.BORROWED
    reader: str
    due: str
    isbn: str | None = None
    staff: str | None = None
    override: str | None = None
    provisional: bool = False


class Renewed(_AboutItem, frozen=True, kw_only=True, omit_defaults=True):
    type: ClassVar = EventType.RENEWED
    reader: str
    due: str
    renewals: int
    staff: str | None = None
    override: str | None = None


class Returned(_AboutItem, frozen=True, kw_only=True, omit_defaults=True):
    """`implicit`: nobody brought it to be returned; the next reader borrowed it."""

    type: ClassVar = EventType.RETURNED
    overdue_days: int
    reader: str | None = None
    implicit: bool = False
    staff: str | None = None


class Undone(_AboutItem, frozen=True, kw_only=True, omit_defaults=True):
    """`undoes` is the id of the event that no longer counts."""

    type: ClassVar = EventType.UNDONE
    undoes: str
    reader: str | None = None
    staff: str | None = None


class Refused(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Recorded only where the policy says `record_refusals`."""

    type: ClassVar = EventType.REFUSED
    reason: str
    item: str | None = None
    reader: str | None = None

    @property
    def subject(self) -> str:
        return self.item or self.reader or self.reason


class DueSoon(_AboutItem, frozen=True, kw_only=True, omit_defaults=True):
    type: ClassVar = EventType.DUE_SOON
    reader: str
    due: str


class Overdue(_AboutItem, frozen=True, kw_only=True, omit_defaults=True):
    type: ClassVar = EventType.OVERDUE
    reader: str
    due: str


class Applied(_AboutReader, frozen=True, kw_only=True, omit_defaults=True):
    type: ClassVar = EventType.APPLIED


class Admitted(_AboutReader, frozen=True, kw_only=True, omit_defaults=True):
    type: ClassVar = EventType.ADMITTED
    staff: str | None = None


class Rejected(_AboutReader, frozen=True, kw_only=True, omit_defaults=True):
    type: ClassVar = EventType.REJECTED
    staff: str | None = None


class Blocked(_AboutReader, frozen=True, kw_only=True, omit_defaults=True):
    type: ClassVar = EventType.BLOCKED
    staff: str | None = None


class Unblocked(_AboutReader, frozen=True, kw_only=True, omit_defaults=True):
    type: ClassVar = EventType.UNBLOCKED
    staff: str | None = None


class ReaderChanged(_AboutReader, frozen=True, kw_only=True, omit_defaults=True):
    """The reader's document says what it is now: other limits, another PIN, or erased."""

    type: ClassVar = EventType.READER_CHANGED
    staff: str | None = None


class ReaderContact(_AboutReader, frozen=True, kw_only=True, omit_defaults=True):
    """What a reader's phone said. `contact` is joined in when it is sent: the log never holds it."""

    type: ClassVar = EventType.CONTACT
    contact: Contact | None = None


class ItemAdded(_AboutItem, frozen=True, kw_only=True, omit_defaults=True):
    type: ClassVar = EventType.ITEM_ADDED
    isbn: str | None = None
    staff: str | None = None


class ItemFound(_AboutItem, frozen=True, kw_only=True, omit_defaults=True):
    type: ClassVar = EventType.ITEM_FOUND
    isbn: str | None = None
    staff: str | None = None


class ItemChanged(_AboutItem, frozen=True, kw_only=True, omit_defaults=True):
    type: ClassVar = EventType.ITEM_CHANGED
    isbn: str | None = None
    staff: str | None = None


class ItemLost(_AboutItem, frozen=True, kw_only=True, omit_defaults=True):
    type: ClassVar = EventType.ITEM_LOST
    isbn: str | None = None
    staff: str | None = None


class ItemWithdrawn(_AboutItem, frozen=True, kw_only=True, omit_defaults=True):
    type: ClassVar = EventType.ITEM_WITHDRAWN
    isbn: str | None = None
    staff: str | None = None


class ItemSeen(_AboutItem, frozen=True, kw_only=True, omit_defaults=True):
    """`location`: where the stocktake saw it, if the place was scanned first."""

    type: ClassVar = EventType.ITEM_SEEN
    location: str | None = None
    staff: str | None = None


class Counted(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The end of a stocktake. `missing` should stand here and were not seen; `unexpected` were seen and
    should not be in; `misplaced` belong to another place.
    """

    type: ClassVar = EventType.COUNTED
    station: str
    counts: dict[str, int]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    misplaced: tuple[str, ...] = ()
    location: str | None = None
    staff: str | None = None

    @property
    def subject(self) -> str:
        return self.location or self.station


class LibraryCreated(_AboutLibrary, frozen=True, kw_only=True, omit_defaults=True):
    type: ClassVar = EventType.LIBRARY_CREATED


class LibraryChanged(_AboutLibrary, frozen=True, kw_only=True, omit_defaults=True):
    type: ClassVar = EventType.LIBRARY_CHANGED


class ExceptionRaised(Event, frozen=True, kw_only=True, omit_defaults=True):
    """`id` is that of the exception's document."""

    type: ClassVar = EventType.EXCEPTION_RAISED
    id: str
    kind: str
    note: str
    item: str | None = None
    reader: str | None = None

    @property
    def subject(self) -> str:
        return self.item or self.reader or self.id


class ExceptionResolved(ExceptionRaised, frozen=True, kw_only=True, omit_defaults=True):
    """Staff has seen to it; `note` is what was said about it."""

    type: ClassVar = EventType.EXCEPTION_RESOLVED


class Started(_AboutStation, frozen=True, kw_only=True, omit_defaults=True):
    """`reason` says how the station had ended before."""

    type: ClassVar = EventType.STARTED


class Stopped(_AboutStation, frozen=True, kw_only=True, omit_defaults=True):
    type: ClassVar = EventType.STOPPED


EVENTS: tuple[type[Event], ...] = (
    Borrowed,
    Renewed,
    Returned,
    Undone,
    Refused,
    DueSoon,
    Overdue,
    Applied,
    Admitted,
    Rejected,
    Blocked,
    Unblocked,
    ReaderChanged,
    ReaderContact,
    ItemAdded,
    ItemChanged,
    ItemFound,
    ItemLost,
    ItemSeen,
    ItemWithdrawn,
    Counted,
    LibraryCreated,
    LibraryChanged,
    ExceptionRaised,
    ExceptionResolved,
    Started,
    Stopped,
)
"""Every event type that this station records."""
