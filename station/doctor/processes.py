"""Who else is there: the running station, and who has a device open. Read from /proc, and nothing touched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def running_station(data_dir: Path, proc: Path = PROC) -> int | None:
    """The process that holds the data folder's lock; None: nobody does, or it can't be told.

    The lock itself is not tried: a station that starts in that instant would find it taken.
    """
    try:
        inode = (data_dir / "run.lock").stat().st_ino
        locks = (proc / "locks").read_text()
    except OSError:
        return None
    found = [_lock(line) for line in locks.splitlines()]
    pids = [pid for pid, locked in found if locked == inode and _is_station(proc, pid)]
    return pids[0] if pids else None


def holders(path: Path, proc: Path = PROC) -> list[tuple[int, str]]:
    """Who has the file or device open, as far as this user may see: process and name."""
    return [(pid, _name(proc, pid)) for pid in _pids(proc) if _has_open(proc, pid, path)]


def said(people: list[tuple[int, str]]) -> str:
    return ", ".join(f"{name} (process {pid})" for pid, name in people)


def _lock(line: str) -> tuple[int, int]:
    """`1: FLOCK  ADVISORY  WRITE 4711 b3:02:12345 0 EOF`: the process and the inode."""
    words = line.split()
    if len(words) < 6 or words[1] != "FLOCK" or words[3] != "WRITE":
        return 0, 0
    return int(words[4]), int(words[5].rpartition(":")[2])


def _is_station(proc: Path, pid: int) -> bool:
    """Inodes are unique in one file system only. A process of another container has no name here."""
    try:
        return pid <= 0 or b"station" in (proc / str(pid) / "cmdline").read_bytes()
    except OSError:
        return False


def _pids(proc: Path) -> Iterator[int]:
    yield from sorted(int(each.name) for each in proc.iterdir() if each.name.isdigit())


def _has_open(proc: Path, pid: int, path: Path) -> bool:
    wanted = os.path.realpath(path)
    try:
        return any(os.path.realpath(each) == wanted for each in (proc / str(pid) / "fd").iterdir())
    except OSError:
        return False


def _name(proc: Path, pid: int) -> str:
    try:
        return (proc / str(pid) / "comm").read_text().strip()
    except OSError:
        return "a process that has just ended"
