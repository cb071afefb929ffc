"""Notices that the desk is held up: a disk that neither takes what is written nor refuses it.

A thread that waits for a disk can't be woken, and SQLite can't be asked to give up: so somebody else has to
say it. What the desk waits for may still come, and is shown when it does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType

STALL_SECONDS = 3.0
"""An SD card that tidies up takes one or two; after three a reader scans again."""


class Stall:
    """The desk does each thing inside of a `with`. `say` is called every `seconds` that one goes on.

    It is called in another thread, with how many seconds it has been. Between two things nobody wakes up.
    """

    def __init__(self, say: Callable[[float], None], seconds: float = STALL_SECONDS) -> None:
        self._say = say
        self.seconds = seconds
        self._begun = threading.Event()
        self._done = threading.Event()
        self._closed = False

    def start(self) -> None:
        threading.Thread(target=self._watch, name="stall", daemon=True).start()

    def __enter__(self) -> None:
        self._done.clear()
        self._begun.set()

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._done.set()

    def close(self) -> None:
        """Nothing is said from now on."""
        self._closed = True
        self._done.set()
        self._begun.set()

    def _watch(self) -> None:
        while self._begun.wait() and not self._closed:
            self._begun.clear()
            been = 0.0
            while not self._done.wait(self.seconds):
                been += self.seconds
                self._say(been)
