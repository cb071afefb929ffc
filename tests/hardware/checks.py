"""The checks: the longest is begun first, the others in the order of their weight.

Each gives figures, or raises Failed or Missing.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.hardware.decodes import decodes
from tests.hardware.image import Image
from tests.hardware.machine import Failed, Guest, second_disk
from tests.hardware.power_cuts import power_cuts
from tests.hardware.report import Figures

Check = Callable[[Image, int], Figures]
"""With how many rounds."""

SLOW_START = 60.0
"""Seconds up to the first scan, three times what they usually are; emulation varies."""


def in_guest(
    name: str,
    seconds: float,
    each: float = 0.0,
    *,
    disk: str = "",
    steady: bool = False,
    resets: bool = False,
) -> Check:
    """A check that the guest does alone, in `seconds` and `each` for each of its rounds.

    `disk` is the size of a second one, which has nothing but a file system on it.
    """

    def check(image: Image, count: int) -> Figures:
        said: list[str] = []
        with (
            second_disk(disk) as made,
            Guest(image, name, count, disk=made, steady=steady, resets=resets) as guest,
        ):
            for line in guest.lines(SLOW_START + seconds + each * count):
                if line.startswith("passed: "):
                    return Figures(**json.loads(line.removeprefix("passed: ")))
                said.append(line)
        raise Failed("\n".join(said[-25:]) or "the guest ended without a word")

    return check


CHECKS: dict[str, tuple[Check, int]] = {
    "install": (in_guest("install", 1200), 0),
    "lamps": (in_guest("lamps", 180, steady=True), 0),
    "grab": (in_guest("grab", 90, steady=True), 0),
    "unplug": (in_guest("unplug", 60, 2.0, steady=True), 100),
    "two-scanners": (in_guest("two_scanners", 60, 0.5, steady=True), 1000),
    "layouts": (in_guest("layouts", 60, steady=True), 0),
    "serial": (in_guest("serial_port", 180, 5.0), 10),
    "doctor": (in_guest("doctor", 180), 0),
    "stop": (in_guest("stop", 90, steady=True), 0),
    "disks": (in_guest("disks", 240, disk="32M"), 0),
    "service": (in_guest("service", 300), 0),
    "watchdog": (in_guest("watchdog", 240, resets=True), 0),
    "power-cuts": (power_cuts, 50),
    "decodes": (decodes, 600),
}
"""Each with its number of rounds, where it has one."""
