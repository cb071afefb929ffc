"""A daemon in this process: a panel that remembers, and a scanner that does what a test says."""

from __future__ import annotations

import queue
from collections.abc import Callable
from pathlib import Path

from station.config import Config, LookupConfig, SessionConfig, StationConfig
from station.daemon import Daemon
from station.drivers import Clock, Emit, Reading, ScannerEnded, ScannerFound
from station.drivers.notify import Notifier
from station.signals import Shown, Signal
from station.stall import STALL_SECONDS
from station.store import Store
from tests.mosquitto import PATIENCE
from tests.stores import STATION, SetClock


class Panel:
    """Keeps what it is told to show; `on_show` is called while it is told."""

    def __init__(self) -> None:
        self.shown: queue.Queue[Shown] = queue.Queue()
        self.closed = False
        self.on_show: Callable[[Shown], None] = lambda _: None

    def show(self, shown: Shown) -> None:
        self.on_show(shown)
        self.shown.put(shown)

    def close(self) -> None:
        self.closed = True


class Hands:
    """A scanner that does in its own thread what a test says, and then has read all."""

    name = "desk"

    def __init__(self, script: Callable[[Hands], None], panel: Panel, clock: Clock) -> None:
        self._script = script
        self._panel = panel
        self.clock = clock
        self.failed: BaseException | None = None

    def run(self, emit: Emit) -> None:
        self.emit = emit
        emit(ScannerFound(self.name))
        try:
            self._script(self)
        except AssertionError as error:
            self.failed = error
        emit(ScannerEnded(self.name))

    def close(self) -> None:
        pass

    def scan(self, text: str) -> Signal:
        """What is shown first for a code, which comes 2 s after the one before where the clock can be set."""
        now = self.clock.step(2) if isinstance(self.clock, SetClock) else self.clock.now()
        self.emit(Reading(self.name, text, now.mono))
        return self.sees()

    def sees(self) -> Signal:
        """The next signal; waits for it."""
        return self._panel.shown.get(timeout=PATIENCE).signal


class Rig:
    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.panel = Panel()
        self.clock: Clock = SetClock()
        self.session = SessionConfig(repeat_seconds=1e-6)
        self.notifier = Notifier({})
        self.stall_seconds = STALL_SECONDS
        self.folder = folder
        self.others: list[Hands] = []

    def run(self, script: Callable[[Hands], None]) -> str:
        """Let the daemon run until `script` has come to its end; returns why it stopped."""
        config = Config(
            station=StationConfig(id=STATION, data_dir=self.folder),
            session=self.session,
            lookup=LookupConfig(providers=()),
        )
        hands = Hands(script, self.panel, self.clock)
        scanners = [hands, *self.others]
        made = Daemon(
            config,
            self.clock,
            self.panel,
            list(scanners),
            self.store,
            self.notifier,
            stall_seconds=self.stall_seconds,
        )
        reason = made.run()
        if hands.failed:
            raise hands.failed
        return reason
