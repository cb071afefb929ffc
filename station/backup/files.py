"""Files that are whole or not there, and folders that one process at a time works in."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from station.backup import BackupError


@contextmanager
def held(lock: Path, busy: str) -> Iterator[None]:
    """Hold `lock` against other processes; the kernel lets go of it however this one ends.

    Raises BackupError with `busy` if another one has it.
    """
    lock.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        as_its_folder(lock)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise BackupError(busy) from None
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """An empty folder, gone afterwards. What a killed process left in it goes first; hold a lock."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new(path: Path, mode: int) -> BinaryIO:
    """An empty file of that mode from its first moment, in place of one that a killed process has left.

    On a drive with FAT all files have the mode that it was mounted with, and only root may ask for another.
    """
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with suppress(PermissionError):
        os.fchmod(descriptor, mode)
    return os.fdopen(descriptor, "wb")


def whole(path: Path, data: bytes, mode: int) -> None:
    """Write a file that is whole on disk, or not there. Raises OSError."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with new(unfinished, mode) as file:
            file.write(data)
        settle(unfinished, path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def settle(unfinished: Path, final: Path) -> None:
    """Sync a file and give it its name: at that name there is never half of it."""
    as_its_folder(unfinished)
    sync(unfinished)
    unfinished.rename(final)
    as_its_folder(final)
    sync(final.parent)


def sync(path: Path) -> None:
    """Wait until what is at `path` is on the disk, and forget it, so that a reader reads the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def as_its_folder(path: Path) -> None:
    """What root makes in the station's folder is the station's, or the daemon could not open it."""
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.chown(path, folder.st_uid, folder.st_gid)


def free_name(path: Path) -> Path:
    """`path`, or with a number where there is one already: a clock that was set back names nothing twice."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free
