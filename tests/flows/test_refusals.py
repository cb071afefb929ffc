from datetime import date

from station.flows.refusals import AT_A_LOAN, AT_A_RENEWAL, CHECKS, Request
from station.model import Item, Loan, Policy, Reader
from station.signals import Reason

TODAY = date(2026, 11, 24)


def everything_wrong() -> Request:
    late = Loan(reader="RD-1", since="", due=date(2026, 11, 1), renewals=1)
    return Request(
        reader=Reader(id="RD-1", status="blocked", expires=date(2026, 11, 23)),
        item=Item(id="BK-1", status="withdrawn", hold_for="RD-2", loan=late),
        loans=(Item(id="BK-2", loan=late),),
        policy=Policy(max_loans=1, on_loan_elsewhere="refuse"),
        day=TODAY,
        degraded=True,
    )


def test_the_checks_stand_in_the_order_of_the_contract() -> None:
    assert [each.value for each in CHECKS] == [
        "reader_blocked",
        "reader_expired",
        "degraded",
        "withdrawn",
        "reference_only",
        "on_hold",
        "on_loan",
        "overdue",
        "loan_limit",
        "renewal_limit",
    ]


def test_each_check_sees_what_is_wrong() -> None:
    asked = everything_wrong()
    said = [reason for reason, applies in CHECKS.items() if applies(asked)]
    assert said == [reason for reason in CHECKS if reason is not Reason.REFERENCE_ONLY]


def test_no_check_refuses_a_good_reader_an_available_book() -> None:
    asked = Request(Reader(id="RD-1"), Item(id="BK-1"), (), Policy(), TODAY, degraded=False)
    assert [reason for reason, applies in CHECKS.items() if applies(asked)] == []


def test_a_renewal_is_not_refused_by_the_loan_limit_or_by_the_state_of_the_book() -> None:
    assert {
        Reason.WITHDRAWN,
        Reason.REFERENCE_ONLY,
        Reason.ON_LOAN,
        Reason.LOAN_LIMIT,
    } == AT_A_LOAN - AT_A_RENEWAL


def test_a_card_is_good_on_the_day_on_which_it_expires() -> None:
    reader = Reader(id="RD-1", expires=TODAY)
    asked = Request(reader, Item(id="BK-1"), (), Policy(), TODAY, degraded=False)
    assert not CHECKS[Reason.READER_EXPIRED](asked)
