from __future__ import annotations

import pytest

from station.drivers import Reading, ScannerFound
from station.model import Moment
from station.signals import Shown, Signal
from station.simulate.hands import Repeats, ToldPanel, TypedScanner
from tests.drivers.scanner_contract import AT, NAME, ScannerContract, Source
from tests.drivers.typing_rig import Running
from tests.stores import START


class StoppedClock:
    def now(self) -> Moment:
        return Moment(START, AT)


class Typing:
    def __init__(self) -> None:
        self.scanner = TypedScanner(NAME, StoppedClock())

    def feed(self, *codes: str) -> None:
        for each in codes:
            self.scanner.scan(each)


class TestTypedScanner(ScannerContract):
    @pytest.fixture
    def source(self) -> Source:
        return Typing()


def test_empty_text_is_a_reading_too() -> None:
    typing = Typing()
    typing.feed("", "BK-1")
    with Running(typing.scanner) as running:
        assert running.reports(3) == [ScannerFound(NAME), Reading(NAME, "", AT), Reading(NAME, "BK-1", AT)]


def test_repeats_are_counted_from_the_last_reading() -> None:
    repeats = Repeats(1.5)
    assert repeats.wait("BK-1", 10.0) == 0
    repeats.scanned("BK-1", 10.0)
    repeats.scanned("BK-1", 11.0)
    assert (repeats.wait("BK-1", 11.5), repeats.wait("BK-1", 12.5), repeats.wait("BK-2", 11.5)) == (1.0, 0, 0)


def test_same_code_with_a_symbology_in_front_is_a_repeat() -> None:
    repeats = Repeats(1.5)
    repeats.scanned("]C1BK-1", 10.0)
    assert repeats.wait("BK-1", 10.5) == 1.0


def test_panel_tells_what_is_shown() -> None:
    told: list[Shown] = []
    panel = ToldPanel(told.append)
    panel.show(Shown(Signal.WELCOME))
    panel.close()
    panel.close()
    assert told == [Shown(Signal.WELCOME)]
