"""A book in a reader's session: lent, handed over from another reader, or known to be lent already."""

from __future__ import annotations

from msgspec import structs

from station.decision import Decision, Draft
from station.events import Borrowed, Returned
from station.flows import refusals, renew
from station.flows.due import due_date, overdue_days
from station.flows.found import found
from station.model import Item, Loan, Reader, instant
from station.session import ReaderSession, Step
from station.signals import Reason, Signal


def with_card(draft: Draft, session: ReaderSession, reader: Reader, scanned: Item) -> Decision:
    """A book, scanned while the session is open."""
    item = found(draft, scanned)
    if item.loan is None or item.loan.reader != reader.id:
        return _lend(draft, session, reader, item)
    if item.loan.event in session.lent:
        return draft.decide(Signal.BORROWED, item=item.id, reader=reader.id)
    return renew.renew(draft, reader, item, item.loan)


def refused(draft: Draft, reason: Reason, item: Item, reader: Reader | None = None) -> Decision:
    return draft.decide(Signal.REFUSED, reason, item=item.id, reader=reader.id if reader else None)


def _lend(draft: Draft, session: ReaderSession, reader: Reader, item: Item) -> Decision:
    reason = refusals.first(refusals.AT_A_LOAN, reader, item, draft.shelf, draft.now)
    if not draft.overrides() and reason is not None:
        return refused(draft, reason, item, reader)
    readers = (item.loan.reader, reader.id) if item.loan else (reader.id,)
    events = [_return_implicitly(draft, item, item.loan)] if item.loan else []
    policy = draft.shelf.policy
    due = due_date(policy.day(draft.now), policy)
    event = draft.record(
        Borrowed(
            item=item.id,
            isbn=item.isbn,
            reader=reader.id,
            due=due.isoformat(),
            staff=draft.staff,
            override=reason,
            provisional=not draft.now.trusted,
        )
    )
    loan = Loan(
        reader=reader.id, since=instant(draft.now.wall), due=due, station=draft.shelf.station, event=event
    )
    lent = structs.replace(item, loan=loan, hold_for=None)
    draft.save(lent)
    if item.loan:
        note = "handed over at the shelf: the book was still on loan to another reader"
        draft.raise_incident("handed_over", note, item=item.id, reader=item.loan.reader)
    return draft.decide(
        Signal.BORROWED,
        item=item.id,
        reader=reader.id,
        session=structs.replace(session, lent=session.lent | {event}),
        last=Step(item, lent, (*events, event), readers),
    )


def _return_implicitly(draft: Draft, item: Item, loan: Loan) -> str:
    late = overdue_days(loan, draft.shelf.policy.day(draft.now))
    return draft.record(
        Returned(item=item.id, reader=loan.reader, overdue_days=late, implicit=True, staff=draft.staff)
    )
