"""What one thread asks of all who listen on the broker: it waits, and the link's thread carries both ways.

One question at a time: a title that is looked up is in no hurry.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import StrEnum


class Said(StrEnum):
    CAME = "came"
    """The title document is there."""
    NO = "no"
    """Nobody sent it, and somebody said that he doesn't know it."""
    NOTHING = "nothing"
    """No word came in time."""
    UNASKED = "unasked"
    """There is no connection over which to ask."""


class Questions:
    """Shared by the thread that asks and the link's."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._wake: Callable[[], None] | None = None
        self._asked: str | None = None
        self._untold = False
        self._said = Said.NOTHING
        self._closed = False
        self._has_waited = False

    def ask(self, isbn: str, timeout: float) -> Said:
        """Wait until the title has come, at most `timeout` seconds.

        One who says no doesn't end the wait: another may know. The first question waits as long for a
        connection, since a station that has just started has none yet.
        """
        with self._changed:
            if not self._has_waited:
                self._has_waited = True
                self._changed.wait_for(lambda: self._wake or self._closed, timeout)
            if self._wake is None or self._closed:
                return Said.UNASKED
            self._asked, self._untold, self._said = isbn, True, Said.NOTHING
            self._wake()
            self._changed.wait_for(self._is_over, timeout)
            self._asked, self._untold = None, False
            return self._said

    def close(self) -> None:
        """Whoever asks is let go, now and later."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def can_be_asked(self, wake: Callable[[], None]) -> None:
        """A connection is there; `wake` is called, in any thread, when there is a question to take."""
        with self._changed:
            self._wake = wake
            self._changed.notify_all()

    def cannot_be_asked(self) -> None:
        with self._changed:
            self._wake = None
            self._changed.notify_all()

    def take(self) -> str | None:
        """The ISBN that is to be asked for now, once."""
        with self._changed:
            taken, self._untold = self._asked if self._untold else None, False
            return taken

    def came(self, isbn: str) -> None:
        self._hear(isbn, Said.CAME)

    def said_no(self, isbn: str) -> None:
        self._hear(isbn, Said.NO)

    def _hear(self, isbn: str, said: Said) -> None:
        with self._changed:
            if isbn == self._asked and self._said is not Said.CAME:
                self._said = said
                self._changed.notify_all()

    def _is_over(self) -> bool:
        return self._said is Said.CAME or self._wake is None or self._closed
