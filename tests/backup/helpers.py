"""What the tests of backups do to a store, and how they look at it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from msgspec import structs

from station.backup.make import make
from station.backup.restore import Restored, restore
from station.events import ItemAdded
from station.model import Item, Moment
from station.store import Store
from tests.stores import LIBRARY, START, STATION, SetClock, save

NOW = SetClock().now()
SECRET = b"correct horse battery staple"


def record(store: Store, number: int) -> None:
    with store.transaction():
        store.journal.write([ItemAdded(item=f"BK-{each}") for each in range(number)], 0, LIBRARY, NOW)


def later(seconds: float) -> Moment:
    return structs.replace(NOW, wall=START + timedelta(seconds=seconds))


def change(file: Path, *items: str, now: Moment = NOW) -> None:
    with closing(Store.open(file, STATION)) as store:
        save(store, *(Item(id=each) for each in items), now=now)


def items(file: Path) -> list[str]:
    with closing(Store.open(file, STATION)) as store:
        return [each.id for each in store.shelf.items()]


def backed_up(file: Path, folder: Path, now: Moment = NOW, secret: bytes | None = None) -> Path:
    return make(file, folder, STATION, now, secret=secret).path


def back(
    backup: Path, file: Path, *, force: bool = False, station: str = STATION, secret: bytes | None = None
) -> Restored:
    return restore(backup, file, station, later(60), force=force, secret=secret)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def rows(path: Path) -> list[str]:
    """All that an SQLite file holds, read from a copy: reading in place would mend it."""
    copied = path.with_name("rows")
    for suffix in ("", "-wal"):
        if path.with_name(path.name + suffix).exists():
            shutil.copy(path.with_name(path.name + suffix), copied.with_name(copied.name + suffix))
    with closing(sqlite3.connect(copied)) as connection:
        found = list(connection.iterdump())
    for each in path.parent.glob("rows*"):
        each.unlink()
    return found


def flip(path: Path, position: int) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 0x01
    path.write_bytes(data)
