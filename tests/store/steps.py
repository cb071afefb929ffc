"""Steps for strace to watch: `python -m tests.store.steps FILE`. Each begins with a line on stderr."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path

from station.decision import Decision
from station.model import Item
from station.session import State
from station.store import Store
from tests.stores import STATION, SetClock, save, stock


def step(name: str) -> None:
    os.write(2, f"-- {name}\n".encode())


def main(path: Path) -> None:
    with (
        closing(Store.open(path, STATION)) as store,
        closing(Store.open(path, STATION, durable=False)) as link,
    ):
        stock(store)
        with link.transaction(synced=True):  # a handle's first sync is of the folder too
            link.journal.live("running")
        for number in (1, 2, 3):
            step(f"save {number}")
            save(store, Item(id=f"BK-{number}"))
        step("nothing")
        store.decide(lambda _: Decision(state=State()), SetClock().now())
        step("not durable")
        save(link, Item(id="BK-4"))
        step("synced all the same")
        with link.transaction(synced=True):
            link.journal.reach("handed", 1)
        step("not durable again")
        with link.transaction():
            link.journal.reach("handed", 2)
        step("close")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
