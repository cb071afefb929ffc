"""The power is cut at any moment while books are lent; after the next start each loan that was told is there.

QEMU is killed with SIGKILL: what the guest has not written through to its second disk is gone. It shows that
the station syncs before it answers, not that an SD card obeys.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from msgspec import Struct

from tests.hardware.machine import Failed, Guest

BOOKS = 3000
START_SECONDS = 180.0
"""Up to the first loan; the first start also stocks the library."""

LONGEST_SECONDS = 4.0
"""From the first loan to the cut, at most."""


class Known(Struct):
    """What has been seen so far: books that were told to be on loan, bytes of a file that is never synced."""

    told: set[str]
    unsynced: int = 0
    untold: int = 0
    lost_unsynced: int = 0


def power_cuts(image: Path, count: int) -> str:
    known, chance = Known(set()), Random()
    with tempfile.TemporaryDirectory(prefix="shelfpost-cuts-") as folder:
        disk = Path(folder) / "store.img"
        subprocess.run(["mkfs.ext4", "-q", str(disk), "256M"], check=True, stdout=subprocess.DEVNULL)
        for cut in range(count + 1):
            with Guest(image, "power_cut", BOOKS, disk) as guest:
                _compare(guest, known)
                if cut < count:
                    _lend_and_cut(guest, known, chance.uniform(0, LONGEST_SECONDS))
    if not known.lost_unsynced:
        raise Failed("what was never synced survived each cut as well: these were no power cuts")
    return (
        f"{count} cuts, {len(known.told)} loans, none lost, each store sound; {known.untold} on disk"
        f" and not yet told; of a file that is never synced {known.lost_unsynced} bytes were lost"
    )


def _compare(guest: Guest, known: Known) -> None:
    """What the guest finds on the disk, against what was told. At most one loan was on its way."""
    lines = guest.lines(START_SECONDS)
    store, unsynced, found = (_after(word, lines) for word in ("store: ", "unsynced: ", "loans: "))
    loans = set(json.loads(found))
    missing, more = sorted(known.told - loans), sorted(loans - known.told)
    if store != "ok" or missing or len(more) > 1:
        raise Failed(f"the store is {store}; told and not on loan: {missing}; on loan and not told: {more}")
    known.told |= loans
    known.untold += len(more)
    known.lost_unsynced += known.unsynced - int(unsynced)
    known.unsynced = int(unsynced)


def _lend_and_cut(guest: Guest, known: Known, seconds: float) -> None:
    lines = guest.lines(START_SECONDS)
    told = [_after("lent: ", lines)]
    time.sleep(seconds)
    guest.cut()
    told += [line.removeprefix("lent: ") for line in lines]
    known.told |= set(told)
    known.unsynced += len(told)


def _after(word: str, lines: Iterator[str]) -> str:
    """What the next line says after `word`."""
    line = next(lines, "nothing more")
    if not line.startswith(word):
        raise Failed("\n".join([f"no {word.strip(': ')}, but: {line}", *lines]))
    return line.removeprefix(word)
