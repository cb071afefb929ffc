"""Steps played at a virtual station: each kind of step can fail, and says how."""

from __future__ import annotations

from textwrap import dedent

import pytest

from station.replay.play import Outcome, play
from station.replay.transcript import Mistakes, read

OAK = """\
given library "Oak School"
given clock 2026-11-24T09:00:00Z
given reader RD-1001
given reader RD-1002
given item BK-1
given item BK-2
"""


def played(text: str) -> list[Outcome]:
    return list(play(read("oak.txt", OAK + dedent(text))))


def differences(text: str) -> list[str]:
    """The differences of all steps, of which only the last can have one."""
    return [each.difference for each in played(text) if each.difference]


@pytest.mark.parametrize(
    ("text", "difference"),
    [
        ("scan RD-1001 -> borrowed", "expected borrowed, came welcome"),
        ("scan RD-1001 -> nothing", "expected nothing, came welcome"),
        ("scan RD-9 -> refused loan_limit", "expected refused loan_limit, came pending"),
        ("scan CMD-UNDO -> refused overdue", "expected refused overdue, came refused nothing_to_undo"),
        ("scan CMD-UNDO -> unknown", "expected unknown, came refused nothing_to_undo"),
        ("wait 1s -> goodbye", "expected goodbye, came nothing"),
        ("wait 1s -> ready", "expected ready, came nothing"),
        ("event loan.borrowed", "expected loan.borrowed, but no event has come"),
        (
            "broker down\nevent loan.borrowed",
            "expected loan.borrowed, but no event has come (the broker is down)",
        ),
        ("event item.found", "expected item.found, but no event has come"),
        ("expect item BK-9 loan=none", "there is no item BK-9"),
        ("expect item BK-1 id=none", "item BK-1: id: expected none, came BK-1"),
        ("expect reader RD-1001 status=blocked", "reader RD-1001: status: expected blocked, came active"),
        ("expect library elm", "there is no library elm"),
        ("expect library max_loans=9", "library: max_loans: expected 9, came 5"),
        ("expect title 9787020002207 title=x", "there is no title 9787020002207"),
        ("expect exception handed_over", "there is no exception handed_over"),
        (
            "expect item BK-1 status=lost loan=RD-1001",
            "item BK-1: status: expected lost, came available; loan: expected RD-1001, came none",
        ),
    ],
)
def test_difference_says_what_was_expected_and_what_came(text: str, difference: str) -> None:
    assert differences(text) == [difference]


BORROWED = """\
scan RD-1001 -> welcome
scan BK-1 -> borrowed
"""


@pytest.mark.parametrize(
    ("text", "difference"),
    [
        ("no event", "expected no event, came loan.borrowed item=BK-1 reader=RD-1001 due=2026-12-08"),
        (
            "event loan.returned",
            "expected loan.returned, came loan.borrowed item=BK-1 reader=RD-1001 due=2026-12-08",
        ),
        (
            "event loan.borrowed reader=RD-1002 isbn=none due=2026-12-09",
            "loan.borrowed of BK-1: reader: expected RD-1002, came RD-1001; due: expected 2026-12-09,"
            " came 2026-12-08",
        ),
        ("event loan.borrowed seq=1", "loan.borrowed of BK-1: seq: expected 1, came 2"),
        (
            "event loan.borrowed clocktrusted=false",
            "loan.borrowed of BK-1: clocktrusted: expected false, came true",
        ),
        ("expect item BK-1 loan=none", "item BK-1: loan: expected none, came RD-1001"),
        ("expect item BK-1 due=2026-12-09", "item BK-1: due: expected 2026-12-09, came 2026-12-08"),
        ("expect item BK-1 renewals=1", "item BK-1: renewals: expected 1, came 0"),
    ],
)
def test_difference_in_what_was_recorded(text: str, difference: str) -> None:
    assert differences(BORROWED + text) == [difference]


@pytest.mark.parametrize(
    "text",
    [
        "scan RD-1001",
        "scan CMD-UNDO -> refused",
        "scan CMD-UNDO -> refused nothing_to_undo",
        "wait 1s -> nothing",
        "expect item BK-9 id=none",
        "expect item BK-9 status=none",
        "expect library library",
        'expect library "Oak School" closed_dates=none timezone=none block_overdue=true',
        BORROWED + "event loan.borrowed subject=BK-1 id=replay-2 type=shelfpost.loan.borrowed.v1",
        BORROWED + "event loan.borrowed provisional=false staff=none",
        BORROWED + "event loan.borrowed time=2026-11-24T09:00:04Z",
        BORROWED + "expect item BK-1 reader=RD-1001 since=2026-11-24T10:00:04+01:00 station=replay",
        "given reader RD-1001 pin=4711\nexpect reader RD-1001 pin=4711",
        "given item BK-1 isbn=0262035618\nexpect item BK-1 isbn=978-0-262-03561-3",
    ],
)
def test_what_is_as_expected_makes_no_difference(text: str) -> None:
    assert differences(text) == []


def test_a_run_ends_at_its_first_difference() -> None:
    outcomes = played("scan RD-1001 -> goodbye\nscan BK-1 -> goodbye")
    assert [(each.step.line, each.difference) for each in outcomes[6:]] == [
        (7, "expected goodbye, came welcome")
    ]


