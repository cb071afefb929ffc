"""A card at the desk: a session opens, changes hands or ends."""

from __future__ import annotations

from msgspec import structs

from station.decision import Decision, Draft
from station.flows import borrow, count
from station.flows.refusals import is_expired
from station.model import Reader
from station.scan import Card
from station.session import AskedPin, ReaderSession, StaffSession, without_staff
from station.signals import Reason, Signal


def card(draft: Draft, shown: Card) -> Decision:
    """A card that the library knows."""
    state, reader = draft.state, shown.reader
    if not counts(draft, shown):
        return _unsigned(draft, reader)
    if state.session and state.session.reader == reader.id:
        return close_session(draft)
    if state.staff and state.staff.staff == reader.id:
        return close_staff(draft)
    end_session(draft)
    reason = not_good(draft, reader)
    if reason is not None and (reader.kind == "staff" or not draft.overrides()):
        return draft.decide(Signal.REFUSED, reason, reader=reader.id)
    if reader.status == "applied":
        return draft.decide(Signal.PENDING, reader=reader.id)
    return enter(draft, reader)


def enter(draft: Draft, reader: Reader, signal: Signal = Signal.WELCOME) -> Decision:
    """A card that is good, known for long or admitted just now: its PIN is asked for, or `welcome`."""
    if _needs_pin(draft, reader):
        asked = AskedPin(reader.id, draft.now.mono)
        return draft.decide(Signal.PIN, reader=reader.id, asked=asked)
    return welcome(draft, reader, signal)


def counts(draft: Draft, shown: Card) -> bool:
    """Whether a card is believed to be the one that was handed out, and not its number in a stranger's print.

    Where the policy asks for signed cards, a PIN stands in for the tag on a staff card, and staff at the desk
    for it on a reader's.
    """
    if shown.signed or draft.shelf.policy.cards == "any":
        return True
    return shown.reader.pin is not None if shown.reader.kind == "staff" else draft.state.staff is not None


def bad_card(draft: Draft) -> Decision:
    """Whoever holds it, it is not the one whose session is open."""
    end_session(draft)
    return draft.decide(Signal.UNKNOWN)


def _unsigned(draft: Draft, reader: Reader) -> Decision:
    """A number that was guessed learns nothing; staff is told to use the signed card."""
    if reader.kind == "staff":
        end_session(draft)
        return draft.decide(Signal.REFUSED, Reason.NOT_STAFF, reader=reader.id)
    return bad_card(draft)


def end_session(draft: Draft) -> None:
    """Any other card ends an open reader session first: nobody's book goes on another's account."""
    if draft.state.session or draft.state.asked:
        draft.state = structs.replace(draft.state, session=None, asked=None, last=None)


def welcome(draft: Draft, reader: Reader, signal: Signal = Signal.WELCOME) -> Decision:
    """Open the session of a card that is good; a book that waited for it is lent at once, else `signal`."""
    if reader.kind == "staff":
        return _open_staff(draft, reader)
    session = ReaderSession(reader.id, draft.now.mono)
    waiting = draft.state.pending
    draft.state = structs.replace(draft.state, session=session, asked=None, pending=None, last=None)
    item = draft.shelf.item(waiting.item) if waiting else None
    if item is not None:
        return borrow.with_card(draft, session, reader, item)
    return draft.decide(signal, reader=reader.id)


def close_session(draft: Draft) -> Decision:
    reader = draft.state.session.reader if draft.state.session else None
    return draft.decide(Signal.GOODBYE, reader=reader, session=None, asked=None, last=None)


def close_staff(draft: Draft) -> Decision:
    """A stocktake that is open is summed up first."""
    count.sum_up(draft)
    draft.state = without_staff(draft.state)
    return draft.decide(Signal.GOODBYE)


def _open_staff(draft: Draft, staff: Reader) -> Decision:
    opened = StaffSession(staff.id, draft.now.mono)
    draft.state = without_staff(draft.state)
    return draft.decide(Signal.STAFF, reader=staff.id, staff=opened)


def not_good(draft: Draft, reader: Reader) -> Reason | None:
    if reader.status == "blocked":
        return Reason.READER_BLOCKED
    if is_expired(reader, draft.shelf.policy.day(draft.now)):
        return Reason.READER_EXPIRED
    return None


def _needs_pin(draft: Draft, reader: Reader) -> bool:
    """Staff with a PIN types it; a reader does where the policy says so, but not with staff at the desk."""
    if reader.kind == "staff":
        return reader.pin is not None
    return draft.shelf.policy.reader_pin == "required" and draft.state.staff is None
