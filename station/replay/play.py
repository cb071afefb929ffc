"""Plays a transcript's steps at a virtual station, up to the first difference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from station.replay import expected, given
from station.replay.steps import (
    Broker,
    Cut,
    ExpectDocument,
    ExpectEvent,
    ExpectNoEvent,
    Given,
    GivenClock,
    Scans,
    Step,
    Transcript,
    Waits,
    Wanted,
)
from station.replay.transcript import Mistakes
from station.replay.unread import Unread, told
from station.replay.values import Impossible
from station.replay.virtual import VirtualStation
from station.signals import RESTING, Shown


class Outcome(Struct, frozen=True):
    """What came of a step. `came` is what was shown, where a step can show something."""

    step: Step
    at: datetime
    came: str | None
    difference: str | None


def play(transcript: Transcript) -> Iterator[Outcome]:
    """The outcome of each step as it is taken; the first that differs is the last.

    Raises Mistakes for a step that can't be taken, and StoreError for a disk that can't be written.
    """
    with TemporaryDirectory(prefix="shelfpost-replay-") as folder:
        station = VirtualStation(Path(folder))
        try:
            yield from _outcomes(transcript, _Player(station, _library(transcript)))
        finally:
            station.close()


def _outcomes(transcript: Transcript, player: _Player) -> Iterator[Outcome]:
    for step in transcript.steps:
        try:
            outcome = player.take(step)
        except Impossible as error:
            raise Mistakes([f"{transcript.name}:{step.line}: {error}"]) from error
        yield outcome
        if outcome.difference:
            return


def _library(transcript: Transcript) -> str:
    """The id that the transcript gives its library, wherever it does."""
    acts = (each.act for each in transcript.steps)
    ids = (each.values.get("id") for each in acts if isinstance(each, Given) and each.kind == "library")
    return next((each for each in ids if each), "library")


class _Player:
    def __init__(self, station: VirtualStation, library: str) -> None:
        self._station = station
        self._library = library
        self._unread = Unread(station.consumer)

    def take(self, step: Step) -> Outcome:
        station = self._station
        if not isinstance(step.act, Given | GivenClock):
            station.join_library()
        came, difference = self._act(step)
        station.deliver()
        return Outcome(step, station.clock.now().wall, came, difference)

    def _act(self, step: Step) -> tuple[str | None, str | None]:
        """What was shown, and what differs."""
        act, station = step.act, self._station
        match act:
            case Scans():
                text = station.signed(act.text) if act.signed else act.text
                shown = station.pass_time(act.after) + station.scan(act.scanner, text)
                return _compared(shown, act.wanted)
            case Waits():
                return _compared(station.pass_time(act.time), act.wanted)
            case ExpectEvent() | ExpectNoEvent() | ExpectDocument():
                return None, self._differing(act)
            case Given():
                given.put(station.store, act, station.clock.now(), self._library)
            case GivenClock():
                station.clock.set(act.wall)
            case Broker():
                station.broker(act.up)
            case Cut():
                station.cut()
        return None, None

    def _differing(self, act: ExpectEvent | ExpectNoEvent | ExpectDocument) -> str | None:
        if isinstance(act, ExpectDocument):
            return expected.difference(self._station.store.shelf, act)
        if isinstance(act, ExpectEvent):
            difference = self._unread.read(act.type, act.values)
            away = difference and not self._station.broker_is_up and not self._unread.next()
            return f"{difference} (the broker is down)" if away else difference
        came = self._unread.next()
        return None if came is None else f"expected no event, came {told(came)}"


def _compared(shown: list[Shown], wanted: Wanted | None) -> tuple[str, str | None]:
    """The last momentary signal, and how it differs from what is wanted."""
    last = next((each for each in reversed(shown) if each.signal not in RESTING), None)
    came = Wanted(last.signal, last.reason) if last else Wanted(None)
    if wanted is None or wanted == came or (wanted.reason is None and wanted.signal is came.signal):
        return str(came), None
    return str(came), f"expected {wanted}, came {came}"
