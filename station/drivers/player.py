"""Plays patterns on lamps and a buzzer, in one thread that sleeps until something has to change."""

from __future__ import annotations

import logging
import threading
import time
from math import inf
from typing import Protocol

from station.patterns import DARK, Lights, Pattern, Patterns
from station.signals import RESTING, Shown

log = logging.getLogger("station.panel")

NOTHING = Pattern(every=1000, times=None)
"""What is shown before the first resting signal: nothing, for ever, without a wake-up."""

CLOSE_SECONDS = 5.0
"""How long `close` waits for the thread; setting lamps takes microseconds."""


class PanelError(RuntimeError):
    """A panel that cannot be opened. The text is a sentence for whoever sets up the station."""


class Outputs(Protocol):
    """Three lamps and a buzzer. Only the player's thread calls `set`."""

    def set(self, lights: Lights) -> None: ...


class Bell(Protocol):
    """Time, and a sleep that can be cut short. Tests bring one with a time of its own."""

    def now(self) -> float:
        """Seconds, never going back."""

    def wait(self, seconds: float) -> bool:
        """True as soon as it is rung, or was since the last wait; False after `seconds` (inf: never)."""

    def ring(self) -> None: ...


class RealBell:
    def __init__(self) -> None:
        self._rung = threading.Event()

    def now(self) -> float:
        return time.monotonic()

    def wait(self, seconds: float) -> bool:
        rung = self._rung.wait(None if seconds == inf else max(0.0, seconds))
        if rung:
            self._rung.clear()
        return rung

    def ring(self) -> None:
        self._rung.set()


class Player:
    """The newest passing signal plays to its end, then the newest resting one goes on. Nothing is queued.

    `show` may be called from any thread; it leaves a note and rings. `run` is the thread: `start` makes one.
    """

    def __init__(self, outputs: Outputs, patterns: Patterns, bell: Bell | None = None) -> None:
        self._outputs = outputs
        self._patterns = patterns
        self._bell = bell or RealBell()
        self._lock = threading.Lock()
        self._resting = NOTHING
        self._passing: Pattern | None = None
        self._closed = False
        self._lit: Lights | None = None
        self._failing = False
        self._thread = threading.Thread(target=self.run, name="panel", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def show(self, shown: Shown) -> None:
        """Never blocks, never raises."""
        pattern = self._patterns.of(shown)
        with self._lock:
            if shown.signal in RESTING:
                self._resting = pattern
            else:
                self._passing = pattern
        self._bell.ring()

    def close(self) -> None:
        """Everything off, and the thread ended. May be called twice."""
        self._closed = True
        self._bell.ring()
        if self._thread.is_alive():
            self._thread.join(CLOSE_SECONDS)

    def run(self) -> None:
        while not self._closed:
            self._play(self._next())
        self._set(DARK)

    def _next(self) -> Pattern:
        with self._lock:
            pattern, self._passing = self._passing or self._resting, None
        return pattern

    def _play(self, pattern: Pattern) -> None:
        began, t = self._bell.now(), 0.0
        while t < pattern.duration:
            self._set(pattern.state_at(t))
            change = pattern.next_change(t)
            rung = self._bell.wait(change - t)
            if rung and self._overtaken(pattern):
                return
            t = self._bell.now() - began
            if not rung:
                t = max(t, change)  # a wait that ends a hair too early must not be waited for again

    def _overtaken(self, pattern: Pattern) -> bool:
        with self._lock:
            rests = pattern.duration == inf
            return self._closed or self._passing is not None or (rests and pattern is not self._resting)

    def _set(self, lights: Lights) -> None:
        """A panel that fails is said once, until it works again: the station goes on lending."""
        if lights == self._lit:
            return
        try:
            self._outputs.set(lights)
            self._lit, self._failing = lights, False
        except Exception as error:
            if not self._failing:
                log.error("the panel cannot be set: %s: %s", type(error).__name__, error)
            self._lit, self._failing = None, True
