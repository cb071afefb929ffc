"""The outbox: which events go to the broker next, and how far they have come. Knows nothing of MQTT.

Events go out oldest first, with a window in flight; all else stays on disk. A mark that is lost costs a
resend, which a consumer drops by its id; so marks need no sync of their own.
"""

from __future__ import annotations

from itertools import takewhile
from typing import Any

from station.model import Moment
from station.store import Store
from station.store.journal import Stored
from station.store.times import corrected

SAVED_EVERY = 100
"""Acknowledgements between two writes of the sent mark, while there are more to come."""


class Outbox:
    """Over a `store` of its own, in the link's thread. `window` is how many events may be in flight."""

    def __init__(self, store: Store, window: int = 20) -> None:
        self._store = store
        self._window = window
        self._in_flight: dict[int, bool] = {}
        self._again: list[tuple[int, int]] = []
        self._asked: tuple[int, int] | None = None
        self._cursor = 0
        self._sent = self._saved = store.journal.reached("sent") or 0

    @property
    def in_flight(self) -> int:
        return len(self._in_flight)

    def health(self) -> dict[str, Any]:
        """How many events the broker has not acknowledged, the oldest one's time, and the last sequence."""
        oldest = self._store.journal.after(self._sent, 1)
        return {
            "outbox": self._store.journal.head - self._sent,
            "oldest_unsent": oldest[0].event["time"] if oldest else None,
            "epoch": self._store.journal.epoch,
            "seq": self._store.journal.last_sequence,
        }

    def connected(self) -> None:
        """All beyond `confirmed` goes out again, or all beyond `sent` where nobody ever confirmed."""
        confirmed = self._store.journal.reached("confirmed")
        self._in_flight.clear()
        self._again.clear()
        self._asked = None
        self._cursor = self._sent if confirmed is None else confirmed

    def take(self, now: Moment) -> list[Stored]:
        """The events that may go out now, marked as handed over before they are."""
        room = self._window - len(self._in_flight)
        if room < max(1, self._window // 2):
            return []
        events = self._next(room)
        if events:
            events = self._hand_over(events, now)
            self._in_flight.update((each.position, False) for each in events)
        return events

    def acknowledged(self, position: int) -> None:
        """The broker has the event at `position`; the sent mark moves over all that it has without a gap."""
        if position not in self._in_flight:
            return
        self._in_flight[position] = True
        for done in self._done():
            del self._in_flight[done]
            self._sent = max(self._sent, done)
        if not self._in_flight or self._sent - self._saved >= SAVED_EVERY:
            self.save()

    def save(self) -> None:
        """Write the sent mark, if it has moved."""
        if self._sent > self._saved:
            with self._store.transaction():
                self._store.journal.reach("sent", self._sent)
            self._saved = self._sent

    def confirm(self, epoch: str, sequence: int) -> bool:
        """Central holds every event of `epoch` up to `sequence`. False if this store never had that one."""
        position = self._store.journal.position_of(epoch, sequence)
        if position is None:
            return False
        with self._store.transaction():
            self._store.journal.reach("confirmed", position)
            self._store.contacts.forget_confirmed(position)
        return True

    def resend(self, epoch: str, first: int, last: int) -> int | None:
        """Send the events of `epoch` from `first` to `last` again; None if this store never had them."""
        start = self._store.journal.position_of(epoch, max(first, 1))
        end = self._store.journal.position_of(epoch, last)
        if start is None or end is None or end < start:
            return None
        if start <= self._cursor:  # what lies beyond goes out anyway, and must not be overtaken
            self._again.append((start, min(end, self._cursor)))
        return end - start + 1

    def _done(self) -> list[int]:
        return list(takewhile(lambda each: self._in_flight[each], self._in_flight))

    def _next(self, room: int) -> list[Stored]:
        events = self._named(room) or self._beyond(room)
        if not events and not self._in_flight and self._take_up():
            events = self._named(room)
        return events

    def _named(self, room: int) -> list[Stored]:
        """Of what is to be sent again."""
        events: list[Stored] = []
        while self._again and not events:
            start, end = self._again.pop(0)
            found = self._store.journal.after(start - 1, min(room, end - start + 1))
            events = [each for each in found if each.position <= end and each.position not in self._in_flight]
            if found and found[-1].position < end:
                self._again.insert(0, (found[-1].position + 1, end))
        return events

    def _beyond(self, room: int) -> list[Stored]:
        """Of what comes after all that went out over this connection."""
        events = self._store.journal.after(self._cursor, room)
        self._cursor = events[-1].position if events else self._cursor
        return [each for each in events if each.position not in self._in_flight]

    def _take_up(self) -> bool:
        """What `station resend` asked for goes out when all else has; it is asked for until acknowledged."""
        if self._asked:
            with self._store.transaction():
                self._store.journal.sent_again(self._asked[1])
        self._asked = self._store.journal.asked_again()
        if self._asked:
            self._again.append(self._asked)
        return self._asked is not None

    def _hand_over(self, events: list[Stored], now: Moment) -> list[Stored]:
        """An event's time may be corrected until here, and never after."""
        handed = self._store.journal.reached("handed") or 0
        if events[-1].position <= handed:
            return events
        fresh = [each if each.position <= handed else corrected(each, now) for each in events]
        changed = [after for before, after in zip(events, fresh, strict=True) if before != after]
        with self._store.transaction(synced=bool(changed)):  # a power cut must not bring the old time back
            for each in changed:
                self._store.journal.rewrite(each)
            self._store.journal.reach("handed", events[-1].position)
        return fresh
