"""Stamps grow whatever the clock says, and sort as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from station.model import Item, Loan, Reader
from station.store.stamps import KEPT, SHAPE, following, is_ahead, stamped
from tests.stores import START, SetClock

MILLISECONDS = int(START.timestamp() * 1000)
A, B, C = (f"{MILLISECONDS + each:013d}-0000-desk_1" for each in range(3))


def test_first_stamp_is_the_time() -> None:
    assert following("", START, "desk_1") == f"{MILLISECONDS}-0000-desk_1"


def test_later_clock_starts_the_counter_anew() -> None:
    before = f"{MILLISECONDS - 1}-0007-desk_2"
    assert following(before, START, "desk_1") == f"{MILLISECONDS}-0000-desk_1"


def test_clock_that_stands_still_counts() -> None:
    assert following(f"{MILLISECONDS}-0007-desk_2", START, "desk_1") == f"{MILLISECONDS}-0008-desk_1"


def test_clock_that_is_behind_what_was_seen_counts_from_there() -> None:
    seen = f"{MILLISECONDS + 86_400_000}-0000-desk_2"
    assert following(seen, START, "desk_1") == f"{MILLISECONDS + 86_400_000}-0001-desk_1"


def test_counter_that_is_full_takes_a_millisecond() -> None:
    assert following(f"{MILLISECONDS}-9999-desk_1", START, "desk_1") == f"{MILLISECONDS + 1}-0000-desk_1"


def test_no_stamp_is_longer_than_sorts_as_text() -> None:
    assert following("9999999999999-9998-central", START, "desk_1") == "9999999999999-9999-desk_1"
    assert following("9999999999999-9999-desk_1", START, "desk_1") == f"{MILLISECONDS}-0000-desk_1"


def test_only_a_synchronised_clock_says_that_a_stamp_is_more_than_a_day_ahead() -> None:
    now = SetClock().now()
    allowed, ahead = (f"{MILLISECONDS + 86_400_000 + each}-0000-desk_2" for each in range(2))
    assert [is_ahead(each, now) for each in ("", A, allowed, ahead)] == [False, False, False, True]
    assert not is_ahead(ahead, SetClock(trusted=False).now())


def test_pi_that_comes_up_in_1970_has_stamps_too() -> None:
    first = following("", datetime(1970, 1, 1, tzinfo=UTC), "desk_1")
    assert first == "0000000000000-0000-desk_1"
    assert following(first, START, "desk_1") > first


STATIONS = st.from_regex(r"\A[a-z0-9_]{1,64}\Z")
SECONDS = st.lists(st.tuples(st.floats(-1e9, 1e9), STATIONS), min_size=1, max_size=30)


@given(SECONDS)
def test_stamps_of_any_stations_under_any_clocks_grow(jumps: list[tuple[float, str]]) -> None:
    last, drawn = "", []
    for seconds, station in jumps:
        last = following(last, START + timedelta(seconds=seconds), station)
        drawn.append(last)
    assert all(SHAPE.fullmatch(each) for each in drawn)
    assert drawn == sorted(set(drawn))


def test_new_document_has_no_parent() -> None:
    made = stamped(Reader(id="RD-1"), None, A)
    assert (made.stamp, made.parent, made.stamps) == (A, None, (A,))


def test_change_knows_what_it_was_made_on() -> None:
    changed = stamped(Reader(id="RD-1", status="blocked"), stamped(Reader(id="RD-1"), None, A), B)
    assert (changed.stamp, changed.parent, changed.stamps) == (B, A, (B, A))


def test_document_carries_its_last_stamps_and_no_more() -> None:
    stamps = [f"{MILLISECONDS + each:013d}-0000-desk_1" for each in range(KEPT + 4)]
    reader: Reader | None = None
    for each in stamps:
        reader = stamped(Reader(id="RD-1"), reader, each)
    assert reader is not None
    assert reader.stamps == tuple(reversed(stamps[-KEPT:]))


def test_loan_and_the_rest_of_an_item_have_stamps_of_their_own() -> None:
    loan = Loan(reader="RD-1", since="", due=START.date())
    new = stamped(Item(id="BK-1"), None, A)
    lent = stamped(Item(id="BK-1", loan=loan), new, B)
    moved = stamped(Item(id="BK-1", loan=loan, location="attic"), lent, C)
    assert [(each.loanstamp, each.reststamp) for each in (new, lent, moved)] == [(A, A), (B, A), (B, C)]


def test_item_saved_without_a_change_keeps_the_stamps_of_its_parts() -> None:
    new = stamped(Item(id="BK-1"), None, A)
    again = stamped(new, new, B)
    assert (again.stamp, again.loanstamp, again.reststamp) == (B, A, A)


def test_part_is_never_later_than_the_whole() -> None:
    ahead = "2095502400000-0000-central"
    wrong = stamped(Item(id="BK-1"), None, ahead)
    moved = stamped(Item(id="BK-1", location="attic"), wrong, A)
    assert (moved.stamps, moved.loanstamp, moved.reststamp) == ((A, ahead), A, A)


def test_unknown_field_is_part_of_the_rest() -> None:
    new = stamped(Item(id="BK-1"), None, A)
    changed = stamped(Item(id="BK-1", extra={"colour": "red"}), new, B)
    assert (changed.loanstamp, changed.reststamp) == (A, B)
