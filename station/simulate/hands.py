"""What is simulated: the scanner that somebody types at, and the panel that somebody looks at."""

from __future__ import annotations

import queue
from collections.abc import Callable

from station.drivers import Clock, Emit, Reading, ScannerFound
from station.scan import clean
from station.signals import Shown


class TypedScanner:
    """Reads what `scan` is given, as if a scanner had read it at that moment."""

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self._clock = clock
        self._readings: queue.SimpleQueue[Reading | None] = queue.SimpleQueue()
        self._closed = False

    def scan(self, text: str) -> float:
        """The monotonic time of the scan. May be called from any thread."""
        at = self._clock.now().mono
        self._readings.put(Reading(self.name, text, at))
        return at

    def run(self, emit: Emit) -> None:
        if not self._closed:
            emit(ScannerFound(self.name))
        while not self._closed and (reading := self._readings.get()):
            emit(reading)

    def close(self) -> None:
        self._closed = True
        self._readings.put(None)


class Repeats:
    """The desk's rule for the same scan twice, so that nobody waits for an answer that won't come."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._last: dict[str, float] = {}

    def wait(self, text: str, now: float) -> float:
        """Seconds until `text` counts as another scan; 0 if it does now."""
        last = self._last.get(clean("", text).text)
        return 0.0 if last is None else max(0.0, last + self._seconds - now)

    def scanned(self, text: str, at: float) -> None:
        self._last[clean("", text).text] = at


class ToldPanel:
    """Tells `tell` what there is to see and to hear. `tell` only queues."""

    def __init__(self, tell: Callable[[Shown], object]) -> None:
        self._tell = tell

    def show(self, shown: Shown) -> None:
        self._tell(shown)

    def close(self) -> None:
        """A picture needs no switching off: `stopping` was the last signal."""
