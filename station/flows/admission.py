"""A card that nobody knows applies by being scanned."""

from __future__ import annotations

from msgspec import structs

from station.decision import Decision, Draft
from station.events import Admitted, Applied
from station.flows.card import end_session, enter
from station.model import Reader
from station.session import Applying
from station.signals import Signal


def new_card(draft: Draft, key: str) -> Decision:
    """What the policy `admission` says: `open` admits at once, `review` waits for staff, `closed` ignores.

    Admitted is not let in: where PINs are required it has none yet, and is asked for one as any other card.
    """
    end_session(draft)
    policy = draft.shelf.policy
    if policy.admission == "closed" or policy.cards == "signed":
        return draft.decide(Signal.UNKNOWN)
    admitted = policy.admission == "open"
    reader = Reader(id=key, status="active" if admitted else "applied")
    draft.save(reader)
    draft.record(Applied(reader=key))
    draft.state = structs.replace(draft.state, applying=Applying(key, draft.now.mono))
    if not admitted:
        return draft.decide(Signal.PENDING, reader=key)
    draft.record(Admitted(reader=key, staff=draft.staff))
    return enter(draft, reader, Signal.ADMITTED)
