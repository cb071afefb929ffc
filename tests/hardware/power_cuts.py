"""The power is cut at any moment while books are lent; at the next start each loan that was green is there.

QEMU is killed with SIGKILL: what the guest has not written through to its second disk is gone. It shows that
the station syncs before it answers, not that an SD card obeys.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

from msgspec import Struct

from tests.hardware.image import Image
from tests.hardware.machine import LANES, Failed, Guest, second_disk
from tests.hardware.report import Figures

BOOKS = 3000
START_SECONDS = 180.0
"""Up to the first loan; the first start also stocks the library."""

LONGEST_SECONDS = 3.0
"""From the station's start to the cut, at most; about the first half second of it nothing is lent."""

EARLY = 5
"""Of so many cuts one comes while the station starts, and puts right what the last cut has left."""

EARLY_SECONDS = 3.0


class Known(Struct):
    """What has been seen so far: books that were told to be on loan, bytes of a file that is never synced."""

    told: set[str]
    unsynced: int = 0
    untold: int = 0
    lost_unsynced: int = 0
    scans: int = 0


def power_cuts(image: Image, count: int) -> Figures:
    """In each lane a disk of its own takes its share of the cuts."""
    shares = [share for lane in range(LANES) if (share := (count + lane) // LANES)]
    with ThreadPoolExecutor(LANES) as pool:
        lanes = list(pool.map(lambda share: _cuts(image, share), shares))
    lost = sum(each.lost_unsynced for each in lanes)
    if not lost:
        raise Failed("what was never synced survived each cut as well: these were no power cuts")
    told, untold = sum(len(each.told) for each in lanes), sum(each.untold for each in lanes)
    return Figures(
        f"{count} cuts, {told} loans whose green was seen, none lost, each store sound;"
        f" {untold} on disk and not yet green; of a file that is never synced {lost} bytes were lost",
        {"cuts": count, "scans": sum(each.scans for each in lanes)},
    )


def _cuts(image: Image, count: int) -> Known:
    known, chance = Known(set()), Random()
    with second_disk("256M") as disk:
        for cut in range(count + 1):
            with Guest(image, "power_cut", BOOKS, disk=disk) as guest:
                lines = guest.lines(START_SECONDS)
                _compare(guest, lines, known)
                if cut < count:
                    _lend_and_cut(guest, lines, known, early=cut % EARLY == EARLY - 1, chance=chance)
    return known


def _compare(guest: Guest, lines: Iterator[str], known: Known) -> None:
    """What the guest finds on the disk, against what was told. At most one loan was on its way."""
    store, unsynced, found = (_after(word, guest, lines) for word in ("store: ", "unsynced: ", "loans: "))
    loans = set(json.loads(found))
    missing, more = sorted(known.told - loans), sorted(loans - known.told)
    if store != "ok" or missing or len(more) > 1:
        raise Failed(f"the store is {store}; green and not on loan: {missing}; on loan and not green: {more}")
    known.told |= loans
    known.untold += len(more)
    known.lost_unsynced += known.unsynced - int(unsynced)
    known.unsynced = int(unsynced)


def _lend_and_cut(guest: Guest, lines: Iterator[str], known: Known, *, early: bool, chance: Random) -> None:
    if not early:
        _after("in service", guest, lines)
    time.sleep(chance.uniform(0, EARLY_SECONDS if early else LONGEST_SECONDS))
    guest.cut()
    said = [line for line in lines if line != "in service"]
    green = [line.removeprefix("green: ") for line in said if line.startswith("green: ")]
    if len(green) < len(said):
        raise Failed("\n".join(said))
    known.told |= {each for each in green if each.startswith("BK-")}
    known.scans += len(green)
    known.unsynced += len(green)


def _after(word: str, guest: Guest, lines: Iterator[str]) -> str:
    """What the next line says after `word`."""
    line = next(lines, "nothing more")
    if not line.startswith(word):
        said = [f"no {word.strip(': ')}, but: {line}", *lines]
        raise Failed("\n".join([*said, f"the guest's console: {guest.last_words()}"]))
    return line.removeprefix(word)
