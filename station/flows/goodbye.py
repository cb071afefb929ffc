"""DONE: the innermost session ends, and with none open a book that waits for a card is forgotten."""

from __future__ import annotations

from station.decision import Decision, Draft
from station.flows import staff
from station.flows.card import close_session, close_staff
from station.signals import Signal


def done(draft: Draft) -> Decision:
    if draft.state.mode:
        return staff.done(draft)
    if draft.state.session or draft.state.asked:
        return close_session(draft)
    if draft.state.staff:
        return close_staff(draft)
    return draft.decide(Signal.GOODBYE, pending=None)
