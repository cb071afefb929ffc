"""A person who walks through docs/walk.md: types its commands in a real shell, scans at a real station."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.daemon.process import Process
from tests.mosquitto import PATIENCE
from tests.walk.later import AHEAD
from tests.walk.page import PAGE, Scanned, Step, Typed, chapters, is_as_shown

STATION = [sys.executable, "-m", "tests.walk.later"]
MORNING = datetime(2026, 11, 24, 1, tzinfo=UTC)
"""Nine o'clock in Shanghai, when the walk begins."""


class Person:
    """In `folder`, where the page's broker is the one at `port`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.walked: list[str] = []
        self._port = port
        self._chapters = chapters(PAGE.read_text("utf-8"))
        self._began = datetime.now(UTC)
        self._days = 0
        self._desk: Process | None = None
        self._open = ExitStack()
        self._put_the_command_on_the_path()

    def __enter__(self) -> Person:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def walk(self, chapter: str) -> None:
        """Do all that the page says under this heading, and see what it says that one sees."""
        self.walked.append(chapter)
        for step in self._chapters[chapter]:
            self._do(step)

    def waits(self, days: int) -> None:
        """So many days go by."""
        self._days += days

    def unwalked(self) -> list[str]:
        """What the page tells, and nobody has done."""
        return [name for name, steps in self._chapters.items() if steps and name not in self.walked]

    def types(self, line: str) -> str:
        """What a command says. It has to succeed."""
        done = subprocess.run(
            ["bash", "-ec", line],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"$ {line}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def _do(self, step: Step) -> None:
        match step:
            case Scanned(code, signal):
                assert (code, self._station().answer(code)) == (code, signal)
            case Typed(command, output):
                self._type(command, output)

    def _type(self, command: str, output: str) -> None:
        match shlex.split(command):
            case ["cat", path] if not (self.folder / path).exists() or path.endswith("station.toml"):
                (self.folder / path).write_text(self._at_this_broker(output), "utf-8")
            case ["mkfifo", path]:
                self._gets_a_scanner(self.folder / path)
            case [*_, "run", "&"]:
                self._station().environment = self._environment()
                self._station().start()
                self._station().wait_for("ready")
            case ["kill", "%1"]:
                assert self._station().stop() == 0
            case _:
                said = self.types(command)
                assert is_as_shown(output, said), f"$ {command}\n{said}\nbut the page shows:\n{output}"

    def _station(self) -> Process:
        assert self._desk is not None, "the page has not got a scanner yet"
        return self._desk

    def _gets_a_scanner(self, fifo: Path) -> None:
        self._desk = self._open.enter_context(Process(fifo.parent, scans=fifo.name))
        self._desk.program = STATION

    def _at_this_broker(self, text: str) -> str:
        """The page's configuration as the test needs it: its own port, and no wait for a repeated scan."""
        return text.replace("port = 1883", f"port = {self._port}\n[session]\nrepeat_seconds = 0.000001")

    def _put_the_command_on_the_path(self) -> None:
        command = self.folder / "bin" / "station"
        command.parent.mkdir(parents=True)
        command.write_text(f'#!/bin/sh\nexec {shlex.join(STATION)} "$@"\n')
        command.chmod(0o755)

    def _environment(self) -> dict[str, str]:
        ahead = MORNING - self._began + timedelta(days=self._days)
        return {
            **os.environ,
            AHEAD: str(ahead.total_seconds()),
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
            "PYTHONPATH": str(PAGE.parents[1]),
            "SHELFPOST_CONFIG": "station.toml",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
        }
