"""The daemon's scanners: a thread for each, which of them are there, and which were not yet heard of."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from msgspec import Struct

from station.drivers import Reading, Report, Scanner, ScannerEnded, ScannerFound, ScannerLost


class Broken(Struct, frozen=True):
    """A scanner's thread has failed, by a fault of ours: the daemon ends, and systemd starts it again."""

    error: Exception


class Scanners:
    """`there` is kept here for the health topic; `emit` is called from the scanners' threads, and must only
    queue. What it gets is to be given to `heard`, in one thread."""

    def __init__(
        self, scanners: Sequence[Scanner], there: dict[str, bool], emit: Callable[[Report | Broken], None]
    ) -> None:
        self._scanners = scanners
        self._there = there
        self._emit = emit
        self._unheard: set[str] = set()

    def start(self) -> None:
        for each in self._scanners:
            self._there[each.name] = True
            self._unheard.add(each.name)
            threading.Thread(target=self._listen, args=(each,), name=each.name, daemon=True).start()

    def _listen(self, scanner: Scanner) -> None:
        try:
            scanner.run(self._emit)
        except Exception as error:
            self._emit(Broken(error))

    def heard(self, report: Report) -> None:
        self._unheard.discard(report.scanner)
        match report:
            case ScannerFound(name):
                self._there[name] = True
            case ScannerLost(name):
                self._there[name] = False
            case ScannerEnded(name):
                self._there.pop(name, None)
            case Reading():
                pass

    @property
    def are_all_heard(self) -> bool:
        """Each is open, or was found missing: no scan that follows is lost."""
        return not self._unheard

    @property
    def have_all_ended(self) -> bool:
        return not self._there

    def close(self) -> None:
        for each in self._scanners:
            each.close()
