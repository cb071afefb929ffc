from datetime import date

from station.flows.due import due_date, overdue_days, renewed_until
from station.model import Loan, Policy


def test_a_loan_is_due_loan_days_later() -> None:
    assert due_date(date(2026, 11, 24), Policy(loan_days=14)) == date(2026, 12, 8)


def test_a_due_date_moves_on_over_closed_dates_to_the_next_open_day() -> None:
    policy = Policy(loan_days=14, closed_dates=(date(2026, 12, 9), date(2026, 12, 8)))
    assert due_date(date(2026, 11, 24), policy) == date(2026, 12, 10)


def test_a_book_lent_for_ever_is_due_on_the_last_day_there_is_though_that_is_closed() -> None:
    policy = Policy(closed_dates=(date.max,))
    loan = Loan(reader="RD-1", since="", due=date.max)
    assert renewed_until(loan, date(2026, 11, 24), policy) == date.max


def test_overdue_days_count_from_the_due_day() -> None:
    loan = Loan(reader="RD-1", since="", due=date(2026, 12, 8))
    days = [date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 9), date(2027, 1, 8)]
    assert [overdue_days(loan, day) for day in days] == [0, 0, 1, 31]
