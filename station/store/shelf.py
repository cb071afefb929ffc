"""The store as flows see it: typed, read-only, one document at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from msgspec import ValidationError
from tinydb import TinyDB

from station import cards, pins
from station.documents import read
from station.model import Document, Incident, Item, Library, Policy, Reader, Title
from station.store.errors import NoDocument
from station.store.journal import Journal
from station.store.rows import Equals, OrderedTable

D = TypeVar("D", bound=Document)


def read_row(cls: type[D], raw: Mapping[str, Any]) -> D:
    """Raises NoDocument."""
    try:
        return read(cls, raw)
    except ValidationError as error:
        raise NoDocument(
            f"one of the {cls.kind_of_document} can't be read: {error}. It is not used; the others are."
            " Whatever station or program writes it anew, through the broker, mends it."
        ) from error


class StoredShelf:
    """A `station.decision.Shelf` over the tables. `degraded` is known to the desk and passed in."""

    def __init__(self, db: TinyDB, journal: Journal, degraded: bool = False) -> None:
        self._db = db
        self._journal = journal
        self._degraded = degraded
        self._library: Library | None = None

    @property
    def station(self) -> str:
        return self._journal.station

    @property
    def degraded(self) -> bool:
        return self._degraded

    @property
    def policy(self) -> Policy:
        library = self.library()
        return library.policy if library else Policy()

    def library(self) -> Library | None:
        """The library that this station belongs to, or None where it has none yet. Read once for a shelf."""
        if self._library is None:
            self._library = next((read_row(Library, each) for each in self.table("library")), None)
        return self._library

    def item(self, key: str) -> Item | None:
        return self.get(Item, key)

    def reader(self, key: str) -> Reader | None:
        return self.get(Reader, key)

    def title(self, isbn: str) -> Title | None:
        return self.get(Title, isbn)

    def title_of(self, copy: Item) -> str | None:
        """The copy's own title, or the one that the library knows of its ISBN."""
        known = self.title(copy.isbn) if copy.isbn and not copy.title else None
        return known.title if known else copy.title

    def incident(self, key: str) -> Incident | None:
        return self.get(Incident, key)

    def copies(self, isbn: str) -> list[Item]:
        return self._where(Item, ("isbn",), isbn)

    def items(self) -> list[Item]:
        return self.all(Item)

    def waits_for_staff(self) -> bool:
        waiting = {"exceptions": "open", "readers": "applied"}
        return any(self.table(kind).search(Equals(("status",), status)) for kind, status in waiting.items())

    def loans_of(self, reader: str) -> list[Item]:
        return self._where(Item, ("loan", "reader"), reader)

    def loans_due(self, day: date) -> list[Item]:
        return self._where(Item, ("loan", "due"), day.isoformat())

    def readers_in(self, status: str) -> list[Reader]:
        return self._where(Reader, ("status",), status)

    def open_incidents(self) -> int:
        return len(self.table("exceptions").search(Equals(("status",), "open")))

    def incidents_of(self, reader: str) -> list[Incident]:
        return [each for each in self.all(Incident) if each.reader == reader]

    def event_id(self, ahead: int) -> str:
        return self._journal.event_id(ahead)

    def pin_fits(self, reader: Reader, digits: str) -> bool:
        return pins.fits(reader.pin, digits, self._journal.secret())

    def card_fits(self, card: str, tag: str) -> bool:
        return cards.fits(card, tag, self._journal.secret())

    def get(self, cls: type[D], key: str) -> D | None:
        raw = self.table(cls.kind_of_document).get(doc_id=key)  # type: ignore[call-overload]
        return None if raw is None else read_row(cls, raw)

    def all(self, cls: type[D]) -> list[D]:
        """Every document of a kind, in the order of ids."""
        found = [read_row(cls, each) for each in self.table(cls.kind_of_document)]
        return sorted(found, key=lambda each: each.key)

    def table(self, name: str) -> OrderedTable:
        table = self._db.table(name)
        assert isinstance(table, OrderedTable)
        return table

    def _where(self, cls: type[D], path: tuple[str, ...], value: str) -> list[D]:
        found = [read_row(cls, each) for each in self.table(cls.kind_of_document).search(Equals(path, value))]
        return sorted(found, key=lambda each: each.key)
