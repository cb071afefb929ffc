"""One guest: QEMU in software emulation, started for one check, heard on its serial line."""

from __future__ import annotations

import queue
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from tests.hardware.needs import CHECKOUT

QEMU = (
    *("nice", "-n", "15", "qemu-system-x86_64", "-M", "q35", "-accel", "tcg,thread=multi", "-cpu", "Nehalem"),
    *("-smp", "2", "-m", "768", "-display", "none", "-nodefaults", "-no-reboot", "-device", "virtio-rng-pci"),
)
KERNEL = "console=ttyS0 rw panic=-1 quiet mitigations=off audit=0"


class Failed(Exception):
    """A check has failed; the text says what was seen."""


class Guest:
    """A guest that runs `check`, with `disk` as its second one. Ended, however far it is, with its `with`."""

    def __init__(self, image: Path, check: str, count: int = 0, disk: Path | None = None) -> None:
        self._log = tempfile.NamedTemporaryFile(prefix="shelfpost-console-")  # noqa: SIM115
        disks = [f"file={image}/root.img,if=virtio,format=raw,snapshot=on"]
        disks += [f"file={disk},if=virtio,format=raw"] if disk else []
        self._command = [
            *QEMU,
            *("-serial", f"file:{self._log.name}", "-serial", "stdio"),
            *("-kernel", f"{image}/vmlinuz", "-initrd", f"{image}/initrd"),
            *("-append", f"{KERNEL} check={check} count={count}"),
            *(word for each in disks for word in ("-drive", each)),
            *("-virtfs", f"local,path={CHECKOUT},mount_tag=checkout,security_model=none,readonly=on"),
        ]
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def __enter__(self) -> Guest:
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.cut()
        self._log.close()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            if line.endswith("\n"):  # a line that the cut has shortened says nothing
                self._lines.put(line.strip())
        self._lines.put(None)

    def cut(self) -> None:
        """Take the power away. May be called twice."""
        self._process.kill()
        self._process.wait()
        self._reader.join()

    def lines(self, seconds: float) -> Iterator[str]:
        """What it says, until it has ended. Raises Failed after `seconds` in all."""
        end = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.001, end - time.monotonic()))
            except queue.Empty:
                raise Failed(
                    f"not done within {seconds:.0f} s; the guest's console: {self._console()}"
                ) from None
            if line is None:
                return
            yield line

    def _console(self) -> str:
        return Path(self._log.name).read_text(errors="replace")[-400:].strip() or "empty"
