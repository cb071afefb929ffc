"""The event log and the marks beside it: what was recorded, sent, confirmed.

An event's place in the log is its position: a number that grows by one, over all epochs of this store.
Within an epoch an event's `seq` is its position less the epoch's base. The outbox is the log beyond a mark.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from msgspec import Struct, to_builtins
from tinydb import TinyDB
from tinydb.table import Document as Row

from station.events import Event
from station.model import Moment, instant
from station.store.rows import OrderedTable
from station.store.stamps import following


class Stored(Struct, frozen=True):
    """An event as it stands in the log."""

    position: int
    event: dict[str, Any]


class Journal:
    """Events and marks in the tables of `db`. Writing is the caller's transaction.

    `epoch` names the epoch of a store that is new; one that exists keeps its own.
    """

    def __init__(self, db: TinyDB, station: str, epoch: str | None = None) -> None:
        self._db = db
        self.station = station
        self._new_epoch = epoch

    def begin(self) -> None:
        """Start the first epoch of a new store, and make its secret; does nothing to one that has them."""
        if self._mark("log"):
            return
        epoch = self._new_epoch or secrets.token_hex(6)
        self._put_mark("log", {"epoch": epoch, "base": 0, "head": 0, "stamp": ""})
        self._put_mark("epochs", {epoch: 0})
        self._put_mark("secret", {"hex": secrets.token_hex(32)})

    @property
    def epoch(self) -> str:
        return str(self._mark("log")["epoch"])

    @property
    def head(self) -> int:
        """The position of the newest event; 0 where there is none."""
        return int(self._mark("log")["head"])

    @property
    def last_sequence(self) -> int:
        log = self._mark("log")
        return int(log["head"] - log["base"])

    def secret(self) -> bytes:
        return bytes.fromhex(self._mark("secret")["hex"])

    def event_id(self, ahead: int) -> str:
        log = self._mark("log")
        return f"{log['epoch']}-{log['head'] - log['base'] + 1 + ahead}"

    def write(self, events: Iterable[Event], stamps: int, library: str, now: Moment) -> list[str]:
        """Write `events`, each with its id, sequence and time, and draw so many stamps."""
        log, drawn = dict(self._mark("log")), []
        for _ in range(stamps):
            log["stamp"] = following(log["stamp"], now.wall, self.station)
            drawn.append(log["stamp"])
        for each in events:
            log["head"] += 1
            written = self._event(each, log["epoch"], log["head"] - log["base"], library, now)
            self.rewrite(Stored(log["head"], written))
        self._put_mark("log", log)
        return drawn

    def saw(self, stamp: str) -> None:
        """The next stamp drawn here will be later than this one, of another station."""
        log = self._mark("log")
        if stamp > log["stamp"]:
            self._put_mark("log", {**log, "stamp": stamp})

    def after(self, position: int, limit: int) -> list[Stored]:
        """At most `limit` events beyond `position`, oldest first."""
        return [Stored(int(each.doc_id), dict(each)) for each in self._events.after(_key(position), limit)]

    def position_of(self, epoch: str, sequence: int) -> int | None:
        """Where the event is in the log; None if this store never had such an epoch or sequence."""
        base = self._mark("epochs").get(epoch)
        if not isinstance(base, int) or sequence < 0 or base + sequence > self.head:
            return None
        return base + sequence

    def life(self) -> str | None:
        """`running` or `stopped`, as the daemon last said; None: it never ran on this store."""
        return self._mark("life").get("state")

    def live(self, state: str) -> None:
        self._put_mark("life", {"state": state})

    def reached(self, mark: str) -> int | None:
        """How far `sent`, `handed` or `confirmed` has come, as a position; None: never."""
        found = self._mark(mark).get("position")
        return None if found is None else int(found)

    def reach(self, mark: str, position: int) -> None:
        """Move a mark on; a mark never goes back."""
        if position > (self.reached(mark) or -1):
            self._put_mark(mark, {"position": position})

    def rewrite(self, stored: Stored) -> None:
        self._events.put(Row(stored.event, _key(stored.position)))  # type: ignore[arg-type]

    def _event(self, event: Event, epoch: str, sequence: int, library: str, now: Moment) -> dict[str, Any]:
        return {
            "specversion": "1.0",
            "id": f"{epoch}-{sequence}",
            "source": f"/libraries/{library}/stations/{self.station}",
            "type": event.type.cloud,
            "subject": event.subject,
            "time": instant(now.wall),
            "epoch": epoch,
            "seq": sequence,
            "clocktrusted": now.trusted,
            "bootid": now.boot,
            "monotonic": f"{now.mono:.3f}",
            "datacontenttype": "application/json",
            "data": to_builtins(event),
        }

    @property
    def _events(self) -> OrderedTable:
        return self._table("events")

    def _table(self, name: str) -> OrderedTable:
        table = self._db.table(name)
        assert isinstance(table, OrderedTable)
        return table

    def _mark(self, name: str) -> dict[str, Any]:
        return self._table("marks").get(doc_id=name) or {}  # type: ignore[call-overload]

    def _put_mark(self, name: str, value: dict[str, Any]) -> None:
        self._table("marks").put(Row(value, name))  # type: ignore[arg-type]


def _key(position: int) -> str:
    return f"{position:015d}"
