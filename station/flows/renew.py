"""A book that I already have: my loan is renewed."""

from __future__ import annotations

from msgspec import structs

from station.decision import Decision, Draft
from station.events import Renewed
from station.flows import refusals
from station.flows.due import renewed_until
from station.model import MOST, Item, Loan, Reader
from station.session import Step
from station.signals import Signal


def renew(draft: Draft, reader: Reader, item: Item, loan: Loan) -> Decision:
    """Counts from today, and never brings the due date nearer (the contract)."""
    reason = refusals.first(refusals.AT_A_RENEWAL, reader, item, draft.shelf, draft.now)
    if not draft.overrides() and reason is not None:
        return draft.decide(Signal.REFUSED, reason, item=item.id, reader=reader.id)
    policy = draft.shelf.policy
    due = renewed_until(loan, policy.day(draft.now), policy)
    times = min(loan.renewals + 1, MOST)
    renewed = structs.replace(item, loan=structs.replace(loan, due=due, renewals=times))
    event = draft.record(
        Renewed(
            item=item.id,
            reader=reader.id,
            due=due.isoformat(),
            renewals=times,
            staff=draft.staff,
            override=reason,
        )
    )
    draft.save(renewed)
    step = Step(item, renewed, (event,), (reader.id,))
    return draft.decide(Signal.RENEWED, item=item.id, reader=reader.id, last=step)
