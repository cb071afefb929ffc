from __future__ import annotations

from station.lights import DARK, Lights
from station.patterns import load
from station.signals import Reason, Shown, Signal
from station.simulate.lamps import QUICKEST, Lamps

READY, OFFLINE, BORROWED = Shown(Signal.READY), Shown(Signal.OFFLINE), Shown(Signal.BORROWED)
END = load().of(BORROWED).duration


def lamps(*shown: tuple[Shown, float]) -> Lamps:
    made = Lamps(load())
    for each, at in shown:
        made.show(each, at)
    return made


def test_before_the_first_signal_all_is_dark_and_nothing_is_awaited() -> None:
    assert (lamps().at(5.0), lamps().next_change(5.0), lamps().in_words(5.0)) == (DARK, None, None)


def test_passing_signal_plays_from_its_beginning() -> None:
    playing = lamps((READY, 0.0), (BORROWED, 100.0))
    assert [playing.at(100 + t) for t in (0.0, 0.15, 0.3)] == [
        Lights(green=True, buzzer="G6"),
        DARK,
        Lights(green=True, buzzer="C7"),
    ]


def test_resting_signal_begins_anew_after_a_passing_one() -> None:
    pattern = load().of(READY)
    playing = lamps((READY, 0.0), (BORROWED, 100.0))
    after = [playing.at(100 + END + t) for t in (0.0, 2.0, 4.5)]
    assert after == [pattern.state_at(t) for t in (0.0, 2.0, 4.5)]
    assert after[-1] == Lights(green=True)


def test_resting_signal_waits_for_a_passing_one() -> None:
    playing = lamps((BORROWED, 100.0), (OFFLINE, 100.1))
    assert playing.at(100.3) == Lights(green=True, buzzer="C7")
    assert playing.at(100 + END + 3) == Lights(amber=True)


def test_words_stay_until_something_else_is_shown() -> None:
    assert lamps((READY, 0.0), (BORROWED, 100.0)).in_words(200.0) is BORROWED


def test_words_of_a_resting_signal_wait_for_a_passing_one() -> None:
    playing = lamps((BORROWED, 100.0), (OFFLINE, 100.1))
    assert [playing.in_words(at) for at in (100.2, 100 + END)] == [BORROWED, OFFLINE]


def test_next_change_is_when_the_pattern_changes() -> None:
    playing = lamps((READY, 0.0), (BORROWED, 100.0))
    waits = [playing.next_change(100 + t) for t in (0.0, 0.22)]
    assert [round(wait or 0, 3) for wait in waits] == [0.12, 0.4]


def test_flicker_is_not_drawn_more_often_than_a_terminal_should() -> None:
    fault = lamps((Shown(Signal.FAULT), 0.0))
    assert fault.next_change(0.0) == QUICKEST


def test_every_refusal_can_be_drawn() -> None:
    for reason in Reason:
        assert lamps((Shown(Signal.REFUSED, reason), 0.0)).at(0.0).red
