"""The station as a process of its own: scans go in by a FIFO, signals come out as JSON lines."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any

from station.model import Item, Policy
from station.store import Store
from station.wiring import STORE
from tests.mosquitto import HOST, PATIENCE
from tests.stores import EPOCH, LIBRARY, STATION, events, stock

STATION_COMMAND = [sys.executable, "-m", "station"]
NO_ANSWERS = ("starting", "ready", "offline", "degraded", "locked")
BOOKS = [f"BK-{number}" for number in range(1, 41)]


class Process:
    """A station in `folder`, with a FIFO for `scans` and standard output for its panel, unless named."""

    def __init__(
        self,
        folder: Path,
        *,
        broker: int | None = None,
        scans: str = "scans",
        panel: str = "-",
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.config = folder / "station.toml"
        self.config.write_text(configuration(broker, scans, panel))
        self.environment: Mapping[str, str] = os.environ
        self.program: Sequence[str] = STATION_COMMAND
        self._shown: queue.Queue[dict[str, Any]] = queue.Queue()
        self._process: subprocess.Popen[str] | None = None
        self._scans = -1
        if scans != "-":
            os.mkfifo(folder / scans)
            self._scans = os.open(folder / scans, os.O_RDWR)

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        if self._scans >= 0:
            os.close(self._scans)

    def start(self, *, stdin: str | None = None) -> None:
        """Start `station run`. With `stdin`, that is all it will ever read there."""
        with (self.folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                [*self.program, "--config", self.config, "run"],
                stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=self.environment,
            )
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        if stdin is not None and self._process.stdin:
            self._process.stdin.write(stdin)
            self._process.stdin.close()

    def store(self, *, epoch: str = EPOCH) -> Store:
        return Store.open(self.folder / "data" / STORE, STATION, epoch=epoch)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another command of `station` beside the daemon."""
        whole = [*STATION_COMMAND, "--config", str(self.config), *words]
        return subprocess.run(whole, capture_output=True, text=True, timeout=PATIENCE, check=False)

    def scan(self, line: str | bytes) -> None:
        data = line.encode() if isinstance(line, str) else line
        os.write(self._scans, data + b"\n")

    def shown(self) -> str:
        """The next signal, with its reason; waits for it."""
        said = self._shown.get(timeout=PATIENCE)
        return " ".join((said["signal"], *([said["reason"]] if "reason" in said else [])))

    def answer(self, line: str | bytes) -> str:
        """What is shown for a scan, passing over what is shown of the station itself."""
        self.scan(line)
        while (said := self.shown()) in NO_ANSWERS:
            pass
        return said

    def wait_for(self, signal_: str) -> list[str]:
        """What is shown until this is, itself included."""
        said = [self.shown()]
        while said[-1] != signal_:
            said.append(self.shown())
        return said

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal; returns the exit status."""
        self.running().send_signal(number)
        return self.ended()

    def ended(self) -> int:
        """The exit status, once it has ended by itself."""
        return self.running().wait(PATIENCE)

    def kill(self) -> None:
        """`kill -9`. May be called twice."""
        if self._process:
            self._process.kill()
            self._process.wait(PATIENCE)

    def running(self) -> subprocess.Popen[str]:
        assert self._process is not None, "the station has not been started"
        return self._process

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._shown.put(json.loads(line))


def configuration(
    broker: int | None, scans: str, panel: str = "-", providers: Sequence[str] = ("catalogue", "broker")
) -> str:
    """A station that reads lines and shows lines, with no wait for a scan that is repeated on purpose.

    It asks nobody on the internet.
    """
    lines = ["[station]", f'id = "{STATION}"', f'library = "{LIBRARY}"', 'data_dir = "data"']
    lines += ["[[scanner]]", 'driver = "lines"', f'path = "{scans}"']
    lines += ["[panel]", 'driver = "log"', f'path = "{panel}"']
    lines += ["[session]", "repeat_seconds = 0.000001"]
    lines += ["[lookup]", "providers = [" + ", ".join(f'"{each}"' for each in providers) + "]"]
    lines += ["[broker]", f'host = "{HOST}"', f"port = {broker}"] if broker else []
    return "\n".join(lines) + "\n"


def shelve(station: Process) -> None:
    with closing(station.store()) as store:
        stock(store, readers=["RD-1001", "RD-2", "RD-3"], items=BOOKS, policy=Policy(max_loans=100))


def kept(station: Process) -> list[dict[str, Any]]:
    """The events in its log."""
    with closing(station.store()) as store:
        return events(store)


def lent(station: Process) -> list[str]:
    with closing(station.store()) as store:
        return [each.id for each in store.shelf.all(Item) if each.loan]


def types(found: list[dict[str, Any]]) -> list[str]:
    return [each["type"].removeprefix("shelfpost.").removesuffix(".v1") for each in found]
