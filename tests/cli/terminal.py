"""A command at a real terminal: a person reads what it asks, and types."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.mosquitto import PATIENCE


class Terminal:
    def __init__(self, screen: int, process: subprocess.Popen[bytes]) -> None:
        self._screen = screen
        self._process = process
        self.seen = ""

    def answer(self, asked: str, typed: str) -> None:
        """Wait until `asked` is on the screen after what was seen before, and type."""
        self._read(asked)
        os.write(self._screen, typed.encode() + b"\n")

    def ended(self) -> int:
        """The exit status, once all that it says has been read."""
        self._read(None)
        return self._process.wait(PATIENCE)

    def _read(self, until: str | None) -> None:
        end, fresh = time.monotonic() + PATIENCE, ""
        while until is None or until not in fresh:
            ready, _, _ = select.select([self._screen], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"waited for {until!r}, saw {self.seen + fresh!r}"
            try:
                data = os.read(self._screen, 4096)
            except OSError:  # Linux says so when the other side is closed
                data = b""
            if not data:
                assert until is None, f"waited for {until!r}, saw {self.seen + fresh!r}"
                break
            fresh += data.decode(errors="replace")
        self.seen += fresh


@contextmanager
def terminal(*words: str) -> Iterator[Terminal]:
    """Run `station` with these words."""
    screen, inside = pty.openpty()
    command = [sys.executable, "-m", "station", *words]
    process = subprocess.Popen(command, stdin=inside, stdout=inside, stderr=inside, start_new_session=True)
    os.close(inside)
    try:
        yield Terminal(screen, process)
    finally:
        process.kill()
        process.wait(PATIENCE)
        os.close(screen)
