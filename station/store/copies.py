"""A whole store in one file: copied out beside a running daemon, looked through, put in another's place."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from station.store.errors import StoreError, explained
from station.store.schema import MIGRATIONS, prepare, recognised

VERSION = len(MIGRATIONS)
"""The store's version that this program writes."""
STEP = 256
"""Pages of 4 KiB between two reports of progress."""

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""


class Contents(Struct, frozen=True, kw_only=True):
    """What a store holds, as seen in one transaction. `counts` has the number of rows for each table."""

    version: int
    library: str | None
    epoch: str
    head: int
    stamp: str
    counts: dict[str, int]


def contents(path: Path) -> Contents:
    """What the store at `path` holds. Raises StoreError as `Store.open` does, and if there is none."""
    if not path.exists():
        raise StoreError(f"there is no store {path}. Look at [station] data_dir in the configuration.")
    prepare(path)
    with _opened(path) as connection, _read(connection):
        return _contents(connection)


def contents_now(path: Path) -> Contents:
    """What the store at `path` holds, whatever its version; it is left as it is. Raises StoreError."""
    with _opened(path, mode="ro") as connection, _read(connection):
        recognised(connection, path)
        return _contents(connection)


def quick_check(path: Path) -> Contents:
    """As `contents_now`, once each page has been looked at; beside a daemon that may be running on it."""
    with _opened(path, mode="ro") as connection, _read(connection):
        recognised(connection, path)
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise explained(sqlite3.DatabaseError(verdict), path)
        return _contents(connection)


def copy(path: Path, target: Path, progress: Progress = lambda _done, _of: None) -> Contents:
    """Copy the store at `path` into the new file `target`, as it is at this moment.

    One read transaction spans the copy. In WAL mode that holds up no writer, and no writer makes the
    copy begin anew, as happens to SQLite's online backup without it. Returns what was copied.
    """
    contents(path)
    with _opened(path) as source, _read(source), _opened(target, mode="rwc") as copied:
        found = _contents(source)
        copied.execute("PRAGMA synchronous=OFF")  # whoever keeps the copy syncs it
        source.backup(copied, pages=STEP, progress=lambda _, left, total: progress(total - left, total))
        return found


def check(path: Path) -> Contents:
    """Read the whole of a store that nobody else has open. Raises StoreError if it is damaged."""
    with _opened(path) as connection:
        (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise explained(sqlite3.DatabaseError(verdict), path)
        return _contents(connection)


def overwrite(path: Path, restored: Path) -> None:
    """Put what `restored` holds into the store at `path`, in one synced transaction: all of it, or nothing.

    The file stays the same one, so that a command that has it open beside this sees the change, and no
    old WAL is ever read into a new file.
    """
    with _opened(restored) as source, _opened(path) as store:
        store.execute("PRAGMA synchronous=FULL")
        source.backup(store)


@contextmanager
def _opened(path: Path, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    try:
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise explained(error, path) from error


@contextmanager
def _read(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is read inside is of one moment: that of the first thing read."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def _contents(connection: sqlite3.Connection) -> Contents:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    library = connection.execute("SELECT id FROM library").fetchone()
    log = _mark(connection, "log")
    return Contents(
        version=version,
        library=library[0] if library else None,
        epoch=log.get("epoch", ""),
        head=log.get("head", 0),
        stamp=log.get("stamp", ""),
        counts={name: _count(connection, name) for name in _tables(connection)},
    )


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    return [name for (name,) in rows]


def _count(connection: sqlite3.Connection, table: str) -> int:
    (number,) = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    return int(number)


def _mark(connection: sqlite3.Connection, name: str) -> dict[str, Any]:
    row = connection.execute("SELECT body FROM marks WHERE id = ?", (name,)).fetchone()
    return dict(msgspec.json.decode(row[0])) if row else {}
