"""Making a backup: copied at one moment, packed, read back from the disk, and only then given its name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from msgspec import Struct

from station.backup import BackupError, NothingYet
from station.backup.files import as_its_folder, free_name, held, new, settle, sync, workshop
from station.backup.identity import carried
from station.backup.packed import Head, head_of, pack, unpack
from station.model import Moment, instant
from station.store import Store, StoreError
from station.store.copies import Contents, Progress, check, contents_now, copy

SUFFIX = ".backup"
WORK = "backup.work"
"""The folder beside the store for what is not encrypted yet: it never lies in the backup's folder."""


class Made(Struct, frozen=True):
    path: Path
    contents: Contents
    pruned: tuple[Path, ...]


def make(
    store: Path,
    folder: Path,
    station: str,
    now: Moment,
    *,
    secret: bytes | None = None,
    keep: int = 14,
    progress: Progress = lambda _done, _of: None,
) -> Made:
    """Back up the store at `store` into `folder`, beside a daemon that may be running on it.

    Of this station's backups there, the newest `keep` stay. Raises StoreError or BackupError; then no file
    under a backup's name was made or removed.
    """
    data = store.parent
    with _in_words(folder), held(data / "backup.lock", "another backup is being made."):
        with workshop(data / WORK) as work:
            found = _copied(store, work / "copy.db", station, progress)
            prefix = _prefix(found, station)
            for left_over in folder.glob(f".{prefix}*.unfinished"):
                left_over.unlink()
            path = free_name(folder / f"{prefix}{now.wall:%Y%m%dT%H%M%SZ}{SUFFIX}")
            _write(work, path, Head(station=station, written=instant(now.wall), contents=found), secret)
        return Made(path, found, tuple(_prune(path, found, station, keep)))


def backups_folder(data: Path, target: Path | None) -> Path:
    """Where backups go: `target`, which must be there, or the station's own folder for them."""
    if target is not None:
        if not _is_dir(target):
            raise BackupError(
                f"there is no folder {target} to put the backup into. Make it, or plug in its drive."
            )
        return target
    own = data / "backups"
    if data.is_dir() and not own.exists():
        own.mkdir(mode=0o700)
        as_its_folder(own)
    return own


def _is_dir(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError as error:
        raise BackupError(f"no backup can be put into {path}: {error.strerror}.") from None


def _copied(store: Path, target: Path, station: str, progress: Progress) -> Contents:
    """With the station's identity. A damaged store is no backup: it would push out the good ones."""
    found = copy(store, target, progress)
    try:
        check(target)
    except StoreError as error:
        raise BackupError(
            f"the store {store} is damaged, so no backup was made and none removed. Stop the station, and"
            " restore the newest backup."
        ) from error
    if identity := carried(store.parent):
        with closing(Store.open(target, station)) as copied, copied.transaction():
            copied.journal.keep_identity(identity)
        found = contents_now(target)
    return found


def _write(work: Path, path: Path, head: Head, secret: bytes | None) -> None:
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with new(unfinished, 0o600) as file:
            pack(work / "copy.db", file, head, secret)
        (work / "copy.db").unlink()
        sync(unfinished)
        _read_back(unfinished, work / "read.db", secret, head.contents)
        settle(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _read_back(file: Path, target: Path, secret: bytes | None, wanted: Contents) -> None:
    try:
        unpack(file, target, secret)
        same = check(target) == wanted
    except StoreError:
        same = False
    if not same:
        raise BackupError(f"what was written to {file.parent} does not read back the same: its disk fails.")


def _prune(made: Path, found: Contents, station: str, keep: int) -> Iterator[Path]:
    """Remove this station's oldest backups, by their stamps: its clock goes back more often.

    A stamp later than the newest backup's was too far ahead, and such backups go first.

    The one that was just made stays, and so does whatever can't be read as a backup.
    """
    ages = {
        path: age for path in made.parent.glob(f"{_prefix(found, station)}*{SUFFIX}") if (age := _age(path))
    }
    newest = (found.stamp, found.head)
    others = sorted(
        ages.keys() - {made}, key=lambda path: (ages[path] <= newest, ages[path], path.name), reverse=True
    )
    for path in others[keep - 1 :]:
        path.unlink()
        yield path


def _age(path: Path) -> tuple[str, int] | None:
    try:
        contents = head_of(path).contents
    except BackupError:
        return None
    return contents.stamp, contents.head


def _prefix(found: Contents, station: str) -> str:
    if found.library is None:
        raise NothingYet("this station has no library yet: there is nothing to back up.")
    return f"shelfpost-{found.library}-{station}-"


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BackupError(
            f"cannot make a backup in {folder}: {error.strerror}. No new backup is there, and none was"
            " removed. Look at the disk (full? read-only?) and at who may write to the folder."
        ) from error
