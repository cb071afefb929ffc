"""A scanner is pulled out in the middle of a code and comes back as another device, again and again.

The half that was typed is another book's label: had it been taken, that book would be on loan.
"""

from __future__ import annotations

import time
from itertools import pairwise
from random import Random

from tests.hardware.guest.running import Station
from tests.hardware.guest.tally import MADE
from tests.hardware.guest.typist import Typist, strokes

HALF, REST = "BK-12", "34567"


def check(count: int) -> str:
    books = [f"{HALF}{REST}{n:03d}" for n in range(count)]
    halves = [books[0][:length] for length in range(1, len(books[0]))]
    scanner, decoy = Typist("counter"), None
    station = Station({"counter": "us"})
    station.stock(["RD-1"], books + [each for each in halves if each.startswith("BK-")])
    chance, back, paths = Random(count), 0.0, [scanner.path]
    with station:
        scanner.scan("RD-1")
        station.answers("counter: welcome")
        for book in books:
            scanner.press(strokes(book[: chance.randint(1, len(book) - 1)]))
            scanner.unplug()
            MADE["unplugs"] += 1
            station.until("counter is gone: .*unplugged")
            scanner, decoy = _moved(decoy)
            paths.append(scanner.path)
            began = time.monotonic()
            station.until("counter is there")
            back = max(back, time.monotonic() - began)
            scanner.scan(book)
            station.answers("counter: borrowed")
        assert all(a != b for a, b in pairwise(paths)), f"one device all along: {paths[:5]}"
        assert station.answered() == 1 + count, "something else was read than the card and the books"
        assert station.loans() == dict.fromkeys(books, "RD-1")
    scanner.unplug()
    return f"{count} unpluggings, no half code taken, read again each time within {back:.1f} s"


def _moved(decoy: Typist | None) -> tuple[Typist, Typist | None]:
    """The scanner under another number than before.

    The kernel gives the lowest that is free: another device takes the scanner's, and gives it back next time.
    """
    if decoy:
        decoy.unplug()
        return Typist("counter"), None
    taker = Typist("pedal")
    return Typist("counter"), taker
