"""How the station comes onto a Raspberry Pi, stays there, and goes. Needs Python's own library alone."""

from __future__ import annotations

import contextlib


class Refused(Exception):
    """It can't be done; the text says why, how things are left, and what to do."""


def say(text: str) -> None:
    """Tell the person who waits. That the terminal has gone meanwhile must not stop half an upgrade."""
    with contextlib.suppress(OSError):
        print(text, flush=True)
