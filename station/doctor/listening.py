"""`doctor --scan`: hears a test code from each scanner, as every keyboard layout would read it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

from station import wiring
from station.config import ConfigError, EvdevConfig, ScannerConfig
from station.doctor.findings import Finding, skipped, wrong
from station.doctor.layouts import Heard, judged
from station.doctor.place import Place
from station.drivers import Reading, Report, Scanner, ScannerLost
from station.drivers.framer import Framer, Scan
from station.drivers.input_devices import InputDevices
from station.drivers.key_stream import KeyStream
from station.drivers.layouts import LAYOUTS
from station.drivers.port_scanner import PortScanner
from station.drivers.ports import Finder, Port

PATIENCE = 60.0
"""Seconds that there are to find the sheet and scan."""

Said = Heard | Report


def listening(place: Place, say: Callable[[str], object]) -> Iterator[Finding]:
    """Asks, through `say`, for the test code; one scan of each scanner is judged."""
    if place.pid is not None:
        yield skipped(
            "the running station has the scanners",
            "Scan a staff card, TEST and the test code at the desk; or stop the station first.",
        )
        return
    for config in place.config.scanner:
        say(f"Now scan TEST TEXT of the command sheet with {config.name} …")
        yield from _heard(config)


def _heard(config: ScannerConfig) -> Iterator[Finding]:
    told: queue.SimpleQueue[Said] = queue.SimpleQueue()
    try:
        scanner = listener(config, told.put)
    except ConfigError as error:
        yield wrong(f"{config.name}: {'; '.join(error.problems)}", "The check of the scanners says more.")
        return
    thread = threading.Thread(target=scanner.run, args=(told.put,), daemon=True)
    thread.start()
    try:
        yield from _first(config, told)
    finally:
        scanner.close()
        thread.join(PATIENCE)


def _first(config: ScannerConfig, told: queue.SimpleQueue[Said]) -> list[Finding]:
    while True:
        try:
            said = told.get(timeout=PATIENCE)
        except queue.Empty:
            return [
                wrong(
                    f"{config.name}: nothing came within {PATIENCE:.0f} s",
                    "Is its light on? Is it set to USB keyboard, or to the serial port, as its section says?",
                )
            ]
        match said:
            case Heard():
                return judged(said)
            case Reading(_, text):
                return judged(Heard(config.name, {"": text}, ended=True))
            case ScannerLost(_, cause):
                return [wrong(f"{config.name}: {cause}", "The check of the scanners says more.")]


def listener(config: ScannerConfig, tell: Callable[[Heard], object], finder: Finder | None = None) -> Scanner:
    """A scanner that tells of each scan in every layout, where it types; any other is as it always is."""
    if not isinstance(config, EvdevConfig):
        return wiring.scanner(config)
    return PortScanner(
        config.name,
        finder or InputDevices(config.match),
        lambda port: EveryLayout(config, port, tell),
    )


class EveryLayout:
    """The keys of one device, read in all layouts at once, the configured one first. Implements Stream."""

    def __init__(self, config: EvdevConfig, port: Port, tell: Callable[[Heard], object]) -> None:
        names = sorted(LAYOUTS, key=lambda each: each != config.layout)
        silence = config.silence_ms / 1000
        self._streams = {
            name: KeyStream(LAYOUTS[name], Framer(silence=silence), port.stamped) for name in names
        }
        self._scanner = config.name
        self._tell = tell

    def feed(self, data: bytes, now: float) -> list[Scan]:
        return self._told([each.feed(data, now) for each in self._streams.values()], ended=True)

    def deadline(self) -> float | None:
        return next(iter(self._streams.values())).deadline()

    def expire(self, now: float) -> list[Scan]:
        return self._told([each.expire(now) for each in self._streams.values()], ended=False)

    def throw_away(self, at: float) -> None:
        for each in self._streams.values():
            each.throw_away(at)

    @property
    def throwing(self) -> bool:
        return next(iter(self._streams.values())).throwing

    def _told(self, scans: list[list[Scan]], ended: bool) -> list[Scan]:
        """Nothing is a reading: this is told, and goes nowhere else."""
        for one in zip(*scans, strict=False):
            texts = {name: scan.text for name, scan in zip(self._streams, one, strict=True)}
            self._tell(Heard(self._scanner, texts, ended))
        return []
