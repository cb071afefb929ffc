"""Two scanners type at the same time, key by key in between each other, and no character crosses over."""

from __future__ import annotations

import threading

from tests.hardware.guest.running import Station
from tests.hardware.guest.typist import Typist

NAMES = ("left", "right")
LETTERS = str.maketrans("0123456789", "QWERTZUIOP")


def check(count: int) -> str:
    """`count` scans in all. The two have no character in common but the first ones."""
    books = {name: [_label(name, n) for n in range(count // 2)] for name in NAMES}
    with Typist("left") as left, Typist("right") as right:
        station = Station(dict.fromkeys(NAMES, "us"))
        station.stock(["RD-1"], [each for label in books.values() for each in label])
        with station:
            left.scan("RD-1")
            station.answers("left: welcome")
            typing = [
                threading.Thread(target=_scan_all, args=(scanner, books[name]))
                for name, scanner in (("left", left), ("right", right))
            ]
            for each in typing:
                each.start()
            for _ in range(2 * (count // 2)):
                station.answers("left: borrowed", "right: borrowed")
            for each in typing:
                each.join()
        assert station.answered() == 1 + 2 * (count // 2)
        assert station.loans() == {book: "RD-1" for label in books.values() for book in label}
    return f"{2 * (count // 2)} scans by two scanners at once, every book on loan, nothing else read"


def _label(name: str, n: int) -> str:
    """Digits on the left, letters on the right."""
    digits = f"{n:06d}"
    return "BK-" + (digits if name == "left" else digits.translate(LETTERS))


def _scan_all(scanner: Typist, labels: list[str]) -> None:
    for label in labels:
        scanner.scan(label)
