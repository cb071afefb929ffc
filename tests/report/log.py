"""A log for reports: events of any day, written as a station writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from station.events import Event
from station.model import Moment
from station.store import Store
from tests.stores import LIBRARY, events


class Log:
    """`at` takes a time in UTC, as in `2026-11-24 09:30`."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def at(self, when: str, *what: Event) -> list[str]:
        """Write these events down; returns their ids."""
        now = Moment(datetime.fromisoformat(when).replace(tzinfo=UTC), 0.0, True, "boot-1", UTC)
        with self.store.transaction():
            self.store.journal.write(what, 0, LIBRARY, now)
        return [each["id"] for each in self.events()[-len(what) :]]

    def events(self) -> list[dict[str, Any]]:
        return events(self.store)
