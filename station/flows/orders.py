"""What staff may order without standing at the shelf: the same flows as there, and so the same events.

Central sends an order as a command; the command line makes one of its own. Pure.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct, structs

from station.decision import Act, Decision, Draft
from station.events import ItemAdded
from station.flows import borrow, give_back, renew, review, staff, upkeep
from station.model import Item, Reader
from station.scan import clean, is_contact, isbn13
from station.session import ReaderSession, StaffSession, State
from station.signals import Reason, Signal

Key = Annotated[str, Meta(min_length=1, max_length=512)]
Note = Annotated[str, Meta(max_length=1000)]


def _as_scanned(key: str) -> bool:
    """Whether a scanner could give this number: what none can give would never be found at the shelf."""
    return clean("", key).text == key and not is_contact(key)


class Order(Struct, frozen=True, kw_only=True, tag_field="command"):
    """`id` comes back in the reply; the same id again is answered again and not carried out twice."""

    id: Annotated[str, Meta(min_length=1, max_length=100)]
    staff: Key | None = None

    def carry_out(self, draft: Draft) -> Decision:
        raise NotImplementedError


class _OnReader(Order, frozen=True, kw_only=True):
    NAME: ClassVar[str]
    reader: Key

    def carry_out(self, draft: Draft) -> Decision:
        found = draft.shelf.reader(self.reader)
        if found is not None:
            return review.known(draft, self.NAME, found)
        if draft.shelf.item(self.reader):
            return draft.decide(Signal.REFUSED, Reason.WRONG_KIND)
        new = _as_scanned(self.reader)
        return review.unknown(draft, self.NAME, self.reader) if new else draft.decide(Signal.UNKNOWN)


class Admit(_OnReader, frozen=True, kw_only=True, tag="admit"):
    """Admit a reader; one who has never applied, too."""

    NAME = "ADMIT"


class Reject(_OnReader, frozen=True, kw_only=True, tag="reject"):
    """Reject a reader who has applied."""

    NAME = "REJECT"


class Block(_OnReader, frozen=True, kw_only=True, tag="block"):
    """Block a card: it can return, and borrow nothing."""

    NAME = "BLOCK"


class Unblock(_OnReader, frozen=True, kw_only=True, tag="unblock"):
    """Let a blocked card borrow again."""

    NAME = "UNBLOCK"


class _OnBook(Order, frozen=True, kw_only=True):
    item: Key

    def carry_out(self, draft: Draft) -> Decision:
        found = draft.shelf.item(self.item)
        return self.with_book(draft, found) if found else draft.decide(Signal.UNKNOWN)

    def with_book(self, draft: Draft, item: Item) -> Decision:
        raise NotImplementedError


class _OnStock(_OnBook, frozen=True, kw_only=True):
    NAME: ClassVar[str]

    def with_book(self, draft: Draft, item: Item) -> Decision:
        return upkeep.book(draft, self.NAME, item)


class Lost(_OnStock, frozen=True, kw_only=True, tag="lost"):
    """Say that a copy is lost."""

    NAME = "LOST"


class Found(_OnStock, frozen=True, kw_only=True, tag="found"):
    """Say that a lost copy is here again."""

    NAME = "FOUND"


class Withdraw(_OnStock, frozen=True, kw_only=True, tag="withdraw"):
    """Take a copy out of the stock."""

    NAME = "WITHDRAW"


class Add(Order, frozen=True, kw_only=True, tag="add"):
    """Take in a copy with a label of its own."""

    item: Key
    isbn: Annotated[str, Meta(max_length=30)] | None = None
    title: Annotated[str, Meta(min_length=1, max_length=1000)] | None = None
    location: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    reference: bool = False

    def carry_out(self, draft: Draft) -> Decision:
        isbn = isbn13(self.isbn) if self.isbn else None
        if (self.isbn and isbn is None) or not _as_scanned(self.item):
            return draft.decide(Signal.UNKNOWN)
        if draft.shelf.item(self.item) or draft.shelf.reader(self.item):
            return draft.decide(Signal.REFUSED, Reason.WRONG_KIND, item=self.item)
        status = "reference" if self.reference else "available"
        draft.save(
            Item(id=self.item, isbn=isbn, title=self.title, location=self.location, status=status)  # type: ignore[arg-type]
        )
        draft.record(ItemAdded(item=self.item, isbn=isbn, staff=draft.staff))
        return draft.decide(Signal.ADDED, item=self.item)


class Lend(_OnBook, frozen=True, kw_only=True, tag="lend"):
    """Lend a copy to a reader. `override` lets one refusal through, and the event says which."""

    reader: Key
    override: bool = False

    def with_book(self, draft: Draft, item: Item) -> Decision:
        reader = draft.shelf.reader(self.reader)
        if reader is None:
            return draft.decide(Signal.UNKNOWN)
        if reader.status == "applied":
            return draft.decide(Signal.PENDING, reader=reader.id)
        if reader.kind == "staff":
            return draft.decide(Signal.REFUSED, Reason.WRONG_KIND, reader=reader.id)
        if item.loan and item.loan.reader == reader.id:
            return draft.decide(Signal.BORROWED, item=item.id, reader=reader.id)
        draft.state = structs.replace(draft.state, override=self.override)
        return borrow.with_card(draft, ReaderSession(reader.id, draft.now.mono), reader, item)


class Renew(_OnBook, frozen=True, kw_only=True, tag="renew"):
    """Renew the loan of a copy, whoever has it."""

    override: bool = False

    def with_book(self, draft: Draft, item: Item) -> Decision:
        if item.loan is None:
            return draft.decide(Signal.REFUSED, Reason.NOT_ON_LOAN, item=item.id)
        draft.state = structs.replace(draft.state, override=self.override)
        reader = draft.shelf.reader(item.loan.reader) or Reader(id=item.loan.reader)
        return renew.renew(draft, reader, item, item.loan)


class Return(_OnBook, frozen=True, kw_only=True, tag="return"):
    """Take a copy back."""

    def with_book(self, draft: Draft, item: Item) -> Decision:
        if item.loan is None:
            return draft.decide(Signal.REFUSED, Reason.NOT_ON_LOAN, item=item.id)
        return give_back.without_card(draft, item)


class Resolve(Order, frozen=True, kw_only=True, tag="resolve"):
    """Say that an exception has been seen to. One that is resolved already stays so, without an event."""

    exception: Key
    note: Note | None = None

    def carry_out(self, draft: Draft) -> Decision:
        found = draft.shelf.incident(self.exception)
        if found is None:
            return draft.decide(Signal.UNKNOWN)
        if found.status == "open":
            draft.resolve_incident(found, self.note or found.note)
        return draft.decide(Signal.DONE_OK, item=found.item, reader=found.reader)


class Status(Order, frozen=True, kw_only=True, tag="status"):
    """Ask whether something waits for staff: `pending` if so."""

    def carry_out(self, draft: Draft) -> Decision:
        return staff.status(draft)


class Identify(Order, frozen=True, kw_only=True, tag="identify"):
    """Let the station's lamps say: here I am."""

    def carry_out(self, draft: Draft) -> Decision:
        return draft.decide(Signal.IDENTIFY, act=Act.IDENTIFY)


