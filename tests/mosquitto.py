"""A real Mosquitto on a free port of this machine, which can be stopped, killed, frozen and started again."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from types import TracebackType

import pytest

HOST = "127.0.0.1"
PATIENCE = 20.0
"""Seconds after which a test that waits has failed; none waits so long otherwise."""


class Mosquitto:
    """A broker that forgets all when it ends (`persistence false`).

    `settings` are lines for its configuration; `listener` more lines for the listener at `port`. With
    `plain` there is a second one at `plain_port` without these.
    """

    def __init__(
        self,
        folder: Path,
        *,
        settings: str = "allow_anonymous true",
        listener: str = "",
        plain: bool = False,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.plain_port = free_port() if plain else self.port
        self._binary = found("mosquitto")
        self._config = folder / "mosquitto.conf"
        self._log = folder / "mosquitto.log"
        self._config.write_text(
            f"user {getpass.getuser()}\npersistence false\nmax_queued_messages 0\n"
            f"listener {self.port} {HOST}\n{listener}\n"
            + (f"listener {self.plain_port} {HOST}\n" if plain else "")
            + f"{settings}\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Mosquitto:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Returns once it takes connections. On the same port each time, and with an empty memory."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([self._binary, "-c", self._config], stdout=log, stderr=log)
        while not (accepts(self.port) and accepts(self.plain_port)):
            self._still_runs(0.01)

    def stop(self) -> None:
        """SIGTERM, and wait."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL, and wait. May be called twice."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """It keeps its connections and takes new ones, but answers nothing."""
        self._running().send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._running().send_signal(signal.SIGCONT)

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "the broker has not been started"
        return self._process

    def _still_runs(self, seconds: float) -> None:
        """Let `seconds` go by. Fails if the broker ends meanwhile."""
        try:
            self._running().wait(seconds)
        except subprocess.TimeoutExpired:
            return
        raise AssertionError(f"mosquitto did not start:\n{self.log()}")

    def _end(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(PATIENCE)
            self._process = None


def found(program: str) -> str:
    """Where the program is; Debian keeps brokers out of a user's path."""
    path = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind((HOST, 0))
        return int(tried.getsockname()[1])


def accepts(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=PATIENCE).close()
    except ConnectionRefusedError:
        return False
    return True
