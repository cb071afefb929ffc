"""Which flow has a scan: what it means, by what is open at the desk."""

from __future__ import annotations

from msgspec import structs

from station.decision import Decision, Draft
from station.events import Refused
from station.flows import (
    admission,
    borrow,
    card,
    contacts,
    give_back,
    goodbye,
    isbn,
    modes,
    pin,
    staff,
    undo,
)
from station.model import Policy
from station.scan import BadCard, Card, Command, ContactCode, Copy, Isbn, Meaning, NewCard, Pin
from station.signals import Signal


def decide(draft: Draft, what: Meaning) -> Decision:
    """What a scan comes to, in a station that has its library."""
    decision = staff.dismissed(draft, what) or _chosen(draft, what)
    return _with_refusal(decision, draft.shelf.policy)


def _chosen(draft: Draft, what: Meaning) -> Decision:
    mode = draft.state.mode
    if mode and not isinstance(what, Command | Pin):
        decision = modes.scanned(draft, mode, what)
        if decision is not None:
            return decision
    if isinstance(what, Card | BadCard | NewCard):  # a contact that follows is the next reader's
        draft.state = structs.replace(draft.state, applying=None)
    match what:
        case Card():
            return card.card(draft, what)
        case BadCard():
            return card.bad_card(draft)
        case Copy() | Isbn():
            return _book(draft, what)
        case Command(name):
            return _command(draft, name)
        case Pin(digits) if draft.state.asked:
            return pin.pin(draft, draft.state.asked, digits)
        case NewCard(key):
            return admission.new_card(draft, key)
        case ContactCode(text):
            return contacts.scanned(draft, text)
    return draft.decide(Signal.UNKNOWN)


def _book(draft: Draft, what: Copy | Isbn) -> Decision:
    session = draft.state.session
    reader = draft.shelf.reader(session.reader) if session else None
    if session and reader:
        if isinstance(what, Copy):
            return borrow.with_card(draft, session, reader, what.item)
        return isbn.with_card(draft, session, reader, what.number)
    if isinstance(what, Copy):
        return give_back.without_card(draft, what.item)
    return isbn.without_card(draft, what.number)


def _command(draft: Draft, name: str) -> Decision:
    if name == "DONE":
        return goodbye.done(draft)
    if name == "UNDO":
        return undo.undo(draft)
    return staff.command(draft, name)


def _with_refusal(decision: Decision, policy: Policy) -> Decision:
    """Where the policy says so, a refusal is an event too."""
    if decision.signal is not Signal.REFUSED or decision.reason is None or not policy.record_refusals:
        return decision
    refused = Refused(reason=decision.reason.value, item=decision.item, reader=decision.reader)
    return structs.replace(decision, record=(*decision.record, refused))
