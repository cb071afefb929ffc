"""Due dates: days in the library's time zone that never fall on a closed one."""

from __future__ import annotations

from datetime import date, timedelta

from station.model import Loan, Policy


def due_date(day: date, policy: Policy) -> date:
    """The day that a loan made on `day` is due: `loan_days` later, moved on to the next open day."""
    return _next_open(day + timedelta(days=policy.loan_days), policy)


def renewed_until(loan: Loan, day: date, policy: Policy) -> date:
    """The day that a loan renewed on `day` is due: never before it was due already, and on an open day."""
    return _next_open(max(loan.due, day + timedelta(days=policy.loan_days)), policy)


def _next_open(due: date, policy: Policy) -> date:
    closed = frozenset(policy.closed_dates)
    while due in closed and due < date.max:
        due += timedelta(days=1)
    return due


def overdue_days(loan: Loan, day: date) -> int:
    """Days since the due day; 0 on the due day and before."""
    return max(0, (day - loan.due).days)
