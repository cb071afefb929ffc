"""The checks, in the order of their weight. Each gives figures, or raises Failed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.hardware.machine import Failed, Guest
from tests.hardware.power_cuts import power_cuts

SLOW_START = 60.0
"""Seconds up to the first scan, three times what they usually are; emulation varies."""


def in_guest(name: str, seconds: float, each: float = 0.0) -> Callable[[Path, int], str]:
    """A check that the guest does alone, in `seconds` and `each` for each of its rounds."""

    def check(image: Path, count: int) -> str:
        said: list[str] = []
        with Guest(image, name, count) as guest:
            for line in guest.lines(SLOW_START + seconds + each * count):
                if line.startswith("passed: "):
                    return line.removeprefix("passed: ")
                said.append(line)
        raise Failed("\n".join(said[-25:]) or "the guest ended without a word")

    return check


CHECKS: dict[str, tuple[Callable[[Path, int], str], int]] = {
    "lamps": (in_guest("lamps", 180), 0),
    "grab": (in_guest("grab", 90), 0),
    "unplug": (in_guest("unplug", 60, 2.0), 100),
    "two-scanners": (in_guest("two_scanners", 60, 0.5), 1000),
    "layouts": (in_guest("layouts", 60), 0),
    "serial": (in_guest("serial_port", 180, 5.0), 10),
    "doctor": (in_guest("doctor", 180), 0),
    "stop": (in_guest("stop", 90), 0),
    "power-cuts": (power_cuts, 5),
}
"""Each with its number of rounds, where it has one."""
