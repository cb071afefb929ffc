"""The store's disk: a real one to the kernel, with ext4 on it, above a device that fails when told to."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

DISK, NAME, FOLDER = "/dev/vdb", "store", Path("/media")
MAPPED = "/dev/dm-0"
"""By its kernel's name: without udev nobody makes the other one."""


class Disk:
    """Mounted at FOLDER, by way of device-mapper."""

    def __init__(self) -> None:
        self._sectors = int(Path("/sys/class/block/vdb/size").read_text(encoding="ascii"))
        _run("modprobe", "dm-mod")
        _run("dmsetup", "create", NAME, "--table", self._table("linear"))
        self.mount()

    def _table(self, kind: str) -> str:
        return f"0 {self._sectors} {kind}" + (f" {DISK} 0" if kind == "linear" else "")

    def mount(self) -> None:
        """As Debian mounts a root: after an error, nothing is written any more."""
        _run("mount", "-t", "ext4", "-o", "errors=remount-ro", MAPPED, str(FOLDER))

    def unmount(self) -> None:
        _run("umount", str(FOLDER))

    @contextmanager
    def full(self) -> Iterator[None]:
        photos = FOLDER / "photos"
        with suppress(OSError), photos.open("wb", buffering=0) as file:
            while file.write(bytes(4096)) == 4096:
                pass
        yield
        photos.unlink()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """As the kernel makes it in an emergency: files that are open for writing don't hold it up."""
        Path("/proc/sysrq-trigger").write_text("u", encoding="ascii")
        yield
        _run("mount", "-o", "remount,rw", str(FOLDER))

    @contextmanager
    def stuck(self) -> Iterator[None]:
        """What is asked of it is neither done nor refused."""
        self._suspend()
        yield
        self._resume()

    @contextmanager
    def failing(self) -> Iterator[None]:
        """Nothing can be read from it or written to it."""
        self._becomes("error")
        yield
        self._becomes("linear")

    def _becomes(self, kind: str) -> None:
        self._suspend()
        _run("dmsetup", "load", NAME, "--table", self._table(kind))
        self._resume()

    def _suspend(self) -> None:
        _run("dmsetup", "suspend", "--noflush", "--nolockfs", NAME)

    def _resume(self) -> None:
        _run("dmsetup", "resume", NAME)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
