"""TinyDB over SQLite rows: one document a row, so that a change costs the same in a library of any size.

TinyDB's own tables read and write the whole database for each change. `OrderedTable` is a TinyDB table
with text ids, whole-document `put` and reading in the order of ids; it works over any TinyDB storage.
`RowTable` is the same over SQLite, where each of these touches only the rows that it names.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import msgspec
from tinydb.queries import QueryInstance, QueryLike
from tinydb.storages import Storage
from tinydb.table import Document, Table

Path_ = tuple[str, ...]
"""A field's path inside a document, as in `("loan", "reader")`."""


class Equals(QueryInstance):
    """A TinyDB query for documents whose field at `path` is `value`; a RowTable answers it by an index."""

    def __init__(self, path: Path_, value: str) -> None:
        self.path = path
        self.value = value
        super().__init__(self._matches, ("==", path, value))

    def _matches(self, document: Mapping[str, Any]) -> bool:
        held: Any = document
        for name in self.path:
            if not isinstance(held, Mapping) or name not in held:
                return False
            held = held[name]
        return bool(held == self.value)


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

    def last_id(self) -> str | None:
        return max((str(each.doc_id) for each in self), default=None)

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        return dict(sorted(super()._read_table().items()))

    def _get_next_id(self) -> NoReturn:
        raise ValueError(f"a document for {self.name} needs an id of its own")


class SqliteStorage(Storage):
    """A TinyDB storage in an SQLite file: WAL, and a sync for each transaction (`synchronous=FULL`).

    With `durable=False` a commit is not synced by itself: it survives the process, not a power cut.
    One storage belongs to one thread. Raises sqlite3.Error as SQLite does.
    """

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        uri = f"{path.absolute().as_uri()}?mode=rw"
        self.connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5.0)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and nobody else writes meanwhile, in any process."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        finally:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")

    def version(self) -> int:
        """A number that changes when another connection has committed."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def names(self) -> list[str]:
        rows = self.connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        return [name for (name,) in rows]

    def read(self) -> dict[str, dict[str, Any]]:
        return {name: dict(self._rows(name)) for name in self.names()}

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        for name in self.names():
            self.connection.execute(f'DELETE FROM "{name}"')
        for name, documents in data.items():
            self.connection.executemany(
                f'INSERT INTO "{name}" VALUES (?, ?)',
                [(doc_id, _text(body)) for doc_id, body in documents.items()],
            )

    def close(self) -> None:
        self.connection.close()

    def _rows(self, name: str) -> Iterator[tuple[str, Any]]:
        for doc_id, body in self.connection.execute(f'SELECT id, body FROM "{name}" ORDER BY id'):
            yield doc_id, msgspec.json.decode(body)


class RowTable(OrderedTable):
    """An OrderedTable whose documents are rows of an SqliteStorage."""

    _storage: SqliteStorage

    def get(  # type: ignore[override]
        self, cond: QueryLike | None = None, doc_id: str | None = None, doc_ids: list[str] | None = None
    ) -> Any:
        if doc_id is not None:
            row = self._run("SELECT body FROM {} WHERE id = ?", doc_id).fetchone()
            return None if row is None else self._document(doc_id, row[0])
        if doc_ids is not None:
            wanted = "SELECT id, body FROM {} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
            return [self._document(found, body) for found, body in self._run(wanted, _json(list(doc_ids)))]
        if cond is None:
            raise RuntimeError("get needs a condition, an id or several")
        return next(iter(self.search(cond)), None)

    def search(self, cond: QueryLike) -> list[Document]:
        if not isinstance(cond, Equals):
            return [each for each in self if cond(each)]
        rows = self._run(f"SELECT id, body FROM {{}} WHERE {extract(cond.path)} = ? ORDER BY id", cond.value)
        return [self._document(doc_id, body) for doc_id, body in rows]

    def after(self, doc_id: str, limit: int) -> list[Document]:
        rows = self._run("SELECT id, body FROM {} WHERE id > ? ORDER BY id LIMIT ?", doc_id, limit)
        return [self._document(found, body) for found, body in rows]

    def last_id(self) -> str | None:
        found: str | None = self._run("SELECT max(id) FROM {}").fetchone()[0]
        return found

    def insert(self, document: Mapping[str, Any]) -> str:  # type: ignore[override]
        doc_id = document.doc_id if isinstance(document, Document) else self._get_next_id()
        try:
            self._run("INSERT INTO {} VALUES (?, ?)", doc_id, _text(document))
        except sqlite3.IntegrityError:
            raise ValueError(f"{self.name} already has a document {doc_id}") from None
        return str(doc_id)

    def put(self, document: Document) -> None:
        self._run("INSERT OR REPLACE INTO {} VALUES (?, ?)", document.doc_id, _text(document))

    def upsert(self, document: Mapping[str, Any], cond: QueryLike | None = None) -> list[str]:  # type: ignore[override]
        if cond is not None or not isinstance(document, Document):
            return super().upsert(document, cond)  # type: ignore[return-value]
        doc_id = str(document.doc_id)
        self.put(self.document_class({**(self.get(doc_id=doc_id) or {}), **document}, doc_id))  # type: ignore[arg-type]
        return [doc_id]

    def remove(self, cond: QueryLike | None = None, doc_ids: Iterable[str] | None = None) -> list[str]:  # type: ignore[override]
        if doc_ids is None:
            return super().remove(cond)  # type: ignore[return-value]
        return [each for each in doc_ids if self._run("DELETE FROM {} WHERE id = ?", each).rowcount]

    def truncate(self) -> None:
        self._run("DELETE FROM {}")

    def __len__(self) -> int:
        return int(self._run("SELECT count(*) FROM {}").fetchone()[0])

    def __iter__(self) -> Iterator[Document]:
        for doc_id, body in self._run("SELECT id, body FROM {} ORDER BY id"):
            yield self._document(doc_id, body)

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
            if before.get(doc_id) != body:
                self.put(self.document_class(body, doc_id))

    def _run(self, sql: str, *values: object) -> sqlite3.Cursor:
        return self._storage.connection.execute(sql.format(f'"{self.name}"'), values)

    def _document(self, doc_id: str, body: str) -> Document:
        return self.document_class(msgspec.json.decode(body), doc_id)  # type: ignore[arg-type]


def extract(path: Path_) -> str:
    """The SQL expression for a field of a row's body: the same text in an index and in a query."""
    return f"json_extract(body, '$.{'.'.join(path)}')"


def _text(document: Mapping[str, Any]) -> str:
    return _json(dict(document))


def _json(value: dict[str, Any] | list[str]) -> str:
    return msgspec.json.encode(value).decode()
