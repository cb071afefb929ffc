"""A bell for `Player` whose time passes only when it is waited for, so that hours take no time."""

from __future__ import annotations

from collections.abc import Callable
from math import inf


class VirtualBell:
    """Does what is planned at its time, while the player waits. Counts the waits, which are wake-ups."""

    def __init__(self) -> None:
        self.time = 0.0
        self.waits = 0
        self._plan: list[tuple[float, Callable[[], None]]] = []
        self._rung = False

    def at(self, time: float, do: Callable[[], None]) -> None:
        self._plan.append((time, do))

    def now(self) -> float:
        return self.time

    def ring(self) -> None:
        self._rung = True

    def wait(self, seconds: float) -> bool:
        self.waits += 1
        until = self.time + max(0.0, seconds)
        while self._plan and self._plan[0][0] <= (self.time if self._rung else until):
            time, do = self._plan.pop(0)
            self.time = max(self.time, time)
            do()
        if not self._rung:
            assert until < inf, "sleeps for ever, and nothing is planned"
            self.time = max(self.time, until)
        rung, self._rung = self._rung, False
        return rung
