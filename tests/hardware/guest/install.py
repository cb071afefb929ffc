"""`make install` for real: put on, brought up to date, gone back by itself, taken off."""

from __future__ import annotations

from pathlib import Path

from tests.install import in_guest

CHECKOUT, WHEELS = Path("/checkout"), Path("/opt/wheels")


def check(_count: int) -> str:
    return in_guest.check(CHECKOUT, WHEELS)
