"""What shows when stations that were apart hear of each other's loans."""

from __future__ import annotations

import hashlib

from station.decision import Draft
from station.model import Item, Loan


def heard(draft: Draft, before: Item | None, after: Item, *, left_here: bool) -> None:
    """Another station's loan has come. `left_here`: the book was scanned here alone, after it was lent."""
    loan = after.loan
    known = before.loan.event if before and before.loan else None
    if loan is None or loan.station == draft.shelf.station or loan.event == known:
        return
    if left_here:
        note = "scanned here without a card while another station had it on loan: it is probably back"
        _raise(draft, "returned_unseen", note, after, loan)
    if _passes_the_limit(draft, after, loan):
        note = "the reader has more books than the limit allows: stations that were apart lent them"
        _raise(draft, "limit_passed", note, after, loan)


def _passes_the_limit(draft: Draft, item: Item, loan: Loan) -> bool:
    """Told by the stations that lent before: the one that passed the limit doesn't know of it yet."""
    reader = draft.shelf.reader(loan.reader)
    limit = draft.shelf.policy.max_loans if reader is None or reader.limit is None else reader.limit
    others = [each.loan for each in draft.shelf.loans_of(loan.reader) if each.id != item.id and each.loan]
    ours = [each for each in others if each.station == draft.shelf.station and each.since <= loan.since]
    return len(others) >= limit and bool(ours)


def _raise(draft: Draft, kind: str, note: str, item: Item, loan: Loan) -> None:
    """Its id names the loan, so that stations that notice the same raise the same."""
    key = f"{kind}-{_short(loan.event or item.id)}"
    if draft.shelf.incident(key) is None:
        draft.raise_incident(kind, note, item=item.id, reader=loan.reader, key=key)


def _short(name: str) -> str:
    """As it is, or in 32 hex digits: an exception's id has fewer letters than what it may be made of."""
    return name if len(name) <= 200 else hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32]
