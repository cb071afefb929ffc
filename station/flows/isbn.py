"""An ISBN in place of a copy label: which of the copies is meant."""

from __future__ import annotations

from station.decision import Decision, Draft
from station.flows import borrow, give_back
from station.model import Item, Reader
from station.session import ReaderSession
from station.signals import Reason, Signal


def with_card(draft: Draft, session: ReaderSession, reader: Reader, isbn: str) -> Decision:
    """Own copy, available copy, hand-over if exactly one is lent, else refused `on_loan`."""
    copies = _copies(draft, isbn)
    lent = _lent(copies)
    own = [each for each in lent if each.loan and each.loan.reader == reader.id]
    free = _free(copies, reader.id)
    choice = own or free
    if not choice and len(lent) > 1:
        return draft.decide(Signal.REFUSED, Reason.ON_LOAN, reader=reader.id)
    choice = choice or lent or copies
    return borrow.with_card(draft, session, reader, choice[0]) if choice else _no_copy(draft)


def without_card(draft: Draft, isbn: str) -> Decision:
    """A lent copy is returned before an available one is pending; which one, staff may have to settle."""
    copies = _copies(draft, isbn)
    lent = _lent(copies)
    if lent:
        return give_back.without_card(draft, lent[0], unclear=len(lent) > 1)
    just_returned = [each for each in copies if give_back.recent(draft, each)]
    free = _free(copies, None)
    choice = just_returned or free or copies
    return give_back.without_card(draft, choice[0]) if choice else _no_copy(draft)


def _copies(draft: Draft, isbn: str) -> list[Item]:
    """The copies that may stand at the shelf, in the order of ids; withdrawn ones if there are no others.

    With `lend_by` = copy an ISBN stands for a copy only if there is exactly one.
    """
    copies = draft.shelf.copies(isbn)
    known = [each for each in copies if each.status != "withdrawn" or each.loan] or copies
    if draft.shelf.policy.lend_by == "copy" and len(known) != 1:
        return []
    return known


def _lent(copies: list[Item]) -> list[Item]:
    """Those on loan: the loan due first, then the lowest id."""
    lent = [(each.loan.due, each.id, each) for each in copies if each.loan]
    return [item for _, _, item in sorted(lent, key=lambda each: each[:2])]


def _free(copies: list[Item], reader: str | None) -> list[Item]:
    """Those that are in, may be lent and are kept for nobody else; a lost one only if there is no other."""
    here = [each for each in copies if each.loan is None and each.hold_for in (None, reader)]
    available = [each for each in here if each.status == "available"]
    return available or [each for each in here if each.status == "lost"]


def _no_copy(draft: Draft) -> Decision:
    if draft.shelf.policy.lend_by == "copy":
        return draft.decide(Signal.REFUSED, Reason.WRONG_KIND)
    return draft.decide(Signal.UNKNOWN)
