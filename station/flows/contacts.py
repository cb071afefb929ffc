"""The contact code of a phone, shown after an application: it says whom to call."""

from __future__ import annotations

from station.contact import contact
from station.decision import Decision, Draft
from station.events import ReaderContact
from station.session import CONTACT_SECONDS
from station.signals import Signal


def scanned(draft: Draft, text: str) -> Decision:
    """Good for 60 s after the card (the contract); the reader sees again what the application showed."""
    applying, found = draft.state.applying, contact(text)
    if found is None or applying is None or draft.now.mono - applying.since >= CONTACT_SECONDS:
        return draft.decide(Signal.UNKNOWN)
    reader = draft.shelf.reader(applying.reader)
    draft.record(ReaderContact(reader=applying.reader))
    is_waiting = reader is None or reader.status == "applied"
    let_in = Signal.PIN if draft.state.asked else Signal.ADMITTED
    signal = Signal.PENDING if is_waiting else let_in
    return draft.decide(signal, reader=applying.reader, contact=found)
