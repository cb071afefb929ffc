"""The steps of a transcript, as values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from station.signals import Reason, Signal

GAP = 2_000_000
"""Microseconds from the step before to a scan that names no time (the contract)."""


class Wanted(Struct, frozen=True):
    """What an arrow says: no signal means that nothing is shown, no reason that any will do."""

    signal: Signal | None
    reason: Reason | None = None

    def __str__(self) -> str:
        return " ".join(each.value for each in (self.signal, self.reason) if each) or "nothing"


class GivenClock(Struct, frozen=True):
    wall: datetime


class Given(Struct, frozen=True):
    """A document as it is from here on. `values` has the fields that are named, each in its own type."""

    kind: str
    key: str
    values: Mapping[str, Any]


class Scans(Struct, frozen=True):
    text: str
    scanner: str = "replay"
    after: int = GAP
    wanted: Wanted | None = None
    signed: bool = False


class Waits(Struct, frozen=True):
    time: int
    wanted: Wanted | None = None


class ExpectEvent(Struct, frozen=True):
    type: str
    values: Mapping[str, str]


class ExpectNoEvent(Struct, frozen=True):
    pass


class ExpectDocument(Struct, frozen=True):
    kind: str
    key: str
    values: Mapping[str, str]


class Broker(Struct, frozen=True):
    up: bool


class Cut(Struct, frozen=True):
    pass


Act = GivenClock | Given | Scans | Waits | ExpectEvent | ExpectNoEvent | ExpectDocument | Broker | Cut


class Step(Struct, frozen=True):
    """What stands on a line; `words` is the line without its arrow and comment."""

    line: int
    words: str
    act: Act


class Transcript(Struct, frozen=True):
    name: str
    title: str
    steps: tuple[Step, ...]
