"""Why a loan or a renewal is refused, in the contract's order: the first that applies is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from msgspec import Struct

from station.decision import Shelf
from station.flows.due import overdue_days
from station.model import Item, Moment, Policy, Reader
from station.signals import Reason


class Request(Struct, frozen=True):
    """A reader who asks for an item."""

    reader: Reader
    item: Item
    loans: tuple[Item, ...]
    policy: Policy
    day: date
    degraded: bool

    def limit_reached(self) -> bool:
        limit = self.policy.max_loans if self.reader.limit is None else self.reader.limit
        return len(self.loans) >= limit

    def has_overdue(self) -> bool:
        late = (each for each in self.loans if each.loan and overdue_days(each.loan, self.day))
        return self.policy.block_overdue and any(late)

    def renewals_used_up(self) -> bool:
        return self.item.loan is not None and self.item.loan.renewals >= self.policy.max_renewals


Check = Callable[[Request], bool]

CHECKS: dict[Reason, Check] = {
    Reason.READER_BLOCKED: lambda asked: asked.reader.status == "blocked",
    Reason.READER_EXPIRED: lambda asked: is_expired(asked.reader, asked.day),
    Reason.DEGRADED: lambda asked: asked.degraded,
    Reason.WITHDRAWN: lambda asked: asked.item.status == "withdrawn",
    Reason.REFERENCE_ONLY: lambda asked: asked.item.status == "reference",
    Reason.ON_HOLD: lambda asked: asked.item.hold_for not in (None, asked.reader.id),
    Reason.ON_LOAN: lambda asked: asked.item.loan is not None and asked.policy.on_loan_elsewhere == "refuse",
    Reason.OVERDUE: Request.has_overdue,
    Reason.LOAN_LIMIT: Request.limit_reached,
    Reason.RENEWAL_LIMIT: Request.renewals_used_up,
}
"""Every check, in the order in which the contract says them."""

AT_A_LOAN = frozenset(CHECKS) - {Reason.RENEWAL_LIMIT}
AT_A_RENEWAL = frozenset(
    {
        Reason.READER_BLOCKED,
        Reason.READER_EXPIRED,
        Reason.DEGRADED,
        Reason.ON_HOLD,
        Reason.OVERDUE,
        Reason.RENEWAL_LIMIT,
    }
)


REFUSED_AT_ONCE = {"withdrawn": Reason.WITHDRAWN, "reference": Reason.REFERENCE_ONLY}
"""Books that no card would get, by their status: refused without asking for one."""


def is_expired(reader: Reader, day: date) -> bool:
    """`expires` is the last good day."""
    return reader.status == "expired" or (reader.expires is not None and reader.expires < day)


def first(which: frozenset[Reason], reader: Reader, item: Item, shelf: Shelf, now: Moment) -> Reason | None:
    """The first of the checks named in `which` that applies, or None where nothing is in the way."""
    policy = shelf.policy
    asked = Request(reader, item, tuple(shelf.loans_of(reader.id)), policy, policy.day(now), shelf.degraded)
    return next((reason for reason, applies in CHECKS.items() if reason in which and applies(asked)), None)
