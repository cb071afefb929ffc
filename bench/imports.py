"""What importing a list costs, and what a reader at the desk feels of it meanwhile.

The list is imported by `station title import` and `station item import`, in processes of their own, into the
store of a desk in this one that lends and takes back all the time.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import takewhile
from pathlib import Path

from bench import place, report, sample
from bench.running import COMMAND
from station.desk import Desk
from station.drivers.clock import SystemClock
from station.session import Times
from station.store import Store
from station.wiring import STORE

TITLES, COPIES = 100_000, 10_000
ITEMS = 1_000
REST_SECONDS = 0.05
"""Between two scans."""
ALONE_SECONDS = 10.0


def run() -> None:
    with place.work_folder() as folder:
        data = place.station_folder(folder, ITEMS)
        config = place.config(folder / "station.toml", data)
        with closing(Store.open(data / STORE, sample.STATION)) as store:
            end = time.monotonic() + ALONE_SECONDS
            alone = list(takewhile(lambda _: time.monotonic() < end, _loans(store)))
            report.say(f"a loan with nothing beside it: {report.spread(alone)}")
            _measure(store, config, "title", _titles(folder / "titles.csv"))
            _measure(store, config, "item", _copies(folder / "items.csv"))


def _measure(store: Store, config: Path, kind: str, file: Path) -> None:
    began = time.monotonic()
    command = [*COMMAND, "--config", str(config), kind, "import", str(file)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        beside, peak = [], 0.0
        for seconds in _loans(store):
            beside.append(seconds)
            peak = max(peak, _peak_mb(process.pid))
            ended, _, used = os.wait4(process.pid, os.WNOHANG)
            if ended:
                process.returncode = 0
                break
    rows = file.read_text().count("\n") - 1
    took, cpu = time.monotonic() - began, used.ru_utime + used.ru_stime
    report.say(f"{rows:,} rows by `{kind} import`: {took:.1f} s, {cpu:.1f} s of processor time")
    report.target("  its peak of memory", peak, high=45, unit=" MB")
    report.say(f"  a loan beside it: {report.spread(beside)}, longest {max(beside) * 1000:.0f} ms")


def _peak_mb(process: int) -> float:
    """VmHWM so far; 0 once it has ended. `ru_maxrss` would count what this process had when it forked."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    kilobytes = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(kilobytes[0]) / 1000 if kilobytes else 0.0


def _loans(store: Store) -> Iterator[float]:
    """How long each loan took, with the reader's card before it and the return after it left aside."""
    desk, clock = Desk(store, times=Times(repeat=0.0)), SystemClock()
    book = sample.item_id(1)
    while True:
        desk.scan("bench", sample.reader_id(1), clock.now())
        began = time.monotonic()
        desk.scan("bench", book, clock.now())
        yield time.monotonic() - began
        desk.scan("bench", "CMD-DONE", clock.now())
        desk.scan("bench", book, clock.now())
        time.sleep(REST_SECONDS)


def _titles(file: Path) -> Path:
    with file.open("w") as rows:
        print("isbn,title,authors,publisher,year,language", file=rows)
        for number in range(TITLES):
            name = f"红楼梦研究 第{number}卷,曹雪芹；高鹗"
            print(f"{sample.isbn(number)},{name},人民文学出版社,{1950 + number % 70},chi", file=rows)
    return file


def _copies(file: Path) -> Path:
    with file.open("w") as rows:
        print("item,isbn,location", file=rows)
        for number in range(COPIES):
            print(f"BK-new-{number},{sample.isbn(number)},A {number % 40}", file=rows)
    return file
