"""A disk that is really small, or read-only: a file system of its own, where mounting one is allowed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[None]:
    """`folder` is a disk of so many kB meanwhile. Skips the test by name where that can't be had."""
    mount = shutil.which("mount")
    size = ["-t", "tmpfs", "-o", f"size={kilobytes}k", "shelfpost"]
    if mount is None or subprocess.run([mount, *size, folder], capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk is not allowed here")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """`folder` is read-only meanwhile, for whoever comes by its path; files that are open are not asked."""
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, "--bind", folder, folder], check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        subprocess.run([mount, "-o", "remount,ro,bind", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", folder], check=True)
