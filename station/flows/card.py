"""A card at the desk: a session opens, changes hands or ends."""

from __future__ import annotations

from msgspec import structs

from station.decision import Decision, Draft
from station.flows import borrow
from station.flows.refusals import is_expired
from station.model import Reader
from station.session import AskedPin, ReaderSession, StaffSession, without_staff
from station.signals import Reason, Signal


def card(draft: Draft, reader: Reader) -> Decision:
    """A card that the library knows."""
    state = draft.state
    if state.session and state.session.reader == reader.id:
        return close_session(draft)
    if state.staff and state.staff.staff == reader.id:
        return close_staff(draft)
    end_session(draft)
    reason = _not_good(draft, reader)
    if reason is not None and not draft.overrides():
        return draft.decide(Signal.REFUSED, reason, reader=reader.id)
    if reader.status == "applied":
        return draft.decide(Signal.PENDING, reader=reader.id)
    if _needs_pin(draft, reader):
        asked = AskedPin(reader.id, draft.now.mono)
        return draft.decide(Signal.PIN, reader=reader.id, asked=asked)
    return welcome(draft, reader)


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
    draft.state = without_staff(draft.state)
    return draft.decide(Signal.GOODBYE)


def _open_staff(draft: Draft, staff: Reader) -> Decision:
    opened = StaffSession(staff.id, draft.now.mono)
    draft.state = without_staff(draft.state)
    return draft.decide(Signal.STAFF, reader=staff.id, staff=opened)


def _not_good(draft: Draft, reader: Reader) -> Reason | None:
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
