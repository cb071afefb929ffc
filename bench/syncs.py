"""How many syncs a decision costs, counted by strace over a whole `station run` with a broker.

A decision's syncs are those of the log beside the store, up to its light, since the light before. So few
scans that the log is never full: the syncs of a checkpoint, every few hundred decisions, are left aside.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bench import place, report, sample
from bench.running import COMMAND, PATIENCE_SECONDS, Running
from station.wiring import STORE
from tests.mosquitto import Mosquitto, found

ITEMS = 100
VISITS = 10
SETTLE_SECONDS = 3.0
"""In which the broker gets the library's documents."""
SAVING = {"borrowed", "returned", "added"}
STAFF = "RD-STAFF"
LOOKUP = '[lookup]\nproviders = ["catalogue", "broker"]\n'
"""Titles are looked up meanwhile, and nobody on the internet is asked."""
SYNC = re.compile(rf"f(?:data)?sync\(\d+<.*/{STORE}-wal>")
LIGHT = re.compile(r"write\(\d+<.*/panel\.log>.*signal\W+(\w+)")


def run() -> None:
    with place.work_folder() as folder, Mosquitto(folder / "broker") as broker:
        broker.start()
        trace = _scan_under_strace(folder, broker.port)
        counts = list(_syncs_by_light(trace.read_text()))
    saving = [syncs for light, syncs in counts if light in SAVING]
    others = [syncs for light, syncs in counts if light not in SAVING]
    for what, syncs, wanted in (("saves", saving, 1), ("saves nothing", others, 0)):
        worst = max(syncs, key=lambda each: abs(each - wanted))
        report.gate(f"syncs of a decision that {what}, worst of {len(syncs)}", worst, wanted, wanted)


def _scan_under_strace(folder: Path, port: int) -> Path:
    """The trace of a station that has made all scans."""
    fifo, panel, trace = folder / "scans", folder / "panel.log", folder / "trace"
    os.mkfifo(fifo)
    scanner = f'[[scanner]]\nname = "scanner"\ndriver = "lines"\npath = "{fifo}"\n'
    parts = (place.broker(port), scanner, place.log_panel(panel), LOOKUP)
    config = place.config(folder / "traced.toml", place.station_folder(folder, ITEMS), *parts)
    subprocess.run([*COMMAND, "--config", config, "reader", "add", STAFF, "--staff"], check=True)
    calls = ("-e", "trace=fsync,fdatasync,write")
    strace = (found("strace"), "--seccomp-bpf", "-D", "-f", "-y", *calls, "-o", str(trace), *COMMAND)
    with Running(config, strace) as station, fifo.open("r+b", buffering=0) as scans:
        station.until_logged("the broker is there")
        time.sleep(SETTLE_SECONDS)
        for each in _scans():
            _scan(scans.fileno(), each, panel)
    return trace


def _scans() -> Iterator[str]:
    """Each of VISITS readers borrows a book; as many others come back; then what changes nothing.

    At last staff takes in as many books whose titles nobody knows.
    """
    free = [number for number in range(ITEMS) if not sample.is_lent(number)]
    lent = [number for number in range(ITEMS) if sample.is_lent(number)]
    for number in range(VISITS):
        yield sample.reader_id(number)
        yield sample.item_id(free[number])
    yield "CMD-DONE"
    yield from (sample.item_id(book) for book in lent[:VISITS])
    yield from ("nothing that is known", "CMD-UNDO", sample.item_id(free[-1]))
    yield from (STAFF, "CMD-ADD")
    for number in range(VISITS):
        yield sample.isbn(ITEMS + number)
        yield f"BK-new-{number}"


def _scan(scans: int, text: str, panel: Path) -> None:
    """Write a line, and wait until the panel has answered it."""
    before, end = panel.read_text().count("\n"), time.monotonic() + PATIENCE_SECONDS
    os.write(scans, f"{text}\n".encode())
    while panel.read_text().count("\n") == before:
        if time.monotonic() > end:
            raise TimeoutError(f"no light for {text}")
        time.sleep(0.005)


def _syncs_by_light(trace: str) -> Iterator[tuple[str, int]]:
    """Each light after `ready`, and the syncs of the log that came before it."""
    syncs, is_ready = 0, False
    for line in trace.splitlines():
        light = LIGHT.search(line)
        if SYNC.search(line):
            syncs += 1
        elif light:
            if is_ready and light[1] != "stopping":
                yield light[1], syncs
            is_ready, syncs = is_ready or light[1] == "ready", 0
