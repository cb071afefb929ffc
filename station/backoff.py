"""How long to wait before somebody who failed to answer is tried again."""

from __future__ import annotations

import logging
import random

from msgspec import Struct

log = logging.getLogger("station.backoff")

FIRST_WAIT, LONGEST_WAIT = 0.5, 15.0
"""Seconds. A broker that is back is found within the longest; trying costs less than a packet a second."""


class Words(Struct, frozen=True):
    """What is logged: `lost` has a place for the cause."""

    lost: str
    there: str


BROKER = Words("no broker: %s. Loans are kept on disk and sent later.", "the broker is there")


class Backoff:
    """Waits that double, with jitter so that a room of stations doesn't come back at once.

    They start anew after a success, unless that was followed by the next failure too soon to be one: who
    takes a connection and then ends it, or refuses a message, is not asked again in haste.
    """

    def __init__(
        self, longest: float | None = None, *, first: float | None = None, words: Words = BROKER
    ) -> None:
        self._longest = longest or LONGEST_WAIT
        self._first = first or FIRST_WAIT
        self._words = words
        self._wait = self._first
        self._said = ""
        self._was_up = False
        self._is_news = True

    def failed(self, cause: str, *, too_soon: bool = False) -> float:
        """Say the cause, once for each until there was a success; returns the seconds to wait.

        `too_soon`: what looked like a success was none.
        """
        if self._was_up and not too_soon:
            self._wait = self._first
            self._said = ""
        self._was_up = False
        if cause != self._said:
            log.warning(self._words.lost, cause)
            self._said = cause
            self._is_news = True
        wait, self._wait = self._wait, min(self._wait * 2, self._longest)
        return wait * random.uniform(0.5, 1.0)

    def succeeded(self) -> None:
        if self._is_news:
            log.info(self._words.there)
        self._is_news = False
        self._was_up = True
