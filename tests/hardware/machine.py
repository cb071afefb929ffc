"""One guest: QEMU in software emulation, started for one check, heard on its serial line."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from msgspec import structs

from tests.hardware.image import CHECKOUT, Image
from tests.hardware.needs import Missing

QEMU = (
    *("nice", "-n", "15", "qemu-system-x86_64", "-M", "q35", "-cpu", "Nehalem", "-m", "768"),
    *("-display", "none", "-nodefaults", "-device", "virtio-rng-pci"),
    *("-device", "i6300esb", "-action", "watchdog=reset"),
    *("-accel", "tcg,thread=single", "-smp", "1"),
)
"""One processor: with two, TCG at times runs what the kernel is just patching, and the guest panics."""

STEADY = ("-icount", "shift=1,sleep=off")
"""The clock counts instructions, 2 ns each, and leaps to the next timer when there is nothing to do: a host
that is busy neither stretches nor breaks what is timed. To such a guest a disk is slow, and may seem stuck.
"""
KERNEL = "console=ttyS0 rw panic=-1 quiet mitigations=off audit=0 no_timer_check modprobe.blacklist=iTCO_wdt"
"""An emulated timer may be late for the kernel's check of it. Of two watchdogs, the card's is wanted."""

HERE = "here"
"""The guest's first word: QEMU, kernel, root and checkout are all right, what follows is the check's."""

PREPARE_SECONDS = 300.0

LANES = min(2, os.cpu_count() or 1)
"""So many guests run at once: each takes a processor of the host."""

_FREE = threading.BoundedSemaphore(LANES)


class Failed(Exception):
    """A check has failed; the text says what was seen."""


class Guest:
    """A guest that runs `check`, with `disk` as its second one. Ended, however far it is, with its `with`.

    It starts when a lane is free.
    `resets`: a reset starts it again; otherwise it ends it. `keeps`: what it does to its root stays.
    """

    def __init__(
        self,
        image: Image,
        check: str,
        count: int = 0,
        *,
        disk: Path | None = None,
        steady: bool = False,
        resets: bool = False,
        keeps: bool = False,
    ) -> None:
        self._console = tempfile.NamedTemporaryFile(prefix="shelfpost-console-")  # noqa: SIM115
        self._errors = tempfile.NamedTemporaryFile(prefix="shelfpost-qemu-")  # noqa: SIM115
        disks = [f"file={image.root},if=virtio,format=raw,snapshot={'off' if keeps else 'on'}"]
        disks += [f"file={disk},if=virtio,format=raw"] if disk else []
        self._command = [
            *QEMU,
            *(STEADY if steady else ()),
            *(() if resets else ("-no-reboot",)),
            *("-serial", f"file:{self._console.name}", "-serial", "stdio"),
            *("-kernel", str(image.kernel), "-initrd", str(image.initrd)),
            *("-append", f"{KERNEL} check={check} count={count}{' steady' if steady else ''}"),
            *(word for each in disks for word in ("-drive", each)),
            *("-virtfs", f"local,path={CHECKOUT},mount_tag=checkout,security_model=none,readonly=on"),
        ]
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._here = self._cut = False

    def __enter__(self) -> Guest:
        _FREE.acquire()
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.cut()
        _FREE.release()
        self._console.close()
        self._errors.close()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            if line.endswith("\n"):  # a line that the cut has shortened says nothing
                self._lines.put(line.strip())
        self._lines.put(None)

    def cut(self) -> None:
        """Take the power away. May be called twice."""
        self._cut = True
        self._process.kill()
        self._process.wait()
        self._reader.join()

    def lines(self, seconds: float) -> Iterator[str]:
        """What it says, until it has ended.

        Raises Failed after `seconds` in all, and Missing if it never came up, or was ended from outside.
        """
        end = time.monotonic() + seconds
        while (line := self._line(end, seconds)) is not None:
            if line == HERE:
                self._here = True
            else:
                yield line
        if not self._cut:
            self._blame()

    def _line(self, end: float, seconds: float) -> str | None:
        try:
            return self._lines.get(timeout=max(0.001, end - time.monotonic()))
        except queue.Empty:
            if not self._here:
                raise Missing(
                    f"the guest has not come up within {seconds:.0f} s: {self.last_words()}"
                ) from None
            raise Failed(
                f"not done within {seconds:.0f} s; the guest's console: {self.last_words()}"
            ) from None

    def _blame(self) -> None:
        """Nothing is said against a guest that came up and ended by itself."""
        status = self._process.wait()
        if status == -signal.SIGKILL:
            raise Missing("QEMU was killed from outside: is there enough memory?")
        if "terminating on signal" in self.last_words():
            raise Missing(f"QEMU was ended from outside: {self.last_words()}")
        if status or not self._here:
            raise Missing(f"QEMU can't run the guest on this machine: {self.last_words()}")

    def last_words(self) -> str:
        """The last that QEMU and the guest's kernel have said."""
        said = [Path(each.name).read_text(errors="replace") for each in (self._console, self._errors)]
        return " ".join("".join(said)[-400:].split()) or "it said nothing"


@contextmanager
def prepared(image: Image) -> Iterator[Image]:
    """With the checkout installed and compiled in its root, as a station has it: each start is quicker so."""
    with tempfile.TemporaryDirectory(prefix="shelfpost-root-") as folder:
        root = Path(folder) / "root.img"
        subprocess.run(["cp", "--sparse=always", str(image.root), str(root)], check=True)
        made = structs.replace(image, root=root)
        with Guest(made, "prepare", keeps=True) as guest:
            said = list(guest.lines(PREPARE_SECONDS))
        if said != ["prepared"]:
            raise Failed("\n".join(["the checkout can't be installed in the guest:", *said]))
        yield made


@contextmanager
def second_disk(size: str) -> Iterator[Path | None]:
    """A disk of so many M, with nothing but a file system on it; no size, no disk."""
    if not size:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="shelfpost-disk-") as folder:
        disk = Path(folder) / "disk.img"
        command = ["mkfs.ext4", "-q", "-F", "-m", "0", str(disk), size]
        subprocess.run(command, check=True, capture_output=True)
        yield disk