def test_only_scan_and_wait_take_time_and_a_scan_comes_two_seconds_later() -> None:
    text = """\
        scan RD-1001
        scan BK-1 after=0.3s
        event loan.borrowed
        broker down
        cut
        given reader RD-7
        wait 1m
        """
    seconds = [(each.at - played("")[-1].at).total_seconds() for each in played(text)[6:]]
    assert seconds == [2, 2.3, 2.3, 2.3, 2.3, 2.3, 62.3]


def test_outcome_has_the_last_momentary_signal_of_its_step() -> None:
    outcomes = played("scan RD-1001\nscan RD-1002 after=40s\nwait 1s\nscan CMD-UNDO\ncut")
    assert [each.came for each in outcomes[6:]] == [
        "welcome",
        "welcome",
        "nothing",
        "refused nothing_to_undo",
        None,
    ]


def test_signal_of_a_timer_counts_where_the_scan_itself_shows_nothing() -> None:
    text = "scan RD-1001 -> welcome\n" + "scan RD-1001 after=1.4s -> nothing\n" * 21
    assert differences(text + "scan RD-1001 after=1.4s -> goodbye\n") == []


HAND_OVER = """\
given item BK-1 loan=RD-1002
given item BK-2 loan=RD-1002
scan RD-1001 -> welcome
scan BK-1 -> borrowed
scan BK-2 -> borrowed
event loan.returned item=BK-1
event loan.borrowed item=BK-1
"""


def test_exceptions_are_passed_over_unless_they_are_named() -> None:
    assert (
        differences(HAND_OVER + "event loan.returned item=BK-2\nevent loan.borrowed item=BK-2\nno event")
        == []
    )
    assert differences(HAND_OVER + "event exception.raised item=BK-1\nevent loan.returned item=BK-2") == []


def test_exception_that_was_passed_over_can_still_be_named() -> None:
    named = """\
event loan.returned
event loan.borrowed
event exception.raised item=BK-2
event exception.raised item=BK-1
"""
    assert differences(HAND_OVER + named) == []


def test_exception_is_named_once() -> None:
    (difference,) = differences(HAND_OVER + "event exception.raised\nevent exception.raised")
    assert difference.startswith("expected exception.raised, came loan.returned ")


def test_no_exception_is_read_before_an_event_that_comes_first() -> None:
    assert differences(BORROWED + "event exception.raised") == [
        "expected exception.raised, came loan.borrowed item=BK-1 reader=RD-1001 due=2026-12-08"
    ]


def test_exception_document_is_found_by_its_kind_item_reader_or_id() -> None:
    for key in ("handed_over", "BK-1", "BK-2", "RD-1002"):
        assert differences(HAND_OVER + f"expect exception {key} status=open reader=RD-1002") == []
    assert differences(HAND_OVER + "expect exception BK-1 item=BK-2") == [
        "exception BK-1: item: expected BK-2, came BK-1"
    ]


def test_station_says_that_it_started_at_first_and_after_a_cut() -> None:
    text = """\
        event station.started reason=first_start
        scan BK-1 -> card_first
        cut
        event station.started reason=after_cut
        no event
        """
    assert differences(text) == []


def test_later_given_changes_only_the_fields_that_it_names() -> None:
    text = """\
        given library max_loans=7
        given library "Elm School" loan_days=7
        given policy max_renewals=3
        expect library max_loans=7 loan_days=7 max_renewals=3 name="Elm School" id=library
        given item BK-1 title=A location=B
        given item BK-1 loan=RD-1001 renewals=2
        given item BK-1 location=none
        expect item BK-1 title=A location=none loan=RD-1001 renewals=2 due=2026-12-01
        given item BK-1 due=2026-12-05
        expect item BK-1 loan=RD-1001 renewals=2 due=2026-12-05
        given item BK-1 loan=RD-1002
        expect item BK-1 loan=RD-1002 renewals=0 due=2026-12-01
        given title 9787020002207 title=红楼梦
        given title 9787020002207 authors=曹雪芹,高鹗
        expect title 7-02-000220-X title=红楼梦 authors=曹雪芹,高鹗 publisher=none
        given reader RD-1001 limit=3
        given reader RD-1001 status=blocked
        expect reader RD-1001 limit=3 status=blocked
        no event
        """
    assert differences(text) == []


def test_loan_that_is_given_is_due_counted_from_its_day() -> None:
    text = """\
        given item BK-1 loan=RD-1001 since=2026-11-01
        expect item BK-1 due=2026-11-15 since=2026-11-01T00:00:00Z
        """
    assert differences(text) == []


def test_library_given_late_is_the_one_that_was_there() -> None:
    text = """\
given reader RD-1
expect library oak name=Library
given library Oak id=oak
expect library oak name=Oak
"""
    assert [each.difference for each in play(read("oak.txt", text))] == [None] * 4


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("given item BK-1 due=2026-12-01", "BK-1 is not on loan, so it has no due; add loan=READER"),
        (
            "given item BK-1 loan=none renewals=1",
            "BK-1 is not on loan, so it has no renewals; add loan=READER",
        ),
        ("wait 99999d", "the clock goes from 1970 to 2199"),
    ],
)
def test_step_that_cannot_be_taken_is_a_mistake_in_its_line(text: str, problem: str) -> None:
    with pytest.raises(Mistakes) as raised:
        played(text)
    assert raised.value.problems == [f"oak.txt:7: {problem}"]
