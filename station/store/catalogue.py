"""Titles that the library has imported from a file: known to this station alone, until a book is taken in.

A catalogue may hold a hundred thousand titles of which the shelf has two thousand. As documents they would
all travel to every station and stay on the broker.
"""

from __future__ import annotations

from tinydb import TinyDB
from tinydb.table import Document as Row

from station.documents import read, write
from station.model import Title
from station.store.rows import OrderedTable


class Catalogue:
    """In the table `catalogue` of `db`. Writing is the caller's transaction."""

    def __init__(self, db: TinyDB) -> None:
        self._db = db

    def get(self, isbn: str) -> Title | None:
        raw = self._table.get(doc_id=isbn)  # type: ignore[call-overload]
        return None if raw is None else read(Title, raw)

    def put(self, title: Title) -> None:
        self._table.put(Row(write(title), title.isbn))  # type: ignore[arg-type]

    def is_empty(self) -> bool:
        return self._table.last_id() is None

    def __len__(self) -> int:
        return len(self._table)

    @property
    def _table(self) -> OrderedTable:
        table = self._db.table("catalogue")
        assert isinstance(table, OrderedTable)
        return table
