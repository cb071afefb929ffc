"""Command codes in a staff session. A command waits for its cards or books until DONE or another command."""

from __future__ import annotations

from station.decision import Act, Decision, Draft
from station.flows import count
from station.flows.card import end_session, not_good
from station.model import Reader
from station.scan import Card, Command, Meaning
from station.session import Mode, without_staff
from station.signals import Reason, Signal

FRESH_SECONDS = 20.0
"""If the last scan is older, the commands below ask for the staff card again (the contract)."""
NEED_A_FRESH_CARD = frozenset({"OVERRIDE", "RESTART", "SHUTDOWN"})
ACTS = {"RESTART": Act.RESTART, "SHUTDOWN": Act.SHUTDOWN}


def command(draft: Draft, name: str) -> Decision:
    if draft.state.staff is None:
        return draft.decide(Signal.REFUSED, Reason.NOT_STAFF)
    if name in NEED_A_FRESH_CARD and draft.silence > FRESH_SECONDS:
        count.sum_up(draft)
        return draft.decide(Signal.CARD_FIRST, mode=Mode(name, must_confirm=True))
    return carry_out(draft, name)


def carry_out(draft: Draft, name: str) -> Decision:
    """What the command does, now that staff is known to be here. It ends a stocktake, which is summed up."""
    if name == "STATUS":
        return status(draft)
    if count.sum_up(draft) and name == count.COMMAND:
        return draft.decide(Signal.DONE_OK)
    if name == "OVERRIDE":
        return draft.decide(Signal.MODE, override=True, mode=None)
    if name in ACTS:
        return draft.decide(Signal.STOPPING, act=ACTS[name])
    end_session(draft)
    return draft.decide(Signal.MODE, mode=Mode(name))


def dismissed(draft: Draft, what: Meaning) -> Decision | None:
    """Ends the session of a staff card that has been blocked, has expired or is no staff card any more.

    A scan that was meant for that session comes to nothing: a command, the card itself, and what comes while
    a command, a reader or a PIN is served. Any other is decided by what is left: no return is refused.
    """
    state = draft.state
    reason = _why_not(draft, draft.shelf.reader(state.staff.staff)) if state.staff else None
    if reason is None:
        return None
    staff, draft.state = draft.staff, without_staff(state)
    by_staff = isinstance(what, Command) or (isinstance(what, Card) and what.reader.id == staff)
    meant_for_it = by_staff or state.mode or state.session or state.asked
    return draft.decide(Signal.REFUSED, reason, reader=staff, again=not meant_for_it)


def _why_not(draft: Draft, staff: Reader | None) -> Reason | None:
    if staff is None or staff.kind != "staff" or staff.status == "applied":
        return Reason.NOT_STAFF
    return not_good(draft, staff)


def status(draft: Draft) -> Decision:
    """Whether an exception is open or a reader has applied."""
    return draft.decide(Signal.PENDING if draft.shelf.waits_for_staff() else Signal.DONE_OK)


def done(draft: Draft) -> Decision:
    """DONE ends the command; a stocktake is summed up."""
    count.sum_up(draft)
    return draft.decide(Signal.DONE_OK, mode=None)
