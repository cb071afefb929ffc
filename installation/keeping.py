"""What the station holds, across a change of version: saved before it, brought back only if nothing is lost.

A newer version may bring the store into a form that the older one refuses to read. Here the store is only
looked at; the station's own commands change it, and give a store that was restored a new epoch.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from installation import Refused, say
from installation.layout import Layout
from installation.system import System

FORM = "PRAGMA user_version"
LIBRARIES = "SELECT count(*) FROM library"
DESK_EVENTS = "SELECT count(*) FROM events WHERE json_extract(body, '$.type') NOT LIKE '%.station.%'"
"""Not those that a station has started or stopped: a version that fails at start records them too."""


@dataclass(frozen=True)
class Kept:
    """A store before the change: its form, how many events of the desk it has, and its backup.

    A store without a library has no backup, and nothing in it.
    """

    form: int
    events: int
    backup: Path | None


def keep(layout: Layout, system: System, version: Path) -> Kept | None:
    """Have `version`, which wrote the store, back it up. None where there is no store.

    Raises Refused if that can't be done.
    """
    if not layout.store.exists():
        return None
    form, libraries, events = _asked(layout.store, FORM, LIBRARIES, DESK_EVENTS)
    if not libraries:
        return Kept(form, events, None)
    if trouble := system.station(version, "backup"):
        raise Refused(f"no backup of the store can be made: {trouble}")
    backups = (layout.data / "backups").glob("*.backup")
    return Kept(form, events, max(backups, key=lambda each: each.stat().st_mtime_ns, default=None))


def bring_back(layout: Layout, system: System, version: Path, kept: Kept | None) -> None:
    """See to it that `version` can read the store again. Raises Refused where that would lose a loan."""
    if kept is None or not layout.store.exists():
        return
    form, events = _asked(layout.store, FORM, DESK_EVENTS)
    if form == kept.form:
        return
    if kept.backup is None:
        _set_aside(layout.store)
        return
    how = f"sudo station restore --force {kept.backup}"
    if events != kept.events:
        raise Refused(
            f"the store has a newer form now, which {version.name} can't read, and readers have borrowed or"
            f" returned since. {version.name} is in place and stopped, and no loan is lost. Install a version"
            f" that works; or lose those loans: `{how}`, then `sudo systemctl start shelfpost`."
        )
    if trouble := system.station(version, "restore", "--force", str(kept.backup)):
        raise Refused(f"the store could not be restored: {trouble} Try `{how}`.")
    say(f"restored {kept.backup.name}: the store had a newer form, and nobody had borrowed or returned since")


def _set_aside(store: Path) -> None:
    """With its log, which SQLite would else read into the store that the old version makes."""
    for each in store.parent.glob(f"{store.name}*"):
        if each.name.removeprefix(store.name) in ("", "-wal", "-shm"):
            each.rename(each.with_name(each.name.replace(store.name, f"{store.name}.newer")))


def _asked(store: Path, *questions: str) -> list[int]:
    """The number that answers each question. Raises Refused where the store can't be read."""
    try:
        with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True, timeout=10)) as connection:
            return [int(connection.execute(each).fetchone()[0]) for each in questions]
    except sqlite3.Error as error:
        raise Refused(
            f"the store {store} can't be read: {error}. Run `station doctor`, or restore a backup."
        ) from error
