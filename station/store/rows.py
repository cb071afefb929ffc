"""TinyDB over SQLite rows: one document a row, so that a change costs the same in a library of any size.

TinyDB's own tables read and write the whole database for each change. `OrderedTable` is a TinyDB table
with text ids, whole-document `put` and reading in the order of ids; it works over any TinyDB storage.
`RowTable` is the same over SQLite, where each of these touches only the rows that it names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NoReturn

import msgspec
from tinydb.queries import QueryInstance, QueryLike
from tinydb.storages import Storage
from tinydb.table import Document, Table

from station.store.storage import SqliteStorage, packed

Path_ = tuple[str, ...]
"""A field's path inside a document, as in `("loan", "reader")`."""


class Equals(QueryInstance):
    """A TinyDB query for documents whose field at `path` is `value`; a RowTable answers it by an index."""

    def __init__(self, path: Path_, value: str) -> None:
        self.path = path
        self.value = value
        super().__init__(self._matches, ("==", path, value))

    def _matches(self, document: Mapping[str, Any]) -> bool:
        return bool(field(document, self.path) == self.value)


class OrderedTable(Table):
    """A TinyDB table with text ids, which are also its order."""

    document_id_class = str  # type: ignore[assignment]

    def __init__(self, storage: Storage, name: str, cache_size: int = 0, persist_empty: bool = False) -> None:
        """Nothing is cached: a transaction may be taken back, and another handle may have written."""
        super().__init__(storage, name, cache_size, persist_empty)

    def put(self, document: Document) -> None:
        """Write `document` whole under its id, in place of what was there."""
        self._update_table(lambda table: table.__setitem__(document.doc_id, dict(document)))

    def after(self, doc_id: str, limit: int) -> list[Document]:
        """At most `limit` documents whose ids sort after `doc_id`, in the order of ids."""
        return [each for each in self if str(each.doc_id) > doc_id][:limit]

    def up_to(self, path: Path_, value: str, limit: int) -> list[Document]:
        """At most `limit` documents whose text at `path` is `value` or sorts before it, the lowest first."""
        reached = [each for each in self if (held := field(each, path)) is not None and str(held) <= value]
        return sorted(reached, key=lambda each: (field(each, path), str(each.doc_id)))[:limit]

    def last_id(self) -> str | None:
        return max((str(each.doc_id) for each in self), default=None)

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        return dict(sorted(super()._read_table().items()))

    def _get_next_id(self) -> NoReturn:
        raise ValueError(f"a document for {self.name} needs an id of its own")


class RowTable(OrderedTable):
    """An OrderedTable whose documents are rows of an SqliteStorage."""

    _storage: SqliteStorage

    def get(  # type: ignore[override]
        self, cond: QueryLike | None = None, doc_id: str | None = None, doc_ids: list[str] | None = None
    ) -> Any:
        if doc_id is not None:
            return next(self._ask("SELECT id, body FROM {} WHERE id = ?", doc_id), None)
        if doc_ids is not None:
            wanted = "SELECT id, body FROM {} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
            return list(self._ask(wanted, msgspec.json.encode(list(doc_ids)).decode()))
        if cond is None:
            raise RuntimeError("get needs a condition, an id or several")
        return next(iter(self.search(cond)), None)

    def search(self, cond: QueryLike) -> list[Document]:
        if not isinstance(cond, Equals):
            return [each for each in self if cond(each)]
        found = f"SELECT id, body FROM {{}} WHERE {extract(cond.path)} = ? ORDER BY id"
        return list(self._ask(found, cond.value))

    def after(self, doc_id: str, limit: int) -> list[Document]:
        return list(self._ask("SELECT id, body FROM {} WHERE id > ? ORDER BY id LIMIT ?", doc_id, limit))

    def up_to(self, path: Path_, value: str, limit: int) -> list[Document]:
        where = extract(path)
        found = f"SELECT id, body FROM {{}} WHERE {where} <= ? ORDER BY {where}, id LIMIT ?"
        return list(self._ask(found, value, limit))

    def last_id(self) -> str | None:
        found = next(self._ask("SELECT id, body FROM {} ORDER BY id DESC LIMIT 1"), None)
        return None if found is None else str(found.doc_id)

    def insert(self, document: Mapping[str, Any]) -> str:  # type: ignore[override]
        doc_id = document.doc_id if isinstance(document, Document) else self._get_next_id()
        if self.contains(doc_id=doc_id):
            raise ValueError(f"{self.name} already has a document {doc_id}")
        self._run("INSERT INTO {} VALUES (?, ?)", doc_id, packed(document))
        return str(doc_id)

    def put(self, document: Document) -> None:
        self._run("INSERT OR REPLACE INTO {} VALUES (?, ?)", document.doc_id, packed(document))

    def upsert(self, document: Mapping[str, Any], cond: QueryLike | None = None) -> list[str]:  # type: ignore[override]
        if cond is not None or not isinstance(document, Document):
            return super().upsert(document, cond)  # type: ignore[return-value]
        doc_id = str(document.doc_id)
        self.put(self.document_class({**(self.get(doc_id=doc_id) or {}), **document}, doc_id))  # type: ignore[arg-type]
        return [doc_id]

    def remove(self, cond: QueryLike | None = None, doc_ids: Iterable[str] | None = None) -> list[str]:  # type: ignore[override]
        if doc_ids is None:
            return super().remove(cond)  # type: ignore[return-value]
        return [each for each in doc_ids if self._run("DELETE FROM {} WHERE id = ?", each)]

    def truncate(self) -> None:
        self._run("DELETE FROM {}")

    def __len__(self) -> int:
        return int(next(self._storage.ask(f'SELECT count(*) FROM "{self.name}"'))[0])

    def __iter__(self) -> Iterator[Document]:
        return self._ask("SELECT id, body FROM {} ORDER BY id")

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        return {str(each.doc_id): dict(each) for each in self}

    def _update_table(self, updater: Callable[[dict[Any, Mapping[str, Any]]], Any]) -> None:
        """For TinyDB's general operations: runs `updater` on the whole table, writes the rows that differ."""
        before = self._read_table()
        after: dict[Any, Mapping[str, Any]] = {key: dict(body) for key, body in before.items()}
        updater(after)
        for gone in before.keys() - after.keys():
            self._run("DELETE FROM {} WHERE id = ?", gone)
        for doc_id, body in after.items():
            if doc_id not in before or packed(before[doc_id]) != packed(body):
                self.put(self.document_class(body, doc_id))

    def _run(self, sql: str, *values: object) -> int:
        return self._storage.run(sql.format(f'"{self.name}"'), *values)

    def _ask(self, sql: str, *values: object) -> Iterator[Document]:
        for doc_id, body in self._storage.ask(sql.format(f'"{self.name}"'), *values):
            yield self.document_class(msgspec.json.decode(body), doc_id)


def field(document: Mapping[str, Any], path: Path_) -> Any:
    """What `document` holds at `path`; None where it holds nothing."""
    held: Any = document
    for name in path:
        if not isinstance(held, Mapping):
            return None
        held = held.get(name)
    return held


def extract(path: Path_) -> str:
    """The SQL expression for a field of a row's body: the same text in an index and in a query."""
    return f"json_extract(body, '$.{'.'.join(path)}')"
