"""The books taken in here whose titles nobody has said yet: a queue that a power cut does not lose.

A book gets its place in it with the decision that takes the book in, so that a scan costs no sync more.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct, structs
from tinydb import TinyDB
from tinydb.table import Document as Row

from station.store.rows import OrderedTable

DUE = ("due",)
AT_ONCE = ""
"""A time that sorts before all others."""
PAGE = 500


class Wanted(Struct, frozen=True):
    """A title that is looked for.

    `due`: when it is looked for next (RFC 3339, UTC). `silent`: how often in turn somebody who was asked did
    not answer. `no`: those who have said that they don't know it. `settled`: nobody knows it.
    """

    isbn: str
    due: str = AT_ONCE
    silent: int = 0
    no: tuple[str, ...] = ()
    settled: bool = False


msgspec.json.Decoder(Wanted)  # as in station.documents: before there are threads


class WantedTitles:
    """In the table `lookups` of `db`. Writing is the caller's transaction."""

    def __init__(self, db: TinyDB) -> None:
        self._db = db

    def want(self, isbn: str) -> None:
        """Look for this title, unless it is known or looked for already."""
        if self._has("titles", isbn) or self._has("lookups", isbn):
            return
        self.put(Wanted(isbn))

    def came(self, isbn: str) -> None:
        """The title is known now: whoever looks for it is to see to that at once."""
        found = self.get(isbn)
        if found:
            self.put(structs.replace(found, due=AT_ONCE))

    def get(self, isbn: str) -> Wanted | None:
        raw = self._table("lookups").get(doc_id=isbn)  # type: ignore[call-overload]
        return None if raw is None else msgspec.convert(raw, Wanted)

    def put(self, wanted: Wanted) -> None:
        self._table("lookups").put(Row(msgspec.to_builtins(wanted), wanted.isbn))  # type: ignore[arg-type]

    def forget(self, isbn: str) -> None:
        self._table("lookups").remove(doc_ids=[isbn])  # type: ignore[list-item]

    def due(self, now: str) -> Wanted | None:
        """What is to be looked for next, the longest due first; None: nothing yet."""
        found = self._table("lookups").up_to(DUE, now, 1)
        return msgspec.convert(found[0], Wanted) if found else None

    def after(self, isbn: str) -> list[Wanted]:
        """Some of what is wanted, in the order of ISBNs; none where `isbn` was the last."""
        return [msgspec.convert(each, Wanted) for each in self._table("lookups").after(isbn, PAGE)]

    def _has(self, table: str, isbn: str) -> bool:
        return self._table(table).get(doc_id=isbn) is not None  # type: ignore[call-overload]

    def _table(self, name: str) -> OrderedTable:
        table = self._db.table(name)
        assert isinstance(table, OrderedTable)
        return table
