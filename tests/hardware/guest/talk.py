"""Talking to a station: its commands, and what it says in its log, line by line as it comes."""

from __future__ import annotations

import json
import queue
import re
import subprocess
import threading
import time
from collections.abc import Iterable, Sequence

from tests.hardware.guest.tally import MADE

PATIENCE = 180.0
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


class Talk:
    """`words` is the command, up to its configuration; `scanners` are those whose answers are looked for."""

    def __init__(self, words: Sequence[str], scanners: Iterable[str]) -> None:
        self.words = words
        self._answer = rf"^INFO [\w.]+: ({'|'.join(scanners)}): \w+"
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.log: list[str] = []

    def command(self, *words: str) -> str:
        """What another command of the station prints. Raises CalledProcessError."""
        return subprocess.run([*self.words, *words], check=True, stdout=subprocess.PIPE, text=True).stdout

    def stock(self, readers: list[str], items: list[str]) -> None:
        """A library that lends any number of books to one reader."""
        self.command("library", "create", "--id", "oak", "--name", "Oak School", "max_loans=100000")
        self.command("reader", "add", *readers)
        self.command("item", "add", *items)

    def loans(self) -> dict[str, str]:
        """Who has which book."""
        return {each["item"]: each["reader"] for each in json.loads(self.command("loan", "list", "--json"))}

    def listen(self, log: Iterable[str]) -> None:
        threading.Thread(target=self._listen, args=(log,), daemon=True).start()

    def _listen(self, log: Iterable[str]) -> None:
        for line in log:
            self.log.append(line.rstrip())
            MADE["scans"] += bool(re.search(self._answer, line))
            self._said.put(self.log[-1])

    def until(self, pattern: str, seconds: float = PATIENCE) -> str:
        """The next line of the log that matches; what comes before it is passed over."""
        end = time.monotonic() + seconds
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
