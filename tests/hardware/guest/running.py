"""The real command, `station run`, with evdev scanners and the gpio panel, and what it says."""

from __future__ import annotations

import json
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

PATIENCE = 60.0
"""Seconds after which something that should have happened has not: emulation is slow, and hosts are busy."""

SILENCE_MS = 300
"""Three times the usual: a typist who is emulated stumbles at times."""

PANEL = """
[panel]
driver = "gpio"
green = 17
amber = 27
red = 22
buzzer = 18
"""


class Station:
    """A station with a library of its own, in `folder`. `scanners` are the layouts by the scanners' names."""

    def __init__(self, scanners: Mapping[str, str], folder: Path = Path("/tmp/data")) -> None:
        self.folder = folder
        self._scanners = tuple(scanners)
        self._answer = rf"^INFO [\w.]+: ({'|'.join(scanners)}): \w+"
        self._config = Path("/tmp/station.toml")
        sections = "".join(
            f'[[scanner]]\ndriver = "evdev"\nname = "{name}"\nmatch = "{name}"\nlayout = "{layout}"\n'
            f"silence_ms = {SILENCE_MS}\n"
            for name, layout in scanners.items()
        )
        about = f'[station]\nid = "desk_1"\ndata_dir = "{folder}"\n'
        self._config.write_text(about + sections + PANEL, encoding="utf-8")
        self._said: queue.Queue[str] = queue.Queue()
        self.log: list[str] = []
        self._process: subprocess.Popen[str] | None = None

    def command(self, *words: str) -> str:
        """What another command of the station prints. Raises CalledProcessError."""
        return subprocess.run(self._words(*words), check=True, stdout=subprocess.PIPE, text=True).stdout

    def _words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "station", "--config", str(self._config), *words]

    def stock(self, readers: list[str], items: list[str]) -> None:
        """A library that lends any number of books to one reader."""
        self.command("library", "create", "--id", "oak", "--name", "Oak School", "max_loans=100000")
        self.command("reader", "add", *readers)
        self.command("item", "add", *items)

    def loans(self) -> dict[str, str]:
        """Who has which book."""
        return {each["item"]: each["reader"] for each in json.loads(self.command("loan", "list", "--json"))}

    def __enter__(self) -> Station:
        """Returns when the station is in service and reads every scanner."""
        self._process = subprocess.Popen(self._words("run"), stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        for _ in ("ready", *self._scanners):
            self.until("(ready|scanner .* is there)$")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self._process and self._process.poll() is None:
            self.stop()

    def stop(self) -> int:
        """The exit status, after SIGTERM."""
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE)

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr
        for line in process.stderr:
            self.log.append(line.rstrip())
            self._said.put(self.log[-1])

    def until(self, pattern: str) -> str:
        """The next line of the log that matches; what comes before it is passed over."""
        end = time.monotonic() + PATIENCE
        try:
            while True:
                line = self._said.get(timeout=max(0.0, end - time.monotonic()))
                if re.search(pattern, line):
                    return line
        except queue.Empty:
            tail = "\n".join(self.log[-12:])
            raise AssertionError(f"the station never said {pattern}; it said:\n{tail}") from None

    def answers(self, *expected: str) -> None:
        """The next answer to a scan has to be one of `expected`, as `counter: borrowed`."""
        said = self.until(self._answer)
        assert any(each in said for each in expected), f"{said} in place of {' or '.join(expected)}"

    def answered(self) -> int:
        """How many scans it has answered."""
        return sum(1 for line in self.log if re.search(self._answer, line))
