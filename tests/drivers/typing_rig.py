"""A scanner's fingers and a daemon's ears: input events as the kernel writes them, and a scanner's thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable
from types import TracebackType

from station.drivers import Report, Scanner
from station.drivers.key_stream import EV_KEY, EV_SYN, EVENT, SYN_DROPPED, SYN_REPORT
from station.drivers.layouts import LAYOUTS

ENTER, SHIFT, ALTGR, SPACE = 28, 42, 100, 57
PATIENCE = 20.0
"""Seconds after which a test that waits has failed; none waits so long otherwise."""


def event(kind: int, code: int, value: int, at: float = 0.0) -> bytes:
    return EVENT.pack(int(at), round(at % 1 * 1_000_000), kind, code, value)


def report(*changes: tuple[int, int], at: float = 0.0) -> bytes:
    """Keys that change in one report of the device, and the end of it."""
    return b"".join(event(EV_KEY, code, value, at) for code, value in changes) + event(
        EV_SYN, SYN_REPORT, 0, at
    )


def stroke(code: int, *held: int, at: float = 0.0) -> bytes:
    """One key, with others held: as a scanner sends it, down in one report and up in the next."""
    down = [(each, 1) for each in (*held, code)]
    return report(*down, at=at) + report(*((each, 0) for each, _ in reversed(down)), at=at)


def typed(text: str, layout: str = "us", at: float = 0.0) -> bytes:
    """`text` as a scanner types it that is set to `layout`; `\\n` is ENTER."""
    return b"".join(stroke(*_keys(char, layout), at=at) for char in text)


def dropped(at: float = 0.0) -> bytes:
    return event(EV_SYN, SYN_DROPPED, 0, at)


def _keys(char: str, layout: str) -> tuple[int, ...]:
    if char == "\n":
        return (ENTER,)
    table = LAYOUTS[layout]
    for level, held in ((table.plain, ()), (table.shifted, (SHIFT,)), (table.altgr, (ALTGR,))):
        codes = [code for code, each in level.items() if each == char]
        if codes:
            return (codes[0], *held)
    raise ValueError(f"{char!r} can't be typed in {layout}")


class Running:
    """A scanner in a thread of its own; closed, and waited for, at the end of the `with`."""

    def __init__(self, scanner: Scanner) -> None:
        self.scanner = scanner
        self._reports: queue.Queue[Report] = queue.Queue()
        self._thread = threading.Thread(target=scanner.run, args=(self._reports.put,), daemon=True)

    def __enter__(self) -> Running:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.scanner.close()
        self.wait()

    def reports(self, number: int) -> list[Report]:
        """The next ones."""
        return [self._reports.get(timeout=PATIENCE) for _ in range(number)]

    def wait(self) -> None:
        """Until `run` has ended."""
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def rest(self) -> list[Report]:
        """All that was reported and not yet taken, once `run` has ended."""
        self.wait()
        return list(_emptied(self._reports))


def _emptied(reports: queue.Queue[Report]) -> Iterable[Report]:
    while not reports.empty():
        yield reports.get()
