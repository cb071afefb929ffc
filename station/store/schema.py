"""The store's file: how it is made, known again, brought up to date, or refused.

A file is made under another name and moved into place when it is whole and synced, so that at its own
name there is never half a store. A file that is damaged or newer is left as it is.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from station.store.errors import StoreError, explained
from station.store.rows import extract

APPLICATION_ID = 0x53484C46
"""`SHLF`, in the file's header: an SQLite file without it is somebody else's."""

Indexes = dict[str, tuple[tuple[str, ...], ...]]
"""Tables, and the paths of each one's fields that are looked up."""

FIRST: Indexes = {
    "library": (),
    "items": (("isbn",), ("loan", "reader"), ("loan", "due")),
    "readers": (("status",),),
    "titles": (),
    "exceptions": (("status",),),
    "events": (),
    "marks": (),
}
LOOKED_UP: Indexes = {"catalogue": (), "lookups": (("due",),)}
"""A file of titles that the library imported, and the titles that are still wanted."""
CONTACTS: Indexes = {"contacts": ()}
TABLES = (*FIRST, *LOOKED_UP, *CONTACTS)


def _make(connection: sqlite3.Connection, tables: Indexes) -> None:
    for name, paths in tables.items():
        connection.execute(f'CREATE TABLE "{name}" (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID')
        for path in paths:
            index, expression = f"{name}_{'_'.join(path)}", extract(path)
            connection.execute(
                f'CREATE INDEX "{index}" ON "{name}" ({expression}) WHERE {expression} IS NOT NULL'
            )


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    lambda connection: _make(connection, FIRST),
    lambda connection: _make(connection, LOOKED_UP),
    lambda connection: _make(connection, CONTACTS),
)
"""The n-th brings a file from version n to n + 1; the last one's version is this program's."""


def prepare(path: Path) -> None:
    """Make the file at `path` if there is none, bring it up to date if it is older.

    Raises StoreError if it is damaged, of another program, or newer.
    """
    if not path.exists():
        _create(path)
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
            _upgrade(connection, path)
    except sqlite3.DatabaseError as error:
        raise explained(error, path) from error


def _create(path: Path) -> None:
    unfinished = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        with _folder(path.parent) as folder:
            if path.exists():
                return
            unfinished.unlink(missing_ok=True)
            with closing(sqlite3.connect(unfinished)) as connection:
                connection.execute("PRAGMA journal_mode=OFF")
                _migrate(connection)
                connection.execute("PRAGMA journal_mode=WAL")
            unfinished.rename(path)
            os.fsync(folder)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"cannot make the store {path}: {error}. Give the station's user a folder that it may write to"
            " ([station] data_dir)."
        ) from error


@contextmanager
def _folder(path: Path) -> Iterator[int]:
    """The folder's descriptor, locked: of a daemon and commands that start together, one makes the file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def recognised(connection: sqlite3.Connection, path: Path) -> None:
    """Raises StoreError if the file is another program's."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise StoreError(
            f"{path} is not a Shelfpost store. It is left as it is: move it away to start with an empty"
            " store, or put a backup in its place."
        )


def _upgrade(connection: sqlite3.Connection, path: Path) -> None:
    recognised(connection, path)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise StoreError(
            f"{path} was written by a newer Shelfpost (store version {version}, this program knows"
            f" {len(MIGRATIONS)}). It is left as it is: install the newer version again."
        )
    if _is_cut_off(connection, path):
        raise explained(sqlite3.DatabaseError("its end is cut off"), path)
    if version < len(MIGRATIONS):
        _migrate(connection)
    missing = set(TABLES) - {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    if missing:
        raise explained(sqlite3.DatabaseError(f"no table {', '.join(sorted(missing))}"), path)


def _is_cut_off(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether the file ends within a page. While a log stands beside it, SQLite puts that right by itself:
    the power may have gone in the middle of a checkpoint.
    """
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        return False
    return path.stat().st_size % int(connection.execute("PRAGMA page_size").fetchone()[0]) > 0


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the file up to date, in one synced transaction; does nothing if somebody else just has."""
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    for migration in MIGRATIONS[version:]:
        migration(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    connection.execute("COMMIT")
