"""A disk that is really small: a file system of its own, where mounting one is allowed."""

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
