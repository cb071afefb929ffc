"""How long the station was in service, from its own starts and stops.

A station that was cut off says nothing at its end: it is taken to have run until its last event.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from station.events import EventType
from station.report.figures import Uptime

STARTED, STOPPED = EventType.STARTED.cloud, EventType.STOPPED.cloud


class Clocking:
    """Between `start` and `end`, both aware; events are given oldest first."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self._start, self._end = start, end
        self._first: datetime | None = None
        self._since: datetime | None = None
        self._heard: datetime | None = None
        self._running = 0.0
        self._starts = self._cuts = 0

    def add(self, event: dict[str, Any]) -> None:
        at = datetime.fromisoformat(event["time"])
        if event["type"] == STARTED:
            self._stop(self._heard)
            self._begin(at, event["data"]["reason"])
        elif event["type"] == STOPPED:
            self._stop(at)
        self._heard = at

    def uptime(self, *, running: bool) -> Uptime:
        """`running`: whether the station is in service now, and so was up to the end."""
        self._stop(self._end if running else self._heard)
        began = max(self._first or self._end, self._start)
        whole = max(0.0, (self._end - began).total_seconds())
        return Uptime(round(min(self._running, whole)), round(whole), self._starts, self._cuts)

    def _begin(self, at: datetime, reason: str) -> None:
        self._first = self._first or at
        self._since = at
        if self._start <= at < self._end:
            self._starts += 1
            self._cuts += reason == "after_cut"

    def _stop(self, at: datetime | None) -> None:
        if self._since and at:
            span = min(at, self._end) - max(self._since, self._start)
            self._running += max(0.0, span.total_seconds())
        self._since = None
