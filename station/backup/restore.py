"""Bringing a backup back: checked beside the store, given a new epoch, and put in the store's place at once.

What was in the store is kept beside it. At every moment the store is the old one or the new one, whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from station.backup import BackupError
from station.backup.files import free_name, held, settle, sync, workshop
from station.backup.identity import put_back
from station.backup.packed import Head, unpack
from station.model import Moment, instant
from station.store import Store, StoreError
from station.store.copies import Contents, check, contents, copy, overwrite

WORK = "restore.work"


class Restored(Struct, frozen=True):
    """`kept` is what was in the store's place, under its new name. `is_known`: the station had no identity,
    and has the backup's now."""

    head: Head
    epoch: str
    kept: Path | None
    is_known: bool


def restore(
    file: Path,
    store: Path,
    station: str,
    now: Moment,
    *,
    library: str | None = None,
    secret: bytes | None = None,
    force: bool = False,
) -> Restored:
    """Put the backup `file` in the place of the store at `store`, for the station of this name.

    The documents are as they were, and so are the marks that say which of them the broker lacks. None is
    marked beside those: to publish an old document would hide the newer one that the broker may have. On
    its next connection the station hears all that the broker keeps, takes what is newer, and answers what
    is older. Events that the backup had not sent go out under their old ids; new ones have a new epoch.

    Raises BackupError or StoreError; then nothing has changed. `library` is the one configured. `force`:
    though the store has changes that the backup lacks.
    """
    data = store.parent
    busy = f"the station is running on {data}. Stop it first (systemctl stop shelfpost), then restore."
    with _in_words(file, store), held(data / "run.lock", busy), workshop(data / WORK) as work:
        head = _unpacked(file, work / "new.db", secret, library)
        before = _before(store)
        with closing(Store.open(work / "new.db", station)) as new:
            if not force:
                _is_not_newer(before, new, head, store)
            with new.transaction():
                new.journal.begin_epoch(now, before.stamp if isinstance(before, Contents) else "")
                new.journal.live("restored")
                new.journal.belong_to(None)
                identity = new.journal.identity()
                if identity:
                    new.journal.keep_identity({})
            epoch = new.journal.epoch
        sync(work / "new.db")
        name = free_name(store.with_name(f"{store.name}.replaced-{now.wall:%Y%m%dT%H%M%SZ}"))
        kept = _put(work, store, before, name)
        return Restored(head, epoch, kept, put_back(data, identity))


def _unpacked(file: Path, target: Path, secret: bytes | None, library: str | None) -> Head:
    head = unpack(file, target, secret)
    try:
        found = check(target)
    except StoreError as error:
        raise BackupError(
            f"the store in {file} is damaged. Nothing was changed: take another backup."
        ) from error
    if found != head.contents:
        raise BackupError(
            f"{file} does not hold what its head says. Nothing was changed: take another backup."
        )
    if library and head.contents.library != library:
        raise BackupError(
            f"{file} is a backup of the library {head.contents.library}, but this station's configuration"
            f" names {library} ([station] library). Nothing was changed."
        )
    return head


def _before(store: Path) -> Contents | StoreError | None:
    """What is in the store now, why that can't be said, or None where there is no store."""
    if not store.exists():
        return None
    try:
        return contents(store)
    except StoreError as error:
        return error


def _is_not_newer(before: Contents | StoreError | None, new: Store, head: Head, store: Path) -> None:
    """Raises BackupError unless the backup has all that is in the store."""
    if isinstance(before, StoreError):
        raise BackupError(
            f"what is in the store now can't be compared with the backup: {before}\nTo restore all the same,"
            " add --force: the store's file is kept under another name."
        )
    if before is None or (before.head == 0 and not before.stamp):
        return
    known = new.journal.epochs().get(before.epoch)
    if known is None or before.head > known[1] or before.stamp > head.contents.stamp:
        raise BackupError(
            f"the store {store} has changes that the backup lacks: it last changed at {_at(before.stamp)},"
            f" the backup's store at {_at(head.contents.stamp)}. To restore all the same, add --force:"
            " the store is kept under another name."
        )


def _put(work: Path, store: Path, before: Contents | StoreError | None, name: Path) -> Path | None:
    """A store that can be read is copied, then overwritten in one transaction; any other file is moved."""
    if isinstance(before, Contents):
        copy(store, work / "old.db")
        settle(work / "old.db", name)
        overwrite(store, work / "new.db")
        return name
    moved = _set_aside(store, name)
    settle(work / "new.db", store)
    return name if moved else None


def _set_aside(store: Path, name: Path) -> bool:
    """Give the store's files a second name, and leave no WAL that SQLite would read into the new store."""
    wal, shared = (store.with_name(store.name + suffix) for suffix in ("-wal", "-shm"))
    found = [each for each in (store, wal) if each.exists()]
    for each in found:
        os.link(each, name.with_name(each.name.replace(store.name, name.name)))
    sync(store.parent)
    wal.unlink(missing_ok=True)
    shared.unlink(missing_ok=True)
    return bool(found)


def _at(stamp: str) -> str:
    return instant(datetime.fromtimestamp(int(stamp[:13]) / 1000, UTC)) if stamp else "no time"


@contextmanager
def _in_words(file: Path, store: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BackupError(
            f"cannot restore {file} into {store.parent}: {error.strerror}. The store is as it was. Look at"
            " the disk (full? read-only?) and at who may read and write there."
        ) from error
