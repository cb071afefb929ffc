"""Signals as JSON lines, for tests, for programs and for stations without lamps."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from station import masks
from station.drivers.player import PanelError
from station.model import instant
from station.signals import Shown

log = logging.getLogger("station.panel")

STDOUT = 1


class LogPanel:
    """Appends a line for each signal to a file, or writes it to standard output for `-`.

    Each line is one unbuffered write: it is there when `show` returns, and a line that fails is lost alone.
    A file on a disk or a pipe that is read takes it at once; nothing else should be given here.
    Raises PanelError if the file cannot be opened.
    """

    def __init__(self, path: str | Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._failing = False
        self._cut = False
        try:
            self._file = (
                open(STDOUT, "wb", buffering=0, closefd=False)  # noqa: SIM115
                if str(path) == "-"
                else Path(path).open("ab", buffering=0)  # noqa: SIM115
            )
        except OSError as error:
            raise PanelError(f"the log panel cannot write to {path}: {error.strerror}") from error

    def show(self, shown: Shown) -> None:
        """Never raises: a full disk or a closed pipe is logged once, until it works again."""
        try:
            self._write(line(shown, self._now))
            self._failing = False
        except (OSError, ValueError) as error:
            if not self._failing:
                log.error("the log panel cannot write: %s", error)
            self._failing = True

    def _write(self, text: str) -> None:
        data = ("\n" * self._cut + text).encode("ascii")
        written = self._file.write(data) or 0
        self._cut = written < len(data) and (written > 0 or self._cut)
        if written < len(data):
            raise OSError(f"only {written} of {len(data)} bytes of a line were taken")

    def close(self) -> None:
        self._file.close()


def line(shown: Shown, now: Callable[[], datetime]) -> str:
    """`{"signal": "borrowed", "at": …}`, in ASCII whatever the ids hold, and with a newline.

    Of the reader, no more than the last four characters: logs are read by others than the library.
    """
    said = {
        "signal": shown.signal,
        "reason": shown.reason,
        "at": instant((shown.at or now()).astimezone(UTC)),
        "item": shown.item,
        "reader": None if shown.reader is None else masks.code(shown.reader),
    }
    return json.dumps({key: value for key, value in said.items() if value is not None}) + "\n"
