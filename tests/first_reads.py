"""Two threads that read the same documents at once, for the first time: `python -m tests.first_reads 300`.

Each try is a fork, in which nothing has been read yet. Exits 1 if any of them ends badly.
"""

from __future__ import annotations

import os
import sys
import threading

from station.documents import read, write
from station.model import Item, Library

LOAN = {"reader": "RD-1", "since": "", "due": "2026-12-08"}
DOCUMENTS = ((Item, {"id": "BK-1", "loan": LOAN}), (Library, {"id": "oak", "policy": {"loan_days": 7}}))


def read_all(start: threading.Barrier) -> None:
    start.wait()
    for cls, raw in DOCUMENTS:
        write(read(cls, raw))


def read_twice_at_once() -> None:
    sys.setswitchinterval(1e-6)
    start = threading.Barrier(2)
    other = threading.Thread(target=read_all, args=(start,))
    other.start()
    read_all(start)
    other.join()


def ends_well() -> bool:
    child = os.fork()
    if child == 0:
        try:
            read_twice_at_once()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


if __name__ == "__main__":
    sys.exit(not all(ends_well() for _ in range(int(sys.argv[1]))))
