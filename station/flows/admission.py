"""A card that nobody knows applies by being scanned."""

from __future__ import annotations

from station.decision import Decision, Draft
from station.flows.card import end_session, welcome
from station.model import EventType, Reader
from station.signals import Signal


def new_card(draft: Draft, key: str) -> Decision:
    """What the policy `admission` says: `open` admits at once, `review` waits for staff, `closed` ignores."""
    end_session(draft)
    policy = draft.shelf.policy
    if policy.admission == "closed" or policy.cards == "signed":
        return draft.decide(Signal.UNKNOWN)
    admitted = policy.admission == "open"
    reader = Reader(id=key, status="active" if admitted else "applied")
    draft.save(reader)
    draft.record(EventType.APPLIED, key, reader=key)
    if not admitted:
        return draft.decide(Signal.PENDING, reader=key)
    draft.record(EventType.READER_ADMITTED, key, reader=key)
    return welcome(draft, reader, Signal.ADMITTED)
