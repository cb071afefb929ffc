"""The frozen values that the station works with: documents, what flows decide, what they know.

Documents travel between programs of different ages: a field that this version doesn't know is kept in
`extra` and written out again as it came (`station.documents` reads and writes them).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct, field

Id = Annotated[str, Meta(min_length=1, max_length=512)]
MOST = 100_000
"""Of books at once, of renewals, and of whatever else is counted."""
Count = Annotated[int, Meta(ge=0, le=MOST)]


class Moment(Struct, frozen=True):
    """A point in time, as a station knows it.

    `wall` is aware and in UTC; `mono` counts seconds since the boot named by `boot` and never jumps;
    `trusted` says whether the wall clock was synchronised; `zone` is the station's own, used where the
    library names none (None: the system's).
    """

    wall: datetime
    mono: float
    trusted: bool = True
    boot: str = ""
    zone: tzinfo | None = None


class Policy(Struct, frozen=True, kw_only=True):
    """A library's rules. The keys are the contract's; each says what it means for `library show`."""

    admission: Annotated[
        Literal["open", "review", "closed"],
        Meta(description="what an unknown card does: lends at once, waits for staff, or nothing"),
    ] = "review"
    loan_days: Annotated[int, Meta(ge=0, le=3650, description="days from a loan to its due date")] = 14
    max_loans: Annotated[Count, Meta(description="how many books a reader may have at once")] = 5
    max_renewals: Annotated[Count, Meta(description="how often a loan may be renewed")] = 1
    block_overdue: Annotated[
        bool, Meta(description="whether a reader with an overdue book may borrow or renew nothing")
    ] = True
    on_loan_elsewhere: Annotated[
        Literal["hand_over", "refuse"],
        Meta(description="a book that another reader still has: hand it over, or refuse"),
    ] = "hand_over"
    reader_pin: Annotated[
        Literal["none", "required"], Meta(description="whether a reader types a PIN after the card")
    ] = "none"
    lend_by: Annotated[
        Literal["copy", "isbn"], Meta(description="books carry copy labels, or are known by their ISBN")
    ] = "copy"
    record_refusals: Annotated[bool, Meta(description="whether refusals are events too")] = False
    closed_dates: Annotated[
        tuple[date, ...], Meta(description="days on which no book is ever due, as YYYY-MM-DD")
    ] = ()
    degrade_after_hours: Annotated[
        Count, Meta(description="hours without a broker after which only returns are taken; 0: never")
    ] = 0
    degrade_after_loans: Annotated[
        Count, Meta(description="unsent loans after which only returns are taken; 0: never")
    ] = 0
    history_days: Annotated[
        int, Meta(ge=1, le=36_500, description="how long events are kept with the reader's id")
    ] = 365
    timezone: Annotated[
        str | None, Meta(description="the library's time zone, as in Europe/Berlin; none: the system's")
    ] = None
    cards: Annotated[
        Literal["any", "signed"], Meta(description="which readers' cards count: any, or signed ones only")
    ] = "any"
    extra: Mapping[str, Any] = field(default_factory=dict)

    def zone(self, moment: Moment) -> tzinfo | None:
        """The library's zone; where it names none, or one that is not known here: the station's own."""
        return (named_zone(self.timezone) if self.timezone else None) or moment.zone

    def day(self, moment: Moment) -> date:
        """The day that `moment` falls on, where the library is."""
        return moment.wall.astimezone(self.zone(moment)).date()


class Loan(Struct, frozen=True, kw_only=True):
    """An open loan. `event` is the id of the `loan.borrowed` event that made it."""

    reader: Id
    since: str
    due: date
    renewals: Count = 0
    station: str = ""
    event: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


class Document(Struct, frozen=True, kw_only=True):
    """What the stations of a library share. `kind` names the table and the topic.

    `stamp` is a hybrid logical clock value (`station.store.stamps`), `parent` the stamp that the change
    was made on, `stamps` the last 16, newest first.
    """

    kind_of_document: ClassVar[str]

    stamp: str = ""
    parent: str | None = None
    stamps: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        raise NotImplementedError


class Library(Document, frozen=True, kw_only=True):
    kind_of_document: ClassVar[str] = "library"

    id: Id
    name: str = ""
    contact: str = ""
    policy: Policy = Policy()

    @property
    def key(self) -> str:
        return self.id


class Item(Document, frozen=True, kw_only=True):
    """One physical copy, with its open loan inside: one loan at most, by construction.

    `loanstamp` and `reststamp` are the stamps of the last change of the loan and of anything else.
    """

    kind_of_document: ClassVar[str] = "items"

    id: Id
    isbn: str | None = None
    title: str | None = None
    status: Literal["available", "lost", "withdrawn", "reference"] = "available"
    location: str | None = None
    hold_for: str | None = None
    loan: Loan | None = None
    loanstamp: str = ""
    reststamp: str = ""

    @property
    def key(self) -> str:
        return self.id


class Reader(Document, frozen=True, kw_only=True):
    """A card. `expires` is the last day on which it is good; `pin` is a keyed hash, never the digits."""

    kind_of_document: ClassVar[str] = "readers"

    id: Id
    kind: Literal["reader", "staff"] = "reader"
    status: Literal["applied", "active", "blocked", "expired"] = "active"
    limit: Count | None = None
    expires: date | None = None
    pin: str | None = None

    @property
    def key(self) -> str:
        return self.id


class Title(Document, frozen=True, kw_only=True):
    """A book as the world knows it, by ISBN-13."""

    kind_of_document: ClassVar[str] = "titles"

    isbn: Id
    title: str = ""
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    year: int | None = None
    language: str | None = None
    source: str = ""

    @property
    def key(self) -> str:
        return self.isbn


class Incident(Document, frozen=True, kw_only=True):
    """An exception in the contract's sense: what staff should look at. `id` is the same at every station."""

    kind_of_document: ClassVar[str] = "exceptions"

    id: Id
    kind: str
    note: str
    item: str | None = None
    reader: str | None = None
    status: Literal["open", "resolved"] = "open"
    at: str = ""

    @property
    def key(self) -> str:
        return self.id


def named_zone(name: str) -> tzinfo | None:
    """The time zone of that name; None: there is none on this computer."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, as every time in the contract: `2026-11-24T09:00:00.123Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
