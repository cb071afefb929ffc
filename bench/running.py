"""A station as a process of its own, and what the kernel knows of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

PATIENCE_SECONDS = 60.0
COMMAND = (str(Path(sys.executable).parent / "station"),)
"""`station`, as it is installed beside this Python."""
WITH_MOCK_PINS = (sys.executable, "-m", "bench.mock_pins")


class Running:
    """`station run`, until SIGTERM at the end of the `with`. `ready_seconds`: from exec to READY=1."""

    def __init__(self, config: Path, command: tuple[str, ...] = COMMAND) -> None:
        self._log = config.with_suffix(".log")
        self._command = (*command, "--config", str(config), "run")

    def __enter__(self) -> Running:
        address = self._log.with_suffix(".notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told, self._log.open("wb") as log:
            told.bind(str(address))
            told.settimeout(PATIENCE_SECONDS)
            began = time.monotonic()
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, env={**os.environ, "NOTIFY_SOCKET": str(address)}
            )
            while told.recv(100) != b"READY=1":
                pass
            self.ready_seconds = time.monotonic() - began
        address.unlink()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE_SECONDS)

    def until_logged(self, text: str) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while text not in self._log.read_text():
            if time.monotonic() > end:
                raise TimeoutError(f"the station never logged {text!r}:\n{self._log.read_text()}")
            time.sleep(0.05)

    def resident_mb(self) -> float:
        """VmRSS: shared libraries count in full."""
        return self._kilobytes("status", "VmRSS:") / 1000

    def proportional_mb(self) -> float:
        """PSS: what is shared with other processes counts in part."""
        return self._kilobytes("smaps_rollup", "Pss:") / 1000

    def cpu_seconds(self) -> float:
        """What all its threads have used so far."""
        return sum(int(each.split()[0]) for each in self._of_threads("schedstat")) / 1e9

    def wakes(self) -> int:
        """How often its threads have gone to sleep by themselves so far, and so were woken."""
        return sum(_field(each, "voluntary_ctxt_switches:") for each in self._of_threads("status"))

    def _kilobytes(self, file: str, name: str) -> int:
        return _field((self._proc / file).read_text(), name)

    def _of_threads(self, file: str) -> list[str]:
        return [(each / file).read_text() for each in (self._proc / "task").iterdir()]

    @property
    def _proc(self) -> Path:
        return Path("/proc") / str(self._process.pid)


def _field(text: str, name: str) -> int:
    """The number behind `name` at the beginning of a line."""
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(name))
