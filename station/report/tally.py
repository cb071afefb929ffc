"""What the log says, counted event by event: one pass, whatever its length."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from station.events import EventType
from station.report.figures import Day

COUNTED = {
    EventType.BORROWED.cloud: "borrowed",
    EventType.RETURNED.cloud: "returned",
    EventType.RENEWED.cloud: "renewed",
}
UNDONE = EventType.UNDONE.cloud
FORGOTTEN = 1000
"""Loans that are remembered for an UNDO, which comes within the session."""


class Tally:
    """Days where the library is. What was undone has not happened."""

    def __init__(self, first: date, last: date, zone: tzinfo | None) -> None:
        self._first, self._last, self._zone = first, last, zone
        self.days: dict[date, Counter[str]] = {}
        self.hours: Counter[tuple[int, int]] = Counter()
        self.books: Counter[str] = Counter()
        self.readers: Counter[str] = Counter()
        self.last_lent: dict[str, date] = {}
        self._undoable: dict[str, tuple[dict[str, Any], date | None]] = {}

    def add(self, event: dict[str, Any]) -> None:
        if event["type"] == UNDONE:
            self._undo(event["data"].get("undoes", ""))
        elif event["type"] in COUNTED:
            self._undoable[event["id"]] = (event, self.last_lent.get(event["data"]["item"]))
            if len(self._undoable) > FORGOTTEN:
                del self._undoable[next(iter(self._undoable))]
            self._count(event, 1)

    def by_day(self) -> tuple[Day, ...]:
        span = range((self._last - self._first).days + 1)
        days = (self._first + timedelta(days=each) for each in span)
        return tuple(Day(each, **self.days.get(each, Counter())) for each in days)

    def by_hour(self) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(self.hours[weekday, hour] for hour in range(24)) for weekday in range(7))

    def _undo(self, undoes: str) -> None:
        if undoes in self._undoable:
            event, last = self._undoable.pop(undoes)
            self._count(event, -1)
            if event["type"] == EventType.BORROWED.cloud:
                self._lent(event["data"]["item"], last)

    def _count(self, event: dict[str, Any], step: int) -> None:
        at = datetime.fromisoformat(event["time"]).astimezone(self._zone)
        what, data = COUNTED[event["type"]], event["data"]
        if what == "borrowed" and step > 0:
            self._lent(data["item"], at.date())
        if not self._first <= at.date() <= self._last:
            return
        self.days.setdefault(at.date(), Counter())[what] += step
        if what == "borrowed":
            self.hours[at.weekday(), at.hour] += step
            self.books[data.get("isbn") or data["item"]] += step
            self.readers[data["reader"]] += step

    def _lent(self, item: str, day: date | None) -> None:
        if day is None:
            self.last_lent.pop(item, None)
        else:
            self.last_lent[item] = day
