"""Lends one book after another until the power is cut. The host compares what it reads after the next start.

The log's line comes between the commit and the green light: a book that is told here has to be on loan for
good.
A second file is written beside it and never synced: what is lost of that shows that the cut is one.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
from pathlib import Path

from station.wiring import STORE
from tests.hardware.guest.running import Station
from tests.hardware.guest.typist import Typist

DISK, FOLDER = "/dev/vdb", Path("/media")


def check(count: int) -> str:
    """`count` books are on the shelf before the first cut; it never ends otherwise before all are lent."""
    subprocess.run(["mount", "-t", "ext4", DISK, str(FOLDER)], check=True)
    data, unsynced = FOLDER / "station", FOLDER / "unsynced"
    books = [f"BK-{n:05d}" for n in range(count)]
    station = Station({"counter": "us"}, folder=data)
    if data.exists():
        lent = sorted(station.loans())
    else:
        station.stock(["RD-1"], books)
        lent = []
    print("store:", _integrity(data / STORE), flush=True)
    print("unsynced:", unsynced.stat().st_size if unsynced.exists() else 0, flush=True)
    print("loans:", json.dumps(lent), flush=True)
    with Typist("counter") as scanner, station, unsynced.open("ab", buffering=0) as file:
        scanner.scan("RD-1")
        station.answers("counter: welcome")
        for book in sorted(set(books) - set(lent)):
            scanner.scan(book)
            station.answers("counter: borrowed")
            print("lent:", book, flush=True)
            file.write(b".")
    time.sleep(1)
    return "every book is lent, and nobody has cut the power"


def _integrity(path: Path) -> str:
    """SQLite's own word on the file as the cut left it, `ok` if there is nothing to say."""
    with sqlite3.connect(path) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
