"""A daemon in this process, with its scanner's device in our hands and its panel before our eyes.

From the kernel's bytes to the panel all is the station's own: driver, queue, desk, store, disk.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Collection
from pathlib import Path

from bench import sample
from station import wiring
from station.config import Config
from station.config.sections import StationConfig
from station.daemon import Daemon
from station.drivers.clock import SystemClock
from station.drivers.evdev_scanner import EvdevScanner
from station.drivers.key_stream import EV_SYN, EVENT
from station.drivers.notify import Notifier
from station.drivers.ports import Found, Port
from station.signals import Shown, Signal
from tests.drivers.typing_rig import typed

POLL_SECONDS = 0.001
"""A USB scanner is asked for one report each millisecond at best."""
SILENCE_SECONDS = 2.0
"""Long, since this process, unlike a scanner, may have to wait for its turn between two keys."""
PATIENCE_SECONDS = 30.0


class PipeFinder:
    """Finds one device: the end of a pipe that holds what the kernel would have written."""

    folders: tuple[Path, ...] = ()

    def __init__(self, descriptor: int) -> None:
        self._port = Port("pipe", descriptor, lambda: os.close(descriptor), stamped=True)

    def look(self, taken: Collection[str]) -> Found:
        return Found() if taken else Found([self._port])


class Lights:
    """A panel that notes what was shown, and when."""

    def __init__(self) -> None:
        self.shown: queue.SimpleQueue[tuple[Signal, float]] = queue.SimpleQueue()

    def show(self, shown: Shown) -> None:
        self.shown.put((shown.signal, time.monotonic()))

    def close(self) -> None:
        pass


class Typed:
    """A station that runs in threads of its own until the end of the `with`."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._lights = Lights()
        self._ready: queue.SimpleQueue[Daemon] = queue.SimpleQueue()
        read, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        os.write(self._write, b"".join(_reports("\n")))  # the end of a code: the scanner is found at once
        name = f"scanner-{data.name}"
        self._scanner = EvdevScanner(name, "pipe", silence=SILENCE_SECONDS, finder=PipeFinder(read))
        self._thread = threading.Thread(target=self._run, name=f"desk-{data.name}")

    def _run(self) -> None:
        """A store belongs to the thread that opened it."""
        config = Config(station=StationConfig(id=sample.STATION, data_dir=self.data))
        store = wiring.open_store(config)
        daemon = Daemon(config, SystemClock(), self._lights, [self._scanner], store, Notifier({}))
        self._ready.put(daemon)
        daemon.run()

    def __enter__(self) -> Typed:
        self._thread.start()
        self._daemon = self._ready.get(timeout=PATIENCE_SECONDS)
        self._until(Signal.READY)
        return self

    def __exit__(self, *_: object) -> None:
        self._daemon.stop("sigterm")
        self._thread.join(PATIENCE_SECONDS)
        os.close(self._write)

    def scan(self, text: str, expected: Signal) -> float:
        """Type `text` as a scanner does; the seconds from the bytes of ENTER to the light."""
        for char in text:
            for report in _reports(char):
                os.write(self._write, report)
                time.sleep(POLL_SECONDS)
        down, up = _reports("\n")
        began = time.monotonic()
        os.write(self._write, down)
        shown = self._until(expected)
        os.write(self._write, up)
        return shown - began

    def _until(self, expected: Signal) -> float:
        while True:
            signal, at = self._lights.shown.get(timeout=PATIENCE_SECONDS)
            if signal is expected:
                return at
            if signal is not Signal.STARTING:
                raise RuntimeError(f"{signal.value} was shown in place of {expected.value}")

    def desk_seconds(self) -> float:
        """The processor time that the desk's thread has used so far."""
        return _cpu_seconds(self._thread)

    def scanner_seconds(self) -> float:
        """The processor time that the scanner's thread has used so far."""
        return sum(_cpu_seconds(each) for each in threading.enumerate() if each.name == self._scanner.name)

    def wal_bytes(self) -> int:
        return (self.data / f"{wiring.STORE}-wal").stat().st_size


def _cpu_seconds(thread: threading.Thread) -> float:
    return time.clock_gettime(time.pthread_getcpuclockid(thread.ident)) if thread.ident else 0.0


def _reports(char: str) -> list[bytes]:
    """What the kernel hands over for one key, report by report, stamped with the time it is now."""
    data, reports, start = typed(char, at=time.monotonic()), [], 0
    for end in range(EVENT.size, len(data) + 1, EVENT.size):
        if EVENT.unpack(data[end - EVENT.size : end])[2] == EV_SYN:
            reports.append(data[start:end])
            start = end
    return reports
