from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from station.doctor.processes import holders, running_station
from station.service import only_one

HOLD = "import fcntl, sys; f = open(sys.argv[1], 'r+'); fcntl.flock(f, fcntl.LOCK_EX); print(); input()"


@contextmanager
def holding(file: Path, name: str) -> Iterator[int]:
    """Another process, with `name` among its words, that holds the lock."""
    file.touch()
    held = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd="/",
    )
    assert held.stdin and held.stdout
    held.stdout.readline()
    yield held.pid
    held.communicate(b"\n")


def test_nobody_runs_where_there_is_no_lock(tmp_path: Path) -> None:
    assert running_station(tmp_path) is None


def test_lock_of_a_station_that_has_ended_says_nothing(tmp_path: Path) -> None:
    with only_one(tmp_path):
        pass
    assert running_station(tmp_path) is None


def test_running_station_is_known_by_its_lock(tmp_path: Path) -> None:
    with holding(tmp_path / "run.lock", "station") as pid:
        assert running_station(tmp_path) == pid
    assert running_station(tmp_path) is None


def test_lock_of_another_program_is_no_station(tmp_path: Path) -> None:
    """As where another disk has a file of that number."""
    (tmp_path / "run.lock").touch()
    number = (tmp_path / "run.lock").stat().st_ino
    (tmp_path / "locks").write_text(f"1: FLOCK  ADVISORY  WRITE 4711 00:00:{number} 0 EOF\n")
    (tmp_path / "4711").mkdir()
    (tmp_path / "4711" / "cmdline").write_bytes(b"updater\0")
    assert running_station(tmp_path, tmp_path) is None
    (tmp_path / "4711" / "cmdline").write_bytes(b"python\0-m\0station\0run\0")
    assert running_station(tmp_path, tmp_path) == 4711


def test_lines_that_are_no_lock_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "run.lock").touch()
    number = (tmp_path / "run.lock").stat().st_ino
    others = [
        f"POSIX  ADVISORY  WRITE 0 00:00:{number} 0 EOF",
        f"FLOCK  ADVISORY  READ 0 00:00:{number} 0 EOF",
    ]
    (tmp_path / "locks").write_text("\n".join(["", "1: -> FLOCK", "x", *(f"2: {each}" for each in others)]))
    assert running_station(tmp_path, tmp_path) is None


def test_who_has_a_file_open_is_named(tmp_path: Path) -> None:
    file = tmp_path / "device"
    file.touch()
    link = tmp_path / "by-id"
    link.symlink_to(file)
    assert holders(link) == []
    with file.open():
        ((pid, name),) = holders(link)
    assert pid == os.getpid() and name
