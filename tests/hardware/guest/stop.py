"""SIGTERM turns all four lines off, whatever was lit, and by the station's own doing: off, then let go."""

from __future__ import annotations

import time
from pathlib import Path

from tests.hardware.guest import trace
from tests.hardware.guest.header import DARK, PINS, Levels, Watch
from tests.hardware.guest.running import Station
from tests.hardware.guest.typist import Typist

MOMENTS: dict[str, Levels] = {
    "": (True, True, True, True),
    "RD-1": (True, False, False, True),
    "BK-1": (False, True, False, False),
    "XX-1": (False, False, True, True),
}
"""A scan, and what it lights; without one, it is the start that does."""

STARTING = "[starting]\n" + "".join(f"{name} = [20000]\n" for name in PINS)
"""So long that it goes on when the scanner is found, which takes a silence, and a scan cuts it short."""


def check(_count: int) -> str:
    longest = 0.0
    with Typist("counter") as scanner:
        signals = Path("/tmp/signals.toml")
        signals.write_text(STARTING, encoding="ascii")
        station = Station({"counter": "us"}, more=f'signals = "{signals}"\n')
        station.stock(["RD-1"], ["BK-1"])
        for text, levels in MOMENTS.items():
            longest = max(longest, _stopped(station, scanner, text, levels))
    return f"{len(MOMENTS)} stops with lamps lit: lines off, then let go, then exit 0, within {longest:.1f} s"


def _stopped(station: Station, scanner: Typist, text: str, levels: Levels) -> float:
    """Seconds from SIGTERM to the end."""
    trace.start()
    with Watch() as watch, station:
        if text:
            scanner.scan(text)
        watch.until(levels)
        since = time.monotonic()
        assert station.stop() == 0, "a planned stop ends with another status than 0"
        took = time.monotonic() - since
        assert watch.levels() == DARK
    trace.all_turned_off()
    return took
