"""Which pattern lamps and buzzer are playing: a panel's memory, without a thread, for whoever draws it."""

from __future__ import annotations

from math import inf

from station.patterns import DARK, Lights, Patterns
from station.signals import RESTING, Shown

QUICKEST = 0.1
"""Seconds between two pictures at least: a terminal need not follow each flicker."""


class Lamps:
    """The newest passing signal plays to its end, then the newest resting one goes on.

    Times are monotonic seconds.
    """

    def __init__(self, patterns: Patterns) -> None:
        self._patterns = patterns
        self._passing: Shown | None = None
        self._resting: Shown | None = None
        self._passing_began = self._resting_began = -inf
        self._newest: Shown | None = None

    def show(self, shown: Shown, now: float) -> None:
        if shown.signal in RESTING:
            self._resting, self._resting_began = shown, now
        else:
            self._passing, self._passing_began = shown, now
        self._newest = shown

    def at(self, now: float) -> Lights:
        """A resting signal begins anew when a passing one has ended, as on a real panel."""
        shown, began = self._playing(now)
        return DARK if shown is None else self._patterns.of(shown).state_at(now - began)

    def next_change(self, now: float) -> float | None:
        """In how many seconds there is something else to draw; None: not before the next `show`."""
        shown, began = self._playing(now)
        if shown is None:
            return None
        change = self._patterns.of(shown).next_change(now - began) - (now - began)
        return None if change == inf else max(change, QUICKEST)

    def in_words(self, now: float) -> Shown | None:
        """What to put into words: lamps go back to resting sooner than people read."""
        return self._passing if now < self._end else self._newest

    @property
    def _end(self) -> float:
        """When the passing signal is over."""
        return self._passing_began + self._patterns.of(self._passing).duration if self._passing else -inf

    def _playing(self, now: float) -> tuple[Shown | None, float]:
        if now < self._end:
            return self._passing, self._passing_began
        return self._resting, max(self._resting_began, self._end)
