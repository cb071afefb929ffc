"""What a flow returns, what it may look at, and the draft with which it writes down what happens."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct, structs

from station.contact import Contact
from station.events import Event, ExceptionRaised, ExceptionResolved
from station.model import Document, Incident, Item, Moment, Policy, Reader, Title, instant
from station.session import State
from station.signals import Reason, Signal


class Shelf(Protocol):
    """A library as it is now, read-only. Inside a decision nobody else changes it."""

    @property
    def station(self) -> str: ...

    @property
    def policy(self) -> Policy: ...

    @property
    def degraded(self) -> bool:
        """Whether the station takes returns only, since it was without a broker for too long."""

    def item(self, key: str) -> Item | None: ...

    def reader(self, key: str) -> Reader | None: ...

    def title(self, isbn: str) -> Title | None: ...

    def incident(self, key: str) -> Incident | None: ...

    def copies(self, isbn: str) -> list[Item]:
        """Every item of an ISBN, in the order of ids."""

    def items(self) -> list[Item]:
        """Every item, in the order of ids; for a stocktake."""

    def waits_for_staff(self) -> bool:
        """Whether an exception is open or a reader has applied."""

    def loans_of(self, reader: str) -> list[Item]:
        """The items that a reader has on loan, in the order of ids."""

    def loans_due(self, day: date) -> list[Item]:
        """The items on loan that are due on `day`, in the order of ids."""

    def event_id(self, ahead: int) -> str:
        """The id that the next event will get (`ahead` = 0), the one after it (1), and so on."""

    def pin_fits(self, reader: Reader, digits: str) -> bool: ...

    def card_fits(self, card: str, tag: str) -> bool:
        """Whether `tag` signs the number `card` in this library."""


class Act(StrEnum):
    """What the station itself is to do, after this decision."""

    IDENTIFY = "identify"
    RESTART = "restart"
    SHUTDOWN = "shutdown"


class Decision(Struct, frozen=True, kw_only=True):
    """What a scan comes to. `signal` is None where nothing is shown.

    `save` and `record` are committed together, before anything is shown. `join` is a join code that was
    scanned where there is no library.
    """

    state: State
    signal: Signal | None = None
    reason: Reason | None = None
    save: tuple[Document, ...] = ()
    record: tuple[Event, ...] = ()
    item: str | None = None
    reader: str | None = None
    act: Act | None = None
    contact: Contact | None = None
    """Of the `reader.contact` event, the last that is recorded; kept apart from the log."""
    join: str | None = None
    again: bool = False
    """The scan has ended something and was not meant for that: it is decided once more, by what is left."""


class Draft:
    """A decision in the making: events in their order, documents by their id, the last version of each."""

    def __init__(self, state: State, shelf: Shelf, now: Moment, *, silence: float = 0.0) -> None:
        self.state = state
        self.silence = silence
        """Seconds since the scan before this one, in an open staff session."""
        self.shelf = shelf
        self.now = now
        self._events: list[Event] = []
        self._documents: dict[tuple[str, str], Document] = {}

    def record(self, event: Event) -> str:
        """Write down what happened. Returns the id that the event will have."""
        self._events.append(event)
        return self.shelf.event_id(len(self._events) - 1)

    @property
    def staff(self) -> str | None:
        """Who stands behind the reader, for events that say so."""
        return self.state.staff.staff if self.state.staff else None

    def overrides(self) -> bool:
        """Whether staff has said OVERRIDE; it is used up by this.

        Good for one loan, renewal or return, whether that needs it or not, so each of them asks; or for one
        card that is refused.
        """
        overridden = self.state.override
        self.state = structs.replace(self.state, override=False)
        return overridden

    def without_mode(self) -> State:
        return structs.replace(self.state, mode=None)

    def save(self, document: Document) -> None:
        self._documents[document.kind_of_document, document.key] = document

    def raise_incident(
        self,
        kind: str,
        note: str,
        *,
        item: str | None = None,
        reader: str | None = None,
        key: str | None = None,
    ) -> None:
        """Something for staff to look at; by default its id names the kind and the event that says so."""
        key = key or f"{kind}-{self.shelf.event_id(len(self._events))}"
        at = instant(self.now.wall)
        self.save(Incident(id=key, kind=kind, note=note, item=item, reader=reader, at=at))
        self.record(ExceptionRaised(id=key, kind=kind, item=item, reader=reader, note=note))

    def resolve_incident(self, found: Incident, note: str) -> None:
        """It has been seen to, or has ended by itself; every station of the library hears of it."""
        self.save(structs.replace(found, status="resolved"))
        self.record(
            ExceptionResolved(id=found.id, kind=found.kind, item=found.item, reader=found.reader, note=note)
        )

    def decide(
        self,
        signal: Signal | None,
        reason: Reason | None = None,
        *,
        item: str | None = None,
        reader: str | None = None,
        act: Act | None = None,
        contact: Contact | None = None,
        join: str | None = None,
        again: bool = False,
        **state: Any,
    ) -> Decision:
        """The decision that this draft has come to; `state` names what changes in the session."""
        return Decision(
            state=structs.replace(self.state, **state),
            signal=signal,
            reason=reason,
            save=tuple(self._documents.values()),
            record=tuple(self._events),
            item=item,
            reader=reader,
            act=act,
            contact=contact,
            join=join,
            again=again,
        )