class Restart(Order, frozen=True, kw_only=True, tag="restart"):
    """Start the station's service anew."""

    def carry_out(self, draft: Draft) -> Decision:
        return draft.decide(Signal.STOPPING, act=Act.RESTART)


class Shutdown(Order, frozen=True, kw_only=True, tag="shutdown"):
    """Power the station off. Nobody can order it on again from afar."""

    def carry_out(self, draft: Draft) -> Decision:
        return draft.decide(Signal.STOPPING, act=Act.SHUTDOWN)


ORDERS: tuple[type[Order], ...] = (
    Admit,
    Reject,
    Block,
    Unblock,
    Add,
    Lost,
    Found,
    Withdraw,
    Lend,
    Renew,
    Return,
    Resolve,
    Status,
    Identify,
    Restart,
    Shutdown,
)
"""Every order that a station takes."""

NOT_DONE = frozenset({Signal.REFUSED, Signal.UNKNOWN})


def by(staff: str | None, mono: float) -> State:
    """The desk as an order finds it: nobody there but, if they are named, the staff who gave it."""
    return State(staff=StaffSession(staff, mono) if staff else None)


def answer(decision: Decision) -> dict[str, Any]:
    """What the reply says beside the order's id. `ok`: it is as was ordered, now or already."""
    waits = decision.signal is Signal.PENDING and decision.reader is not None
    said: dict[str, Any] = {"ok": decision.signal not in NOT_DONE and not waits}
    for name in ("signal", "reason", "item", "reader"):
        value = getattr(decision, name)
        if value is not None:
            said[name] = str(value)
    return said
