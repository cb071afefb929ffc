"""The event log and the marks beside it: what was recorded, sent, confirmed.

An event's place in the log is its position: a number that grows by one, over all epochs of this store.
Within an epoch an event's `seq` is its position less the epoch's base. The outbox is the log beyond a mark.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from msgspec import Struct, convert, to_builtins
from tinydb import TinyDB
from tinydb.table import Document as Row

from station.events import Event
from station.model import Moment, instant
from station.session import WrongPin
from station.store.rows import OrderedTable
from station.store.stamps import following, is_ahead

PAGE = 500
"""Events that are read at once."""


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

    def begin_epoch(self, now: Moment, seen: str = "", epoch: str | None = None) -> None:
        """Number from 1 again, under a new epoch: after this copy was made, the store it was made of went on
        with the next numbers.

        Positions go on, so the outbox still has what the old epoch had not sent. Those events may have gone
        out since then, so their times are settled. Stamps go on after `seen`, a stamp of the store that is
        replaced, and after `now`.
        """
        log = self._log(now)
        epoch, head = epoch or secrets.token_hex(6), log["head"]
        last = max(log["stamp"], "" if is_ahead(seen, now) else seen)
        stamp = following(last, now.wall, self.station)
        self._put_mark("epochs", {**self._mark("epochs"), epoch: head})
        self._put_mark("log", {"epoch": epoch, "base": head, "head": head, "stamp": stamp})
        self.reach("handed", head)

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

    def last_stamp(self, now: Moment) -> str:
        """The latest stamp drawn or seen here; empty: there was none, or none that can be believed."""
        return str(self._log(now)["stamp"])

    def keep_secret(self, library: str, secret: bytes | None = None) -> None:
        """From here on the secret is that of `library`: the one that it is told, or the store's own for a
        library that is made here. All stations of a library that were joined to it have the same.
        """
        known = secret.hex() if secret else self._mark("secret")["hex"]
        self._put_mark("secret", {"hex": known, "library": library})

    def joined(self) -> bool:
        """Whether a library is known by its secret, though its documents may not have come yet."""
        return bool(self._mark("secret").get("library"))

    def secret_is_of(self, library: str) -> bool:
        """Whether PINs and signed cards of other stations are good here."""
        return bool(self._mark("secret").get("library") == library)

    def secret(self) -> bytes:
        return bytes.fromhex(self._mark("secret")["hex"])

    def event_id(self, ahead: int) -> str:
        log = self._mark("log")
        return f"{log['epoch']}-{log['head'] - log['base'] + 1 + ahead}"

    def write(self, events: Iterable[Event], stamps: int, library: str, now: Moment) -> list[str]:
        """Write `events`, each with its id, sequence and time, and draw so many stamps."""
        log, drawn = self._log(now), []
        for _ in range(stamps):
            log["stamp"] = following(log["stamp"], now.wall, self.station)
            drawn.append(log["stamp"])
        for each in events:
            log["head"] += 1
            written = self._event(each, log["epoch"], log["head"] - log["base"], library, now)
            self.rewrite(Stored(log["head"], written))
        self._put_mark("log", log)
        return drawn

    def saw(self, stamp: str, now: Moment) -> None:
        """The next stamp drawn here will be later than this one, of another station."""
        log = self._log(now)
        if stamp > log["stamp"]:
            self._put_mark("log", {**log, "stamp": stamp})

    def after(self, position: int, limit: int) -> list[Stored]:
        """At most `limit` events beyond `position`, oldest first."""
        return [Stored(int(each.doc_id), dict(each)) for each in self._events.after(_key(position), limit)]

    def at(self, position: int) -> Stored:
        """The event at a position that the log has."""
        return self.after(position - 1, 1)[0]

    def latest(self, number: int) -> list[Stored]:
        """At most `number` of the newest events, oldest first."""
        return self.after(max(0, self.head - number), number)

    def beyond(self, position: int) -> Iterator[Stored]:
        """All events beyond `position`, oldest first, read by pages; also what comes meanwhile."""
        while found := self.after(position, PAGE):
            yield from found
            position = found[-1].position

    def position_of(self, epoch: str, sequence: int) -> int | None:
        """Where the event is in the log; None if this store never had such an epoch or sequence."""
        base, end = self.epochs().get(epoch, (0, -1))
        return base + sequence if 0 <= sequence <= end - base else None

    def epochs(self) -> dict[str, tuple[int, int]]:
        """Each epoch, oldest first: its events are beyond the first position, up to the second."""
        bases = self._mark("epochs")
        ends = [*list(bases.values())[1:], self.head]
        return {epoch: (base, end) for (epoch, base), end in zip(bases.items(), ends, strict=True)}

    def life(self) -> str | None:
        """`running` or `stopped`, as the daemon last said, `restored`, or None: it never ran here."""
        return self._mark("life").get("state")

    def live(self, state: str) -> None:
        self._put_mark("life", {"state": state})

    def board(self) -> str | None:
        """The computer on which the station last ran, as `station.board` names it; None: not known."""
        return self._mark("board").get("own")

    def belong_to(self, board: str | None) -> None:
        self._put_mark("board", {"own": board})

    def identity(self) -> dict[str, str]:
        """In a backup alone: the files of the station's identity, see `station.backup.identity`."""
        return dict(self._mark("identity"))

    def keep_identity(self, files: dict[str, str]) -> None:
        self._put_mark("identity", files)

    def wrong_pins(self) -> tuple[WrongPin, ...]:
        return convert(self._mark("wrong_pins").get("tries", []), tuple[WrongPin, ...])

    def keep_wrong_pins(self, tries: tuple[WrongPin, ...]) -> None:
        self._put_mark("wrong_pins", {"tries": to_builtins(tries)})

    def reminded(self) -> date | None:
        """The last day for which due dates have been looked through; None: never."""
        day = self._mark("reminded").get("day")
        return None if day is None else date.fromisoformat(day)

    def remind_from(self, day: date) -> None:
        self._put_mark("reminded", {"day": day.isoformat()})

    def history(self) -> dict[str, Any]:
        """How far the log has forgotten its readers; `station.history` says what is in it."""
        return self._mark("history")

    def keep_history(self, state: dict[str, Any]) -> None:
        self._put_mark("history", state)

    def erasures(self) -> dict[str, str]:
        """Readers that were taken out of this log, each with the stamp of the document that said so."""
        return dict(self._mark("erasures"))

    def erased(self, reader: str, stamp: str) -> None:
        self._put_mark("erasures", {**self.erasures(), reader: stamp})

    def answers(self) -> dict[str, dict[str, Any]]:
        """What was answered to the last orders, by their ids."""
        return dict(self._mark("answers"))

    def answered(self, order: str, answer: dict[str, Any], keep: int) -> None:
        """Keep an answer, and of all the newest `keep`."""
        kept = [*self.answers().items(), (order, answer)][-keep:]
        self._put_mark("answers", dict(kept))

    def reached(self, mark: str) -> int | None:
        """How far `sent`, `handed` or `confirmed` has come, as a position; None: never."""
        found = self._mark(mark).get("position")
        return None if found is None else int(found)

    def reach(self, mark: str, position: int) -> None:
        """Move a mark on; a mark never goes back."""
        if position > (self.reached(mark) or -1):
            self._put_mark(mark, {"position": position})

    def ask_again(self, first: int, last: int) -> None:
        """The events at these positions are to be sent again, after all that was asked for before."""
        self._put_mark("again", {"ranges": [*self._asked(), [first, last]]})

    def asked_again(self) -> tuple[int, int] | None:
        """The first and last position of what is to be sent again next."""
        asked = self._asked()
        return (asked[0][0], asked[0][1]) if asked else None

    def sent_again(self, position: int) -> None:
        """What is to be sent again next has gone out as far as this."""
        (_, last), *later = self._asked()
        self._put_mark("again", {"ranges": [[position + 1, last], *later] if position < last else later})

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

    def _log(self, now: Moment) -> dict[str, Any]:
        """The log's mark, without a stamp that can't be believed."""
        log = self._mark("log")
        return {**log, "stamp": "" if is_ahead(log["stamp"], now) else log["stamp"]}

    def _asked(self) -> list[list[int]]:
        return list(self._mark("again").get("ranges", ()))

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
