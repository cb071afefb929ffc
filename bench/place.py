"""Where a benchmark works: a folder on a real disk, where a sync costs what it costs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import sample
from station.wiring import STORE

PREFIX = "shelfpost-bench-"
IN_MEMORY = {"tmpfs", "ramfs"}


@contextmanager
def work_folder() -> Iterator[Path]:
    """A new folder in BENCH_DIR, by default /var/tmp; nothing of it stays."""
    with TemporaryDirectory(prefix=PREFIX, dir=_parent()) as folder:
        yield Path(folder)


def file_system(path: Path) -> str:
    """The type of the file system that holds `path`, from the kernel's list of mounts."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    inside = [each for each in mounts if path.resolve().is_relative_to(each[1])]
    return max(inside, key=lambda each: len(each[1]))[2]


def station_folder(folder: Path, items: int) -> Path:
    """A station's data folder with a library of so many items in it, ready to be opened."""
    data = folder / f"data-{items}"
    data.mkdir()
    shutil.copy(_filled(items)[0], data / STORE)
    return data


@cache
def _filled(items: int) -> tuple[Path, TemporaryDirectory[str]]:
    """Filled once a run, since 100,000 items take seconds; the folder goes with the program."""
    folder = TemporaryDirectory(prefix=PREFIX, dir=_parent())
    path = Path(folder.name) / STORE
    sample.fill(path, items)
    return path, folder


def _parent() -> Path:
    parent = Path(os.environ.get("BENCH_DIR", "/var/tmp"))
    kind = file_system(parent)
    if kind in IN_MEMORY:
        raise SystemExit(f"{parent} is on {kind}, where a sync is free: set BENCH_DIR to a folder on a disk")
    return parent


def config(path: Path, data: Path, *parts: str) -> Path:
    """A station.toml at `path`, with `parts` after its [station] section."""
    station = f'[station]\nid = "{sample.STATION}"\nlibrary = "{sample.LIBRARY}"\ndata_dir = "{data}"\n'
    path.write_text("\n".join((station, *parts)))
    return path


def broker(port: int) -> str:
    return f'[broker]\nhost = "127.0.0.1"\nport = {port}\n'


def log_panel(path: Path) -> str:
    return f'[panel]\ndriver = "log"\npath = "{path}"\n'


GPIO_PANEL = '[panel]\ndriver = "gpio"\ngreen = 17\namber = 27\nred = 22\nbuzzer = 18\n'
ABSENT_SCANNER = (
    '[[scanner]]\nname = "scanner"\ndriver = "evdev"\nmatch = "/dev/input/by-id/usb-absent-event-kbd"\n'
)
"""A path of a device that isn't there: evdev is imported for it, and tries it every five seconds."""
