"""Lends one book after another until the power is cut. The host compares what it reads after the next start.

A loan is told when its green lamp is seen: the level that the kernel has for that line.
A second file is written beside it and never synced: what is lost of that shows that the cut is one.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import termios
from pathlib import Path

from station.wiring import STORE
from tests.hardware.guest.header import YES, Watch
from tests.hardware.guest.running import Station
from tests.hardware.guest.typist import Typist

DISK, FOLDER = "/dev/vdb", Path("/media")

BLINKS = "[welcome]\ngreen = [60]\nbuzzer = [60]\n[borrowed]\ngreen = [60]\nbuzzer = [60]\n"
"""So short that it is over before the next book is typed: the lamp that is seen is this book's."""


def check(count: int) -> str:
    """`count` books are on the shelf before the first cut; it never ends otherwise before all are lent."""
    subprocess.run(["mount", "-t", "ext4", DISK, str(FOLDER)], check=True)
    data, unsynced = FOLDER / "station", FOLDER / "unsynced"
    blinks = Path("/tmp/signals.toml")
    blinks.write_text(BLINKS, encoding="ascii")
    station = Station({"counter": "us"}, folder=data, more=f'signals = "{blinks}"\n')
    if not data.exists():
        station.stock(["RD-1"], [f"BK-{n:05d}" for n in range(count)])
    store, lent, shelf = _found(data / STORE)
    print("store:", store, flush=True)
    print("unsynced:", unsynced.stat().st_size if unsynced.exists() else 0, flush=True)
    print("loans:", json.dumps(lent), flush=True)
    with Typist("counter") as scanner, Watch() as watch, station, unsynced.open("ab", buffering=0) as file:
        print("in service", flush=True)
        for text in ["RD-1", *shelf]:
            watch.until_not(YES)
            scanner.scan(text)
            watch.until(YES)
            print("green:", text, flush=True)
            termios.tcdrain(sys.stdout.fileno())
            file.write(b".")
    return "every book is lent, and nobody has cut the power"


def _found(path: Path) -> tuple[str, list[str], list[str]]:
    """SQLite's own word on the file as the cut left it, `ok` if all is well; books lent, and not."""
    with sqlite3.connect(path) as connection:
        (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
        rows = connection.execute("SELECT id, json_extract(body, '$.loan') FROM items ORDER BY id").fetchall()
    return verdict, [item for item, loan in rows if loan], [item for item, loan in rows if not loan]
