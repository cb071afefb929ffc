"""From a scanner's last key to the light, against a bare append and fdatasync on the same disk, in turn."""

from __future__ import annotations

import logging
import os
import random
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench import place, report, sample
from bench.typist import Typed
from station.signals import Signal

SIZES = (1_000, 100_000)
SCANS = 400
"""Loans, and then as many returns, in each library."""
WARM = 20
"""Scans before the first that counts; the size of a commit is taken from them."""
REST_SECONDS = 0.02
"""A bare append comes after a rest, as a scan's commit comes after its typing."""


class Appender:
    """The least that a durable write can cost: an append to a file, and fdatasync."""

    def __init__(self, path: Path, size: int) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC)
        self._bytes = os.urandom(size)

    def append(self) -> float:
        time.sleep(REST_SECONDS)
        began = time.monotonic()
        os.write(self._file, self._bytes)
        os.fdatasync(self._file)
        return time.monotonic() - began


class Visits:
    """Readers in a library of so many items: each borrows a book, and in the end all books come back."""

    def __init__(self, station: Typed, items: int) -> None:
        free = [number for number in range(items) if not sample.is_lent(number)]
        self._books = [sample.item_id(each) for each in random.Random(items).sample(free, WARM + SCANS)]
        self._readers = items // sample.ITEMS_A_READER
        self._station = station
        self.items = items
        self.taken: list[float] = []
        self.scans = 0
        before = station.wal_bytes()
        for number in range(WARM):
            self.borrow(number)
        self.commit_bytes = (station.wal_bytes() - before) // WARM
        self.taken.clear()
        self.scans, self._desk, self._scanner = 0, station.desk_seconds(), station.scanner_seconds()

    def borrow(self, number: int) -> None:
        self._scan(sample.reader_id(number % self._readers), Signal.WELCOME)
        self.taken.append(self._scan(self._books[number], Signal.BORROWED))

    def leave(self) -> None:
        self._scan("CMD-DONE", Signal.GOODBYE)

    def give_back(self, number: int) -> None:
        self.taken.append(self._scan(self._books[number], Signal.RETURNED))

    def cpu_seconds(self) -> tuple[float, float]:
        """Of a scan, on average: the desk's, and the scanner's that reads it key by key."""
        desk = self._station.desk_seconds() - self._desk
        scanner = self._station.scanner_seconds() - self._scanner
        return desk / self.scans, scanner / self.scans

    def _scan(self, text: str, expected: Signal) -> float:
        self.scans += 1
        return self._station.scan(text, expected)


def run() -> None:
    _log_as_the_station_does()
    with place.work_folder() as folder, ExitStack() as opened:
        visits = [
            Visits(opened.enter_context(Typed(place.station_folder(folder, items))), items) for items in SIZES
        ]
        appender = Appender(folder / "appended", visits[-1].commit_bytes)
        bare = _in_turn(visits, appender)
        _report(visits, bare)


def _in_turn(visits: list[Visits], appender: Appender) -> list[float]:
    bare = []
    for number in range(WARM, WARM + SCANS):
        for each in visits:
            each.borrow(number)
            bare.append(appender.append())
    for each in visits:
        each.leave()
    for number in range(WARM, WARM + SCANS):
        for each in visits:
            each.give_back(number)
            bare.append(appender.append())
    return bare


def _report(visits: list[Visits], bare: list[float]) -> None:
    report.say(f"append and fdatasync of {visits[-1].commit_bytes} bytes, a commit's: {report.spread(bare)}")
    for each in visits:
        report.say(f"last key to light, {each.items:,} items: {report.spread(each.taken)}")
        desk, scanner = each.cpu_seconds()
        report.say(f"  processor time of a scan: desk {desk * 1000:.2f} ms, scanner {scanner * 1000:.2f} ms")
        report.target("  median to append's", median(each.taken) / median(bare), high=1.6)
        report.target("  p99 to append's", report.p99(each.taken) / report.p99(bare), high=3.0)
    small, large = visits
    report.target(
        f"median at {large.items:,} to {small.items:,}", median(large.taken) / median(small.taken), high=1.2
    )


def _log_as_the_station_does() -> None:
    """A line for each decision belongs to the way of a scan."""
    logging.basicConfig(stream=Path(os.devnull).open("w"), level=logging.INFO)  # noqa: SIM115
