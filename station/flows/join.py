"""A station that has no library yet: it takes a join code, and nothing else."""

from __future__ import annotations

from station import joincode
from station.decision import Decision, Draft
from station.signals import Reason, Signal


def without_library(draft: Draft, text: str, *, can_join: bool) -> Decision:
    """A code that is good is taken up; what it comes to is seen when the other station has answered."""
    if not can_join or not joincode.is_join_code(text):
        return draft.decide(Signal.REFUSED, Reason.NOT_CONFIGURED)
    if not _is_good(draft, text):
        return draft.decide(Signal.REFUSED, Reason.NOT_CONFIGURED, join=text)
    return draft.decide(Signal.PENDING, join=text)


def _is_good(draft: Draft, text: str) -> bool:
    """A clock that is not synchronised knows no end."""
    try:
        ends = joincode.read(text).ends
    except ValueError:
        return False
    return not draft.now.trusted or draft.now.wall.timestamp() <= ends
