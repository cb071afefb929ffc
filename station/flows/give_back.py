"""A book without a card: returned if it is on loan, else it waits for a card."""

from __future__ import annotations

from msgspec import structs

from station.decision import Decision, Draft
from station.events import Returned
from station.flows.due import overdue_days
from station.flows.found import found
from station.flows.refusals import REFUSED_AT_ONCE
from station.model import Item, Loan
from station.session import RECENT_SECONDS, PendingItem, Recent, Step
from station.signals import Reason, Signal


def without_card(draft: Draft, scanned: Item, *, unclear: bool = False) -> Decision:
    """`unclear` says that another copy may have been meant: then staff will hear of the return."""
    item = found(draft, scanned)
    if item.loan is not None:
        return _take_back(draft, item, item.loan, unclear)
    if draft.state.staff is not None:
        return draft.decide(Signal.REFUSED, Reason.NOT_ON_LOAN, item=item.id)
    just_returned = recent(draft, item)
    if just_returned is not None:
        return draft.decide(just_returned.signal, item=item.id)
    if item.status in REFUSED_AT_ONCE:
        return draft.decide(Signal.REFUSED, REFUSED_AT_ONCE[item.status], item=item.id)
    return draft.decide(Signal.CARD_FIRST, item=item.id, pending=PendingItem(item.id, draft.now.mono))


def _take_back(draft: Draft, item: Item, loan: Loan, unclear: bool) -> Decision:
    """A return is refused by nothing; an OVERRIDE that was said for it is over all the same."""
    draft.overrides()
    returned = structs.replace(item, loan=None)
    draft.save(returned)
    late = overdue_days(loan, draft.shelf.policy.day(draft.now))
    event = draft.record(Returned(item=item.id, reader=loan.reader, overdue_days=late, staff=draft.staff))
    if item.status == "withdrawn":
        draft.raise_incident("withdrawn_returned", "a withdrawn book has come back", item=item.id)
    if unclear:
        note = "returned by ISBN while several copies were on loan: the one due first was taken"
        draft.raise_incident("copy_unclear", note, item=item.id, reader=loan.reader)
    signal = Signal.RETURNED_HOLD if item.hold_for else Signal.RETURNED
    seen = Recent(item.id, draft.now.mono, signal)
    others = tuple(each for each in draft.state.recent if each.item != item.id)
    step = Step(item, returned, (event,), (loan.reader,)) if draft.state.staff else draft.state.last
    return draft.decide(signal, item=item.id, reader=loan.reader, recent=(*others, seen), last=step)


def recent(draft: Draft, item: Item) -> Recent | None:
    """A book that was returned here a moment ago: the reader scanned it twice."""
    return next(
        (
            each
            for each in draft.state.recent
            if each.item == item.id and draft.now.mono - each.at < RECENT_SECONDS
        ),
        None,
    )
