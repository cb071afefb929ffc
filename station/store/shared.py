"""The documents that stations share: written with their ancestry, and marked until the broker has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import ValidationError, json
from tinydb import TinyDB
from tinydb.table import Document as Row

from station.documents import KINDS, LARGEST, read, write
from station.model import Document, Item, Title
from station.store.errors import NoDocument
from station.store.rows import OrderedTable
from station.store.shelf import read_row
from station.store.stamps import stamped
from station.store.wanted import WantedTitles

UNSENT = "unsent/"
"""How the id of a mark begins that says that a document has changed since the broker acknowledged it."""
PAGE = 200


class Shared:
    """Documents in the tables of `db`. Writing is the caller's transaction."""

    def __init__(self, db: TinyDB, wanted: WantedTitles) -> None:
        self._db = db
        self._wanted = wanted

    def put(self, document: Document, stamp: str) -> None:
        """Write a change that was made here."""
        table = self._table(document.kind_of_document)
        raw = table.get(doc_id=document.key)  # type: ignore[call-overload]
        before = None if raw is None else read_row(type(document), raw)
        whole = stamped(document, before, stamp)
        if (size := len(json.encode(self._keep(whole)))) > LARGEST:
            raise NoDocument(
                f"this makes {size} bytes of {document.kind_of_document}, and no station takes more than"
                f" {LARGEST}: shorten its texts, or its list of days. Nothing was changed."
            )
        self.mark_unsent(document.kind_of_document, document.key)
        if isinstance(document, Item) and document.isbn and document.isbn != getattr(before, "isbn", None):
            self._wanted.want(document.isbn)

    def put_as_it_is(self, document: Document) -> None:
        """Write a document with the stamps that it has. Raises NoDocument for one that nobody could read."""
        self._keep(document)

    def _keep(self, document: Document) -> dict[str, Any]:
        """Returns what was written."""
        kind, body = document.kind_of_document, write(document)
        try:
            read(type(document), body)
        except ValidationError as error:
            raise NoDocument(f"this makes one of the {kind} that can't be read: {error}.") from error
        self._table(kind).put(Row(body, document.key))  # type: ignore[arg-type]
        if isinstance(document, Title):
            self._wanted.came(document.isbn)
        return body

    def everything(self) -> Iterator[tuple[str, str]]:
        """Kind and id of every document."""
        for kind in KINDS:
            last = ""
            while page := self._table(kind).after(last, PAGE):
                yield from ((kind, str(each.doc_id)) for each in page)
                last = str(page[-1].doc_id)

    def unsent(self, limit: int) -> list[tuple[str, str]]:
        """Kind and id of at most `limit` documents that the broker does not have as they are."""
        found = self._table("marks").after(UNSENT, limit)
        marks = (str(each.doc_id) for each in found)
        pairs = (each.removeprefix(UNSENT).partition("/") for each in marks if each.startswith(UNSENT))
        return [(kind, key) for kind, _, key in pairs]

    def mark_unsent(self, kind: str, key: str) -> None:
        self._table("marks").put(Row({}, f"{UNSENT}{kind}/{key}"))  # type: ignore[arg-type]

    def mark_sent(self, kind: str, key: str) -> None:
        mark = f"{UNSENT}{kind}/{key}"
        if self._table("marks").get(doc_id=mark) is not None:  # type: ignore[call-overload]
            self._table("marks").remove(doc_ids=[mark])  # type: ignore[list-item]

    def _table(self, name: str) -> OrderedTable:
        table = self._db.table(name)
        assert isinstance(table, OrderedTable)
        return table
