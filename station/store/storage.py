"""A TinyDB storage in an SQLite file. All that goes to SQLite while a store is open goes through here."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from tinydb.storages import Storage

from station.store.errors import explained


class SqliteStorage(Storage):
    """WAL, and a sync for each transaction (`synchronous=FULL`).

    With `durable=False` a commit is not synced by itself: it survives the process, not a power cut.
    One storage belongs to one thread. Everything here raises StoreError for what SQLite reports.
    """

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self._path = path
        self._durable = durable
        uri = f"{path.absolute().as_uri()}?mode=rw"
        try:
            self.connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5.0)
        except sqlite3.Error as error:
            raise explained(error, path) from error
        self.run("PRAGMA journal_mode=WAL")
        self._synchronous(durable)

    @contextmanager
    def transaction(self, *, synced: bool = False) -> Iterator[None]:
        """All or nothing, and nobody else writes meanwhile, in any process.

        `synced`: it survives a power cut though the storage is not durable.
        """
        self._not_read_only()
        if synced:
            self._synchronous(True)
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        finally:
            if self.connection.in_transaction:
                self.run("ROLLBACK")
            if synced:
                self._synchronous(self._durable)

    def run(self, sql: str, *values: object) -> int:
        """Run a statement that asks for nothing; returns how many rows it changed."""
        try:
            return self.connection.execute(sql, values).rowcount
        except sqlite3.Error as error:
            raise explained(error, self._path) from error

    def ask(self, sql: str, *values: object) -> Iterator[Any]:
        """The rows that answer, as they are read."""
        try:
            yield from self.connection.execute(sql, values)
        except sqlite3.Error as error:
            raise explained(error, self._path) from error

    def version(self) -> int:
        """A number that changes when another connection has committed."""
        return int(next(self.ask("PRAGMA data_version"))[0])

    def names(self) -> list[str]:
        rows = self.ask("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        return [name for (name,) in rows]

    def read(self) -> dict[str, dict[str, Any]]:
        return {name: self._table(name) for name in self.names()}

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        for name in self.names():
            self.run(f'DELETE FROM "{name}"')
        for name, documents in data.items():
            for doc_id, body in documents.items():
                self.run(f'INSERT INTO "{name}" VALUES (?, ?)', doc_id, packed(body))

    def close(self) -> None:
        self.connection.close()

    def _not_read_only(self) -> None:
        """Asked first: ext4 that was made read-only below an open file still takes what is written to it, and
        answers fsync with success, though nothing reaches the disk (ext4_sync_file; seen with kernel 7.3).
        """
        try:
            cause = "its file system is read-only" if os.statvfs(self._path).f_flag & os.ST_RDONLY else ""
        except OSError as error:
            cause = error.strerror or str(error)
        if cause:
            raise explained(sqlite3.OperationalError(cause), self._path)

    def _synchronous(self, full: bool) -> None:
        self.run(f"PRAGMA synchronous={'FULL' if full else 'NORMAL'}")

    def _table(self, name: str) -> dict[str, Any]:
        rows = self.ask(f'SELECT id, body FROM "{name}" ORDER BY id')
        return {doc_id: msgspec.json.decode(body) for doc_id, body in rows}


def packed(document: Mapping[str, Any]) -> str:
    """A document as a row's text."""
    return msgspec.json.encode(dict(document)).decode()
