"""The edges of the station: what reads codes, what shows signals, what tells the time.

Each kind has one small Protocol here; `station.wiring` alone chooses which implementation runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from station.model import Moment
from station.signals import Shown


class Reading(msgspec.Struct, frozen=True):
    """A line as a scanner gave it, before anybody has looked at it.

    `text` may hold anything a device can send; `at` is the monotonic time of its last key, in seconds.
    """

    scanner: str
    text: str
    at: float


class ScannerLost(msgspec.Struct, frozen=True):
    """A scanner went away: unplugged, or its pipe failed. `cause` says how, in words for a log."""

    scanner: str
    cause: str


class ScannerFound(msgspec.Struct, frozen=True):
    """A scanner is there: at the start, or back again."""

    scanner: str


class ScannerEnded(msgspec.Struct, frozen=True):
    """A scanner that reads a finite source has read it all."""

    scanner: str


Report = Reading | ScannerLost | ScannerFound | ScannerEnded
Emit = Callable[[Report], None]
"""Called from a scanner's thread; it only queues, and never blocks."""


class Scanner(Protocol):
    """A source of readings. `run` blocks, in a thread of its own, until `close` or the end of the source."""

    name: str

    def run(self, emit: Emit) -> None: ...

    def close(self) -> None:
        """End `run` soon. May be called from any thread, and twice."""


class Panel(Protocol):
    """What readers see and hear. `show` never blocks and never raises."""

    def show(self, shown: Shown) -> None: ...

    def close(self) -> None:
        """All lamps off, all sound off. May be called twice."""


class Clock(Protocol):
    def now(self) -> Moment: ...
