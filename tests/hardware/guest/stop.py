"""SIGTERM turns all four lines off, whatever was lit, and by the station's own doing.

A line that nobody drives is low in gpio-sim, so its level afterwards says little. The kernel's trace has what
the station did to each line, and in which order: off first, then let go.
"""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

from tests.hardware.guest.header import DARK, PINS, Levels, Watch
from tests.hardware.guest.running import PATIENCE, Station
from tests.hardware.guest.typist import Typist

TRACING = Path("/sys/kernel/tracing")

MOMENTS: dict[str, Levels] = {
    "": (True, True, True, True),
    "RD-1": (True, False, False, True),
    "BK-1": (False, True, False, False),
    "XX-1": (False, False, True, True),
}
"""A scan, and what it lights; without one, it is the start that does."""

LIT, OFF, LET_GO = "set 1", "set 0", "in"


def check(_count: int) -> str:
    subprocess.run(["mount", "-t", "tracefs", "tracing", str(TRACING)], check=True)
    (TRACING / "events/gpio/enable").write_text("1", encoding="ascii")
    longest = 0.0
    with Typist("counter") as scanner:
        station = Station({"counter": "us"})
        station.stock(["RD-1"], ["BK-1"])
        for text, levels in MOMENTS.items():
            longest = max(longest, _stopped(station, scanner, text, levels))
    return f"{len(MOMENTS)} stops with lamps lit: lines off, then let go, then exit 0, within {longest:.1f} s"


def _stopped(station: Station, scanner: Typist, text: str, levels: Levels) -> float:
    """Seconds from SIGTERM to the end."""
    (TRACING / "trace").write_text("", encoding="ascii")
    with Watch() as watch, station:
        if text:
            scanner.scan(text)
        _await(watch, levels)
        since = time.monotonic()
        assert station.stop() == 0, "a planned stop ends with another status than 0"
        took = time.monotonic() - since
        assert watch.levels() == DARK
    done = _done_to_lines()
    assert len(done) == len(PINS), f"lines in the trace: {sorted(done)}"
    for line, deeds in done.items():
        assert LIT in deeds and deeds[-2:] == [OFF, LET_GO], f"{text}: line {line} went {deeds}"
    return took


def _done_to_lines() -> dict[str, list[str]]:
    """What was done to each line since the trace was emptied, oldest first."""
    done: dict[str, list[str]] = {}
    trace = (TRACING / "trace").read_text(encoding="utf-8")
    for line, deed in re.findall(r"gpio_(?:value|direction): (\d+) +(set \d|in|out)", trace):
        done.setdefault(line, []).append(deed)
    return done


def _await(watch: Watch, levels: Levels) -> None:
    end = time.monotonic() + PATIENCE
    while watch.levels() != levels:
        assert time.monotonic() < end, f"the lines never were {levels}: they are {watch.levels()}"
        time.sleep(0.001)
