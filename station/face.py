"""What the station shows of itself, beside what the desk answers to a scan."""

from __future__ import annotations

from station.drivers import Clock, Panel
from station.signals import Reason, Shown, Signal


class Face:
    """`signal` may be called from any thread, as the panel's `show` may."""

    def __init__(self, panel: Panel, clock: Clock) -> None:
        self._panel = panel
        self._clock = clock
        self._resting: Signal | None = None

    def show(self, shown: Shown) -> None:
        self._panel.show(shown)

    def signal(self, signal: Signal, reason: Reason | None = None, *, silent: bool = False) -> None:
        self.show(Shown(signal, reason, self._clock.now().wall, silent=silent))

    def rest(self, signal: Signal) -> None:
        """Show what the station rests in, when that has changed: a panel falls back to it by itself."""
        if signal is not self._resting:
            self._resting = signal
            self.signal(signal)

    def close(self) -> None:
        self._panel.close()
