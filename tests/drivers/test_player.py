from __future__ import annotations

import logging
import queue
import threading
from functools import partial
from itertools import pairwise
from math import inf

import pytest

from station.drivers.player import Player, RealBell
from station.patterns import DARK, Lights, Pattern, Patterns
from station.signals import RESTING, Shown, Signal
from tests.drivers.signal_file import SHIPPED, notes, shown_as, tables, written
from tests.drivers.virtual_bell import VirtualBell

READY, OFFLINE = Shown(Signal.READY), Shown(Signal.OFFLINE)
BORROWED, RETURNED, SEEN = Shown(Signal.BORROWED), Shown(Signal.RETURNED), Shown(Signal.SEEN)

GREEN, AMBER, RED = Lights(green=True), Lights(amber=True), Lights(red=True)

PLAIN = Patterns(
    {
        "ready": Pattern(every=1000, times=None, green=(0, 500, 500)),
        "offline": Pattern(every=1000, times=None, amber=(1000,)),
        "borrowed": Pattern(every=300, red=(100, 100, 100)),
        "returned": Pattern(every=500, green=(200,)),
        "seen": Pattern(every=100, amber=(100,)),
    },
    {},
)

Change = tuple[float, Lights]


class Recorder:
    """Outputs that note what they are set to, and when. `broken` makes them fail."""

    def __init__(self, bell: VirtualBell) -> None:
        self.bell = bell
        self.changes: list[Change] = []
        self.broken = False

    def set(self, lights: Lights) -> None:
        if self.broken:
            raise OSError("the lamps fell off")
        self.changes.append((round(self.bell.time, 6), lights))


class Stage:
    """A player in virtual time: `play` shows each signal at its time, and says what was to be seen."""

    def __init__(self, patterns: Patterns = PLAIN) -> None:
        self.bell = VirtualBell()
        self.outputs = Recorder(self.bell)
        self.player = Player(self.outputs, patterns, self.bell)

    def play(self, *plan: tuple[float, Shown], until: float) -> list[Change]:
        for time, shown in plan:
            self.bell.at(time, partial(self.player.show, shown))
        self.bell.at(until, self.player.close)
        self.player.run()
        return self.outputs.changes


# One signal after another


def test_nothing_is_lit_before_the_first_signal() -> None:
    assert Stage().play(until=60.0) == [(0.0, DARK)]


def test_a_passing_signal_falls_back_to_the_resting_one() -> None:
    changes = Stage().play((0.0, READY), (2.75, BORROWED), until=4.0)
    assert changes == [
        *[(0.0, DARK), (0.5, GREEN), (1.0, DARK), (1.5, GREEN), (2.0, DARK), (2.5, GREEN)],
        *[(2.75, RED), (2.85, DARK), (2.95, RED)],
        *[(3.05, DARK), (3.55, GREEN), (4.0, DARK)],
    ]


def test_a_newer_signal_interrupts_at_once() -> None:
    changes = Stage().play((1.0, BORROWED), (1.05, RETURNED), until=5.0)
    assert changes == [(0.0, DARK), (1.0, RED), (1.05, GREEN), (1.25, DARK)]


def test_the_same_signal_again_starts_again() -> None:
    changes = Stage().play((1.0, SEEN), (1.05, SEEN), until=5.0)
    assert changes == [(0.0, DARK), (1.0, AMBER), (1.15, DARK)]


def test_of_signals_that_come_together_the_newest_wins_and_none_is_queued() -> None:
    changes = Stage().play((1.0, BORROWED), (1.0, SEEN), (1.0, RETURNED), until=5.0)
    assert changes == [(0.0, DARK), (1.0, GREEN), (1.2, DARK)]


def test_a_resting_signal_waits_for_the_passing_one_to_end() -> None:
    changes = Stage().play((1.0, BORROWED), (1.15, OFFLINE), until=2.0)
    assert changes == [(0.0, DARK), (1.0, RED), (1.1, DARK), (1.2, RED), (1.3, AMBER), (2.0, DARK)]


def test_the_newest_resting_signal_is_the_one_to_fall_back_to() -> None:
    changes = Stage().play((0.0, READY), (0.2, OFFLINE), (1.0, SEEN), (1.0, READY), until=2.0)
    assert changes == [(0.0, DARK), (0.2, AMBER), (1.1, DARK), (1.6, GREEN), (2.0, DARK)]


def test_a_resting_signal_replaces_another_at_once() -> None:
    assert Stage().play((0.0, READY), (0.6, OFFLINE), until=1.0) == [
        *[(0.0, DARK), (0.5, GREEN), (0.6, AMBER), (1.0, DARK)],
    ]


def test_a_resting_signal_that_is_shown_again_keeps_its_rhythm() -> None:
    again = [(tenth / 10, READY) for tenth in range(20)]
    assert Stage().play(*again, until=2.1) == [
        *[(0.0, DARK), (0.5, GREEN), (1.0, DARK), (1.5, GREEN), (2.0, DARK)],
    ]


def test_a_signal_lasts_to_its_end_though_it_is_dark_by_then() -> None:
    changes = Stage().play((0.0, OFFLINE), (1.0, RETURNED), until=2.0)
    assert changes == [
        *[(0.0, DARK), (0.0, AMBER), (1.0, GREEN), (1.2, DARK), (1.5, AMBER), (2.0, DARK)],
    ]


# The shipped signals, against the file itself


def sampled(changes: list[Change], until: int) -> list[tuple[bool, ...]]:
    levels: list[tuple[bool, ...]] = []
    for ms in range(5, until, 10):
        lights = [lights for time, lights in changes if time * 1000 <= ms][-1]
        levels.append((lights.green, lights.amber, lights.red, lights.buzzer is not None))
    return levels


