"""What can be wrong with a store, in words for the person who has to act."""

from __future__ import annotations

import sqlite3
from pathlib import Path


class StoreError(Exception):
    """The store can't be used; the message says what is wrong, where, and what to do."""


class NoDocument(StoreError):
    """What stands in a row, or was to be written into one, is no document that stations could read."""


def explained(error: sqlite3.Error, path: Path) -> StoreError:
    """SQLite's error about the store at `path`."""
    if isinstance(error, sqlite3.OperationalError):
        return StoreError(
            f"the store {path} can't be used: {error}. Look at the disk (full? read-only? failing?) and at"
            " the file's owner; the station goes on as soon as it can write."
        )
    return StoreError(
        f"the store {path} is damaged: {error}. It is left as it is: keep a copy of it, and put the newest"
        " backup in its place."
    )
