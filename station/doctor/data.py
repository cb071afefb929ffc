"""The station's own data: the store, and the newest backup of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from station.backup import BackupError
from station.backup.make import SUFFIX
from station.backup.packed import head_of
from station.doctor.findings import Finding, ok, skipped, warning, wrong
from station.doctor.place import Place
from station.store import StoreError
from station.store.copies import VERSION, quick_check

OLD = timedelta(hours=48)
"""A backup is made each night; one may be missed."""


def store(place: Place) -> Iterator[Finding]:
    if not place.is_readable():
        yield _no_store(place)
        return
    try:
        found = quick_check(place.store_path)
    except StoreError as error:
        yield wrong(str(error), "Stop the station. `station restore` puts the newest backup in its place.")
        return
    counts = found.counts
    yield ok(
        f"{place.store_path} is whole, version {found.version}: {counts['items']} items,"
        f" {counts['readers']} readers, {counts['events']} events"
    )
    if found.version != VERSION:
        yield _other_version(found.version)
    elif found.library is None:
        yield warning("this station has no library yet: it answers every scan with `refused`", _FIRST)


_FIRST = "station library create, or let the station join one."


def _other_version(version: int) -> Finding:
    if version < VERSION:
        return ok(f"its version becomes {VERSION} when the station starts")
    return wrong(
        f"the store was written by a newer Shelfpost (this program knows version {VERSION})",
        "Install the newer version again.",
    )


def _no_store(place: Place) -> Finding:
    if place.data_dir.is_dir() and not place.asks.may(place.data_dir, 1):
        return skipped(f"{place.asks.name} may not look into {place.data_dir}", place.sudo)
    return skipped(f"there is no store in {place.data_dir} yet", _FIRST)


def backups(place: Place) -> Iterator[Finding]:
    """Of the folder that backups go to by default: what lies elsewhere is not known here."""
    if not place.is_readable():
        yield _no_store(place)
        return
    folder = place.data_dir / "backups"
    try:
        newest = max((each for each in map(_written, folder.glob(f"*{SUFFIX}")) if each), default=None)
    except PermissionError:
        yield skipped(f"{place.asks.name} may not look into {folder}", place.sudo)
        return
    if newest is None:
        yield warning(
            f"there is no backup in {folder}: a card that dies takes all loans with it",
            "sudo systemctl enable --now shelfpost-backup.timer; `station backup FOLDER` makes one at once."
            " Backups in another folder are not seen here.",
        )
        return
    age = place.clock.now().wall - newest
    found = f"the newest backup in {folder} is {_in_words(age)} old"
    yield warning(found, "systemctl status shelfpost-backup says why.") if age > OLD else ok(found)


def _written(file: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(head_of(file).written)
    except (BackupError, ValueError, OSError):
        return None


def _in_words(age: timedelta) -> str:
    hours = max(0, round(age.total_seconds() / 3600))
    return f"{hours} hours" if hours < 72 else f"{hours // 24} days"
