"""What the scanner types goes to the station alone: to no other reader of its device, and to no console."""

from __future__ import annotations

import os
import select
import termios
import time
from contextlib import suppress

from tests.hardware.guest.running import Station
from tests.hardware.guest.typist import Typist

CONSOLE = "/dev/tty1"

ARRIVES_SECONDS = 2.0
"""A key that goes somewhere is there at once; this is for one that should not come."""


class Ear:
    """Somebody else who reads: bytes from a device or a console."""

    def __init__(self, path: str) -> None:
        self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)

    def heard(self) -> bytes:
        """All that has come, and comes in the next two seconds."""
        data, end = b"", time.monotonic() + ARRIVES_SECONDS
        while select.select([self._fd], [], [], max(0.0, end - time.monotonic()))[0]:
            with suppress(BlockingIOError):
                data += os.read(self._fd, 65_536)
        return data


def console() -> Ear:
    """The foreground console, raw: a character is there as soon as it is typed."""
    ear = Ear(CONSOLE)
    settings = termios.tcgetattr(ear._fd)
    settings[0] = settings[3] = 0
    termios.tcsetattr(ear._fd, termios.TCSANOW, settings)
    return ear


def check(_count: int) -> str:
    with Typist("counter") as scanner:
        ears = {scanner.path: Ear(scanner.path), CONSOLE: console()}
        station = Station({"counter": "us"})
        station.stock(["RD-1"], ["BK-1"])
        before = _typed(scanner, ears, "XX-1")
        assert all(before.values()), f"without a station everybody hears the scanner, but: {before}"
        with station:
            during = _typed(scanner, ears, "RD-1")
            station.answers("counter: welcome")
            assert not any(during.values()), f"the scanner was heard beside the station: {during}"
        after = _typed(scanner, ears, "XX-1")
        assert all(after.values()), f"after the station everybody hears the scanner again, but: {after}"
    return f"nothing on {CONSOLE} nor to a second reader; before and after, both heard every key"


def _typed(scanner: Typist, ears: dict[str, Ear], text: str) -> dict[str, int]:
    """How many bytes each of `ears` got of it."""
    scanner.scan(text)
    return {name: len(ear.heard()) for name, ear in ears.items()}
