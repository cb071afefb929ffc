"""The store's disk is full, turns read-only, answers nothing, fails: `fault` is shown, and never green."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.hardware.guest.disk import FOLDER, Disk
from tests.hardware.guest.header import YES, Levels, Watch
from tests.hardware.guest.running import Station
from tests.hardware.guest.talk import PATIENCE
from tests.hardware.guest.typist import Typist

RED: Levels = (False, False, True, True)
FAULT_BEEPS = 4
LONGEST_BEEP = 0.2
"""Seconds. `fault` has ten of 80 ms, of which a busy host may hide some; all else that is red has 400."""

PLAYED_SECONDS = 2.0
"""So long after its first light, an answer is over."""

STUCK_SECONDS = 9.0
"""Three times what the station waits before it says that it is held up."""

BOOKS = [f"BK-{n}" for n in range(1, 100)]


def check(_count: int) -> str:
    disk = Disk()
    station = Station({"counter": "us"}, folder=FOLDER / "station", more="[session]\nreader_seconds = 600\n")
    station.stock(["RD-1"], BOOKS)
    with Typist("counter") as scanner:
        desk = Desk(station, scanner)
        with desk.open():
            _refuses(desk, disk.full)
            _refuses(desk, disk.read_only)
            _is_stuck(desk, disk)
            _fails(desk, disk)
        disk.unmount()
        disk.mount()
        with desk.open():
            assert desk.sees_green(desk.scans())
    assert station.loans() == dict.fromkeys(desk.lent, "RD-1"), f"not the {len(desk.lent)} that were green"
    return (
        "full, read-only, stuck, failing: fault each time, one line in the log, never green; the first three"
        f" needed no restart, the last a new mount; {len(desk.lent)} loans were green, and these are there"
    )


def _refuses(desk: Desk, harm: Callable[[], AbstractContextManager[None]]) -> None:
    """A disk that is full still has room for some loans in what the store has taken of it before."""
    assert desk.sees_green(desk.scans())
    with desk.one_error():
        with harm():
            while desk.sees_green(desk.scans()):
                assert len(desk.lent) < len(BOOKS) - 1, f"{harm.__name__}, and yet it takes all"
            assert not desk.sees_green(desk.scans())
        assert desk.sees_green(desk.scans())


def _is_stuck(desk: Desk, disk: Disk) -> None:
    """What was scanned is on loan as soon as the disk has it, and so it is shown then."""
    with desk.one_error():
        with disk.stuck():
            since = desk.scans()
            assert not desk.sees_green(since)
            time.sleep(STUCK_SECONDS)
            desk.saw_no_green(since)
        assert desk.sees_green(time.monotonic())
    assert desk.sees_green(desk.scans())


def _fails(desk: Desk, disk: Disk) -> None:
    """What ext4 makes of a disk that is well again depends on what has failed; a new mount always works."""
    with disk.failing():
        assert not desk.sees_green(desk.scans())
        assert not desk.sees_green(desk.scans())
    assert desk.station.runs()


class Desk:
    """Somebody who scans one book after the other, each until it is lent, and looks at the lamps."""

    def __init__(self, station: Station, scanner: Typist) -> None:
        self.station = station
        self.lent: list[str] = []
        self._scanner = scanner

    @contextmanager
    def open(self) -> Iterator[None]:
        with Watch() as self._watch, self.station:
            self._scanner.scan("RD-1")
            self.station.answers("counter: welcome")
            time.sleep(PLAYED_SECONDS)
            yield

    def scans(self) -> float:
        """The next book; returns when."""
        now = time.monotonic()
        self._scanner.scan(BOOKS[len(self.lent)])
        return now

    def sees_green(self, since: float) -> bool:
        """Whether the book is answered by green, and not by `fault`."""
        end = time.monotonic() + PATIENCE
        while self._watch.levels() != YES:
            if self._beeps(since) >= FAULT_BEEPS:
                time.sleep(PLAYED_SECONDS)
                self.saw_no_green(since)
                return False
            assert time.monotonic() < end, "\n".join(self.station.log[-8:])
            time.sleep(0.005)
        self.station.answers("counter: borrowed")
        self.lent.append(BOOKS[len(self.lent)])
        time.sleep(PLAYED_SECONDS)
        return True

    def saw_no_green(self, since: float) -> None:
        assert YES not in [levels for levels, _ in self._watch.runs(since)], "green, and it is not on disk"

    def _beeps(self, since: float) -> int:
        return sum(levels == RED and seconds < LONGEST_BEEP for levels, seconds in self._watch.runs(since))

    @contextmanager
    def one_error(self) -> Iterator[None]:
        """The log has one line for whoever looks after the station, however often somebody scans."""
        before = len(self.station.log)
        yield
        errors = [line for line in self.station.log[before:] if line.startswith("ERROR")]
        print("\n".join(errors), flush=True)
        assert len(errors) == 1, f"not one line: {errors}"
