"""The transcripts: what a station does, in a reader's words, each played as `station replay` plays it."""

from __future__ import annotations

from pathlib import Path

import pytest

from station.cli.replay import line, text_in
from station.events import EventType
from station.replay.play import play
from station.replay.steps import (
    Act,
    ExpectDocument,
    ExpectEvent,
    ExpectNoEvent,
    Scans,
    Transcript,
    Waits,
    Wanted,
)
from station.replay.transcript import read
from station.signals import RESTING, Reason, Signal

FILES = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))

SHOWN_WITHOUT_A_SCAN = RESTING | {Signal.STARTING, Signal.FAULT, Signal.IDENTIFY}
"""Signals that no arrow can reach. The resting ones are never matched (the contract); `starting` is over
before the first scan; `fault` takes a disk or a scanner that fails; `identify` is an order of central's.
"""
BESIDE_THE_DESK = {
    EventType.LIBRARY_CREATED,
    EventType.LIBRARY_CHANGED,
    EventType.READER_CHANGED,
    EventType.ITEM_CHANGED,
    EventType.EXCEPTION_RESOLVED,
}
"""Events of the command line, of imports and of central's orders: no scan records them."""

each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def transcript(file: Path) -> Transcript:
    return read(file.name, text_in(str(file)))


@each_file
def test_station_does_what_the_transcript_says(file: Path) -> None:
    printed = [str(file)]
    for outcome in play(transcript(file)):
        printed.append(line(outcome))
        if outcome.difference:
            printed.append(f"{file.name}:{outcome.step.line}: {outcome.difference}")
            pytest.fail("\n".join(printed), pytrace=False)


@each_file
def test_transcript_expects_something(file: Path) -> None:
    acts = [each.act for each in transcript(file).steps]
    arrows = [each for each in acts if isinstance(each, Scans | Waits) and each.wanted]
    assert arrows or any(isinstance(each, ExpectEvent | ExpectNoEvent | ExpectDocument) for each in acts)


def test_every_transcript_has_a_title_of_its_own() -> None:
    titles = [transcript(file).title for file in FILES]
    assert "" not in titles
    assert sorted(set(titles)) == sorted(titles)


@pytest.fixture(scope="module")
def acts() -> list[Act]:
    """All that the transcripts do and expect."""
    return [step.act for file in FILES for step in transcript(file).steps]


@pytest.fixture(scope="module")
def wanted(acts: list[Act]) -> list[Wanted]:
    """What stands behind the arrows."""
    return [each.wanted for each in acts if isinstance(each, Scans | Waits) and each.wanted]


@pytest.mark.parametrize("signal", sorted(set(Signal) - SHOWN_WITHOUT_A_SCAN))
def test_every_signal_that_a_scan_can_show_is_reached(signal: Signal, wanted: list[Wanted]) -> None:
    assert signal in [each.signal for each in wanted]


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_to_refuse_is_reached(reason: Reason, wanted: list[Wanted]) -> None:
    assert reason in [each.reason for each in wanted]


@pytest.mark.parametrize("type_", sorted(set(EventType) - BESIDE_THE_DESK))
def test_every_event_of_the_desk_is_named(type_: EventType, acts: list[Act]) -> None:
    assert type_ in [each.type for each in acts if isinstance(each, ExpectEvent)]


def test_no_transcript_expects_what_cannot_come(acts: list[Act], wanted: list[Wanted]) -> None:
    assert not SHOWN_WITHOUT_A_SCAN & {each.signal for each in wanted}
    assert not BESIDE_THE_DESK & {each.type for each in acts if isinstance(each, ExpectEvent)}
