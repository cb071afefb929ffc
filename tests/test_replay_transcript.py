"""A transcript's text read into steps, and what is said about mistakes in it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from station.replay.steps import (
    Act,
    Broker,
    Cut,
    ExpectDocument,
    ExpectEvent,
    ExpectNoEvent,
    Given,
    GivenClock,
    Scans,
    Waits,
    Wanted,
)
from station.replay.transcript import Mistakes, read
from station.replay.values import text_of
from station.signals import Reason, Signal


def problems(text: str) -> list[str]:
    with pytest.raises(Mistakes) as raised:
        read("oak.txt", text)
    return raised.value.problems


@pytest.mark.parametrize(
    ("line", "act"),
    [
        ("given clock 2026-11-24T09:00:00Z", GivenClock(datetime(2026, 11, 24, 9, tzinfo=UTC))),
        ("given clock 2026-11-24T09:00:00+08:00", GivenClock(datetime(2026, 11, 24, 1, tzinfo=UTC))),
        ("given clock 2026-11-24", GivenClock(datetime(2026, 11, 24, tzinfo=UTC))),
        (
            'given library "Oak School" max_loans=1',
            Given("library", "", {"name": "Oak School", "max_loans": 1}),
        ),
        ("given library id=oak name=Oak", Given("library", "", {"id": "oak", "name": "Oak"})),
        (
            "given policy closed_dates=2026-12-24,2026-12-25 reader_pin=none timezone=none",
            Given(
                "policy",
                "",
                {
                    "closed_dates": (date(2026, 12, 24), date(2026, 12, 25)),
                    "reader_pin": "none",
                    "timezone": None,
                },
            ),
        ),
        ("given policy closed_dates=none", Given("policy", "", {"closed_dates": ()})),
        ("given policy block_overdue=false", Given("policy", "", {"block_overdue": False})),
        (
            "given reader RD-1 kind=staff limit=none expires=2026-12-01 pin=0123",
            Given(
                "reader",
                "RD-1",
                {"kind": "staff", "limit": None, "expires": date(2026, 12, 1), "pin": "0123"},
            ),
        ),
        (
            "given item BK-1 isbn=0-262-03561-8 title=1984 loan=RD-1 due=2026-12-01",
            Given(
                "item",
                "BK-1",
                {"isbn": "9780262035613", "title": "1984", "loan": "RD-1", "due": date(2026, 12, 1)},
            ),
        ),
        ("given item BK-1 loan.reader=RD-1", Given("item", "BK-1", {"loan": "RD-1"})),
        ("given item BK-1 loan=none", Given("item", "BK-1", {"loan": None})),
        (
            "given title 0262035618 authors=曹雪芹,高鹗 year=1791",
            Given("title", "9780262035613", {"authors": ("曹雪芹", "高鹗"), "year": 1791}),
        ),
        ("given reader limit=3 id=RD-1", Given("reader", "RD-1", {"limit": 3})),
        ("given title title=A isbn=0262035618", Given("title", "9780262035613", {"title": "A"})),
        ("scan RD-1", Scans("RD-1", "replay", 2_000_000, None)),
        (
            "scan RD-1 scanner=left after=0.3s -> nothing",
            Scans("RD-1", "left", 300_000, Wanted(None)),
        ),
        (
            "scan RD-1 -> refused loan_limit",
            Scans("RD-1", wanted=Wanted(Signal.REFUSED, Reason.LOAN_LIMIT)),
        ),
        ("scan RD-1 -> refused # why?", Scans("RD-1", wanted=Wanted(Signal.REFUSED))),
        ('scan "->" -> unknown', Scans("->", wanted=Wanted(Signal.UNKNOWN))),
        ('scan "after=1s" after=1s', Scans("after=1s", after=1_000_000)),
        ("scan a=b", Scans("a=b")),
        ("wait 31s", Waits(31_000_000)),
        ("wait 1.5h -> goodbye", Waits(5_400_000_000, Wanted(Signal.GOODBYE))),
        ("wait 14d", Waits(14 * 86_400_000_000)),
        ("wait 2m -> nothing", Waits(120_000_000, Wanted(None))),
        ("event loan.borrowed item=BK-1", ExpectEvent("loan.borrowed", {"item": "BK-1"})),
        ("event shelfpost.loan.borrowed.v1", ExpectEvent("loan.borrowed", {})),
        ("no event", ExpectNoEvent()),
        ("expect item BK-1 loan=none", ExpectDocument("item", "BK-1", {"loan": "none"})),
        ("expect item BK-1 loan.due=2026-12-01", ExpectDocument("item", "BK-1", {"due": "2026-12-01"})),
        ("expect library max_loans=1", ExpectDocument("library", "", {"max_loans": "1"})),
        ("expect library oak", ExpectDocument("library", "oak", {})),
        ("broker down", Broker(False)),
        ("broker up", Broker(True)),
        ("cut", Cut()),
        (f"given item {'a' * 512}", Given("item", "a" * 512, {})),
    ],
)
def test_every_form_of_the_contract_is_read(line: str, act: Act) -> None:
    assert [each.act for each in read("oak.txt", line).steps] == [act]


def test_steps_know_their_lines_and_words_without_arrow_and_comment() -> None:
    text = "\ufeff# First.\r\n# Second.\r\n\r\n  scan  A  -> unknown # why\r\n\tcut # power\r\n"
    transcript = read("oak.txt", text)
    assert transcript.title == "First."
    assert [(each.line, each.words) for each in transcript.steps] == [(4, "scan  A"), (5, "cut")]


def test_all_mistakes_of_a_file_are_said_at_once() -> None:
    text = "given reader RD-1 kind=stuff nme=x\nscan\ncut\nscann RD-1\n"
    assert problems(text) == [
        "oak.txt:1: the key nme is unknown; there are kind, status, limit, expires or pin",
        'oak.txt:1: kind must be "reader" or "staff", not "stuff"; did you mean "staff"?',
        "oak.txt:2: after scan comes what is scanned",
        "oak.txt:4: the step scann is unknown; did you mean scan?",
    ]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("given redaer RD-1", "after given, redaer is unknown; did you mean reader?"),
        ("given", "after given comes clock, library"),
        ("given reader kind=staff", "after reader comes its id"),
        ("given item ''", "after item comes its id"),
        (r"given item $'a\u0007'", "control characters"),
        ("given item id=BK-1 id=BK-2", "the key id is unknown"),
        ("given item BK-1 limit=3", "the key limit is unknown"),
        ("given item BK-1 title", "title stands where a key=value is expected"),
        ("given item BK-1 isbn=abc", "isbn must be an ISBN, not abc"),
        ("given item BK-1 due=2026-02-30", "due must be a date, as in 2026-11-24, not 2026-02-30"),
        ("given item BK-1 renewals=-1", "renewals must be a whole number from 0"),
        ("given item BK-1 status=", "status must be"),
        ("given reader RD-1 pin=12", "pin must be 4 to 8 digits"),
        ("given reader RD-1 pin=１２３４", "pin must be 4 to 8 digits"),
        ("given policy max_lons=1", "the key max_lons is unknown; did you mean max_loans?"),
        ("given policy max_loans=1 max_loans=2", "max_loans is there twice"),
        ("given policy block_overdue=maybe", 'block_overdue must be true or false, not "maybe"'),
        ("given policy loan_days=9999", "loan_days must be a whole number from 0 to 3650, not 9999"),
        ("given policy admission=opn", 'did you mean "open"?'),
        ("given policy timezone=Europ/Berlin", "did you mean Europe/Berlin?"),
        (
            "given policy closed_dates=2026-01-01,soon",
            "closed_dates must be a date, as in 2026-11-24, not soon",
        ),
        ("given library id=Oak", "id must be made of a to z"),
        ("given title 9780262035613 year=old", "year must be a whole number"),
        ("given clock soon", "soon is no date and time"),
        ("given clock 2026-11-24 09:00", "given clock takes one time"),
        ("given clock 1500-01-01", "the clock goes from 1970 to 2199"),
        ("scan RD-1 -> welcom", "the signal welcom is unknown; did you mean welcome?"),
        ("scan RD-1 -> refused loan_limt", "the reason loan_limt is unknown; did you mean loan_limit?"),
        ("scan RD-1 -> loan_limit", "loan_limit is a reason; write it as `refused loan_limit`"),
        ("scan RD-1 -> welcome now", "after welcome the line is at its end, but there is now"),
        ("scan RD-1 ->", "after -> comes a signal, or nothing"),
        ("scan RD-1->welcome", "put spaces around the arrow"),
        ("scan RD-1 BK-1", "beside the text, the word BK-1 is unknown"),
        ("scan RD-1 scaner=two", "did you mean scanner=?"),
        ("scan RD-1 after=3", "3 is no time; write a number with s, m, h or d"),
        ("wait", "wait takes one time"),
        ("wait 3x", "3x is no time"),
        ("wait -3s", "-3s is no time"),
        ("wait 99999999999d", "99999999999d is no time"),
        ("wait 999999999d", "999999999d is too long"),
        ("event", "after event comes its type"),
        ("event loan.borowed", "the event loan.borowed is unknown; did you mean loan.borrowed?"),
        ("event loan.borrowed itm=BK-1", "the key itm is unknown; did you mean item?"),
        ("no", "after no comes event"),
        ("no event loan.borrowed", "no event is the whole step"),
        ("expect itm BK-1", "after expect, itm is unknown; did you mean item?"),
        ("expect item", "after item comes its id"),
        ("expect item BK-1 lone=none", "the key lone is unknown; did you mean loan?"),
        ("broker", "after broker comes up or down"),
        ("broker down now", "broker down is the whole step, but there is now after it"),
        ("scan RD-1 -> refused overdue now", "after refused the line is at its end, but there is now"),
        (f"given item {'a' * 513}", "the id of item is too long"),
        ("broker dwn", "did you mean down?"),
        ("cut now", "cut is the whole step"),
        ("cut -> nothing", "cut is the whole step"),
        ("scan 'RD-1", "a quote is not closed"),
    ],
)
def test_mistake_is_one_sentence_with_its_line(line: str, complaint: str) -> None:
    (problem,) = problems(f"# A title.\n{line}")
    assert problem.startswith("oak.txt:2: ")
    assert complaint in problem


def test_a_run_has_one_library() -> None:
    text = "given library id=oak\ngiven library id=oak name=Oak\ngiven library id=elm"
    assert problems(text) == ["oak.txt:3: a run has one library, and its id is oak"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"),
        ("", "none"),
        ([], "none"),
        ({}, "none"),
        (True, "true"),
        (0, "0"),
        (date(2026, 11, 24), "2026-11-24"),
        (datetime(2026, 11, 24, 9, tzinfo=UTC), "2026-11-24T09:00:00.000Z"),
        (["BK-1", "BK-2"], "BK-1,BK-2"),
        ({"seen": 2, "missing": None}, "seen:2,missing:none"),
    ],
)
def test_value_is_written_as_a_transcript_writes_it(value: object, text: str) -> None:
    assert text_of(value) == text
