"""When the link tries its broker again, and what it says about connections that don't last."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from station.backoff import Backoff

log = logging.getLogger("station.link")

LASTING = 60.0
"""Seconds from which on a connection counts as one that held. It is longer than the longest wait: of two who
push each other off, each holds for as long as the other waits."""
RESTLESS = 3
"""So many in a row that did not hold are one fault, not each its own."""

PUSHED_OFF = (
    "the broker takes the connection, and each time it soon ends (%s). Does another station run as %s, from a"
    " copy of this one's card? Two with one id push each other off: give one of them another id, in [station]"
    " of its configuration. If there is no other, look at the network and at the broker's log. The broker is"
    " tried ever more seldom."
)


class Reconnecting:
    """`longest_wait`, in seconds, is of Backoff."""

    def __init__(
        self, station: str, longest_wait: float | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._station = station
        self._backoff = Backoff(longest_wait)
        self._monotonic = monotonic
        self._since: float | None = None
        self._brief = 0

    def succeeded(self) -> None:
        self._since = self._monotonic()
        self._backoff.succeeded()

    def failed(self, cause: str, *, refused: bool) -> float:
        """Returns the seconds to wait. `refused`: the broker has said why."""
        if self._since is not None:
            held = self._monotonic() - self._since >= LASTING
            self._since = None
            self._count(cause, brief=not held and not refused)
            return self._backoff.failed(cause, too_soon=not held or refused)
        return self._backoff.failed(cause)

    def _count(self, cause: str, *, brief: bool) -> None:
        self._brief = self._brief + 1 if brief else 0
        if self._brief == RESTLESS:
            log.warning(PUSHED_OFF, cause, self._station)