@pytest.mark.parametrize("name", tables())
def test_the_panel_does_what_the_file_says(name: str) -> None:
    changes = Stage(SHIPPED).play((0.0, shown_as(name)), until=12.0)
    played = sampled(changes, 12_000)
    assert any(any(lights) for lights in played)
    assert played == written(name, 12_000)


@pytest.mark.parametrize("name", tables())
def test_every_beep_has_the_note_that_the_file_gives_it(name: str) -> None:
    changes = Stage(SHIPPED).play((0.0, shown_as(name)), until=12.0)
    buzzes = [None, *(lights.buzzer for _, lights in changes)]
    heard = [now for before, now in pairwise(buzzes) if now is not None and now != before]
    assert heard == notes(name)


# Sleeping


@pytest.mark.parametrize("signal", sorted(RESTING))
def test_a_resting_signal_wakes_the_processor_at_most_twice_a_second(signal: Signal) -> None:
    stage = Stage(SHIPPED)
    stage.play((0.0, Shown(signal)), until=3600.0)
    assert stage.bell.waits <= 2 * 3600
    assert len(stage.outputs.changes) > 3600 / 5


def test_a_steady_resting_signal_never_wakes_it() -> None:
    stage = Stage()
    stage.play((0.0, OFFLINE), until=86_400.0)
    assert stage.bell.waits == 2  # for the signal, and for the end


def test_no_wake_up_is_without_a_change() -> None:
    stage = Stage()
    stage.play((0.0, READY), until=100.25)
    assert stage.bell.waits == len(stage.outputs.changes) + 1  # one for the signal


class LateBell(VirtualBell):
    """Comes back later than it should, as on a busy computer."""

    def wait(self, seconds: float) -> bool:
        rung = super().wait(seconds)
        self.time += 0 if rung else 0.03
        return rung


def test_being_late_once_does_not_make_it_later_and_later() -> None:
    stage = Stage()
    stage.bell = stage.outputs.bell = LateBell()
    stage.player = Player(stage.outputs, PLAIN, stage.bell)
    changes = stage.play((0.0, READY), until=2.2)
    assert [time for time, _ in changes] == [0.0, 0.53, 1.03, 1.53, 2.03]


def test_after_a_long_absence_it_goes_on_from_now() -> None:
    stage = Stage()

    def sleep_deeply() -> None:
        stage.bell.time += 3600.0

    stage.bell.at(0.7, sleep_deeply)
    changes = stage.play((0.8, READY), until=3602.0)
    assert [time for time, _ in changes] == [0.0, 3601.2, 3601.7]


# Failing


def test_lamps_that_fail_are_logged_once_and_come_back(caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage()
    stage.bell.at(0.2, partial(setattr, stage.outputs, "broken", True))
    stage.bell.at(3.2, partial(setattr, stage.outputs, "broken", False))
    with caplog.at_level(logging.DEBUG, logger="station"):
        stage.player.show(READY)
        changes = stage.play(until=4.2)
    assert changes == [(0.0, DARK), (3.5, GREEN), (4.0, DARK)]
    assert caplog.messages == ["the panel cannot be set: OSError: the lamps fell off"]


def test_after_a_failure_nothing_is_taken_to_be_as_it_was() -> None:
    stage = Stage()
    stage.bell.at(0.4, partial(setattr, stage.outputs, "broken", True))
    stage.bell.at(0.6, partial(setattr, stage.outputs, "broken", False))
    stage.player.show(READY)
    assert stage.play(until=1.7) == [(0.0, DARK), (1.0, DARK), (1.5, GREEN), (1.7, DARK)]


def test_lamps_that_fail_anew_are_logged_anew(caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage()
    for time, broken in ((0.2, True), (1.2, False), (2.2, True)):
        stage.bell.at(time, partial(setattr, stage.outputs, "broken", broken))
    stage.player.show(READY)
    stage.play(until=4.2)
    assert len(caplog.messages) == 2


# Real time, and closing, on a real thread


def test_a_bell_that_was_rung_before_the_wait_ends_one_wait_at_once() -> None:
    bell = RealBell()
    bell.ring()
    assert [bell.wait(inf), bell.wait(0), bell.wait(-1)] == [True, False, False]


class Quiet:
    """Outputs that tell a test what they are set to."""

    def __init__(self) -> None:
        self.seen: queue.Queue[Lights] = queue.Queue()

    def set(self, lights: Lights) -> None:
        self.seen.put(lights)

    def wait_for(self, lights: Lights) -> None:
        while self.seen.get(timeout=30) != lights:
            pass


def test_close_turns_everything_off_and_ends_the_thread() -> None:
    outputs = Quiet()
    player = Player(outputs, PLAIN)
    player.start()
    player.show(OFFLINE)
    outputs.wait_for(AMBER)
    player.close()
    assert outputs.seen.get_nowait() == DARK
    assert "panel" not in [thread.name for thread in threading.enumerate()]


def test_close_may_be_called_twice_and_showing_after_it_does_nothing() -> None:
    outputs = Quiet()
    player = Player(outputs, PLAIN)
    player.start()
    player.close()
    player.close()
    player.show(BORROWED)
    assert list(outputs.seen.queue) in ([DARK], [])


def test_a_player_that_was_never_started_can_be_closed() -> None:
    Player(Quiet(), PLAIN).close()


def test_signals_reach_the_lamps_in_real_time() -> None:
    outputs = Quiet()
    player = Player(outputs, PLAIN)
    player.start()
    player.show(OFFLINE)
    outputs.wait_for(AMBER)
    player.show(BORROWED)
    outputs.wait_for(RED)
    outputs.wait_for(AMBER)
    player.close()
