from station.session import (
    AskedPin,
    PendingItem,
    ReaderSession,
    Recent,
    StaffSession,
    State,
    Times,
    deadline,
    expire,
    heard,
)
from station.signals import Signal

TIMES = Times()


def test_a_session_lasts_until_just_before_its_limit_and_has_ended_at_it() -> None:
    state = State(session=ReaderSession("RD-1", since=100.0))
    assert expire(state, TIMES, 129.999) == (state, [])
    assert expire(state, TIMES, 130.0) == (State(), [Signal.GOODBYE])


def test_a_pending_item_ends_without_a_word() -> None:
    state = State(pending=PendingItem("BK-1", since=100.0))
    assert expire(state, TIMES, 120.0) == (State(), [])


def test_a_card_that_never_gets_its_pin_is_sent_away() -> None:
    state = State(asked=AskedPin("RD-1", since=100.0))
    assert expire(state, TIMES, 130.0) == (State(), [Signal.GOODBYE])


def test_what_ended_first_is_said_first() -> None:
    state = State(
        session=ReaderSession("RD-1", since=100.0),
        staff=StaffSession("RD-9", since=100.0),
        pending=PendingItem("BK-1", since=100.0),
    )
    assert expire(state, TIMES, 500.0) == (State(), [Signal.GOODBYE, Signal.GOODBYE])


def test_the_deadline_is_the_end_that_comes_next() -> None:
    state = State(session=ReaderSession("RD-1", since=100.0), staff=StaffSession("RD-9", since=100.0))
    assert deadline(state, TIMES) == 130.0
    assert deadline(State(), TIMES) is None


def test_any_scan_starts_the_silence_anew_but_not_that_of_a_pending_item() -> None:
    state = State(
        session=ReaderSession("RD-1", since=100.0),
        staff=StaffSession("RD-9", since=100.0),
        pending=PendingItem("BK-1", since=100.0),
    )
    assert heard(state, 110.0) == State(
        session=ReaderSession("RD-1", since=110.0),
        staff=StaffSession("RD-9", since=110.0),
        pending=PendingItem("BK-1", since=100.0),
    )


def test_a_returned_book_is_remembered_for_less_than_twenty_seconds() -> None:
    state = State(recent=(Recent("BK-1", 100.0, Signal.RETURNED),))
    assert expire(state, TIMES, 119.9)[0] == state
    assert expire(state, TIMES, 120.0)[0] == State()
