"""`kill -9` at any moment: no loan that was shown is lost, and none happens twice.

What this can't show is a power cut: the kernel still has what was written and not synced. That each saving
decision is synced before it is shown is tested in tests/store/test_store.py.
"""

from __future__ import annotations

import json
import os
import random
import select
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from io import FileIO
from pathlib import Path
from typing import NamedTuple

import pytest

from station.model import Item, Policy
from station.store import Store
from station.wiring import STORE
from tests.consumer import Consumer, publish
from tests.daemon.process import Process, kept
from tests.daemon.zygote import Zygote
from tests.link.rig import TOPICS
from tests.mosquitto import PATIENCE, Mosquitto
from tests.stores import EPOCH, STATION, stock

pytestmark = pytest.mark.slow

READERS = [f"RD-{number}" for number in range(1, 5)]
ITEMS = [f"BK-{number}" for number in range(1, 17)]
SIGNALS = {"loan.borrowed": "borrowed", "loan.renewed": "renewed", "loan.returned": "returned"}
SEED = int(os.environ.get("SHELFPOST_SEED", "0")) or random.randrange(2**32)


class Step(NamedTuple):
    """A scan, and what it comes to: the signal and the item, or None where nobody cares."""

    scan: str
    outcome: tuple[str, str] | None = None


def steps(rng: random.Random, holders: dict[str, str]) -> list[Step]:
    """Loans, renewals and returns for every item, given who has which; `holders` is what they lead to."""
    made: list[Step] = []
    for item in rng.sample(ITEMS, len(ITEMS)):
        reader, holder = rng.choice(READERS), holders.get(item)
        if holder is not None and rng.random() < 0.6:
            del holders[item]
            made.append(Step(item, ("returned", item)))
        else:
            holders[item] = reader = holder or reader
            outcome = "renewed" if holder else "borrowed"
            made += [Step(reader), Step(item, (outcome, item)), Step("CMD-DONE")]
    return made


class Rig:
    """A station that is killed again and again, and what it has shown and kept since the last look."""

    def __init__(self, process: Process, rng: random.Random) -> None:
        self.process = process
        self.rng = rng
        self.panel = process.folder / "panel"
        self.panel.touch()
        self.shown = 0
        self._read = 0
        self._seen = 0

    def plan(self) -> list[Step]:
        """What is to be scanned next. No station may run: one that starts takes files away under the copy."""
        return steps(self.rng, self.holders())

    def scan_until(
        self, moment: float, pid: int, planned: list[Step], *, after_an_answer: bool
    ) -> list[Step]:
        """Scan one code after the other, each as soon as the one before is answered, for `moment` seconds.

        They count from the start, or from the first answer. Returns the steps that were begun, early if the
        station ends by itself.
        """
        begun: list[Step] = []
        end = time.monotonic() + (PATIENCE if after_an_answer else moment)
        with FileIO(os.pidfd_open(pid)) as death:
            while (left := end - time.monotonic()) > 0:
                answered = len(self.answers())
                if after_an_answer and answered:
                    end, after_an_answer = time.monotonic() + moment, False
                if answered == len(begun) < len(planned):
                    begun.append(planned[len(begun)])
                    self.process.scan(begun[-1].scan)
                if died(death, min(left, 0.0005)):
                    break
        return begun

    def answers(self) -> list[tuple[str, str | None]]:
        """What was shown for scans since `look`."""
        with self.panel.open() as panel:
            panel.seek(self._read)
            whole, _, _ = panel.read().rpartition("\n")  # the last line may still be on its way
            shown = [json.loads(line) for line in whole.splitlines()]
        quiet = ("starting", "ready", "offline", "stopping")
        return [(each["signal"], each.get("item")) for each in shown if each["signal"] not in quiet]

    def look(self, begun: list[Step]) -> None:
        """Compare what was planned, shown and kept. All that was shown is kept, and one more at most."""
        planned = [each.outcome for each in begun if each.outcome]
        shown = [each for each in self.answers() if each[0] in SIGNALS.values()]
        kept_ = self.new_events()
        assert (shown, kept_) == (planned[: len(shown)], planned[: len(kept_)])
        assert len(shown) <= len(kept_) <= len(shown) + 1
        self._read = self.panel.read_bytes().rfind(b"\n") + 1
        os.truncate(self.panel, self._read)
        self.shown += len(shown)

    def new_events(self) -> list[tuple[str, str]]:
        with closing(self.copy()) as store:
            found = store.journal.after(self._seen, 10_000)
        self._seen += len(found)
        types = [(each.event["type"].split(".", 1)[1].removesuffix(".v1"), each.event) for each in found]
        return [(SIGNALS[name], event["subject"]) for name, event in types if name in SIGNALS]

    def holders(self) -> dict[str, str]:
        with closing(self.copy()) as store:
            return {each.id: each.loan.reader for each in store.shelf.all(Item) if each.loan}

    def copy(self) -> Store:
        """The store as the kill has left it. It is the station that has to mend the original."""
        copied = self.process.folder / "copy"
        shutil.rmtree(copied, ignore_errors=True)
        shutil.copytree(self.process.folder / "data", copied)
        return Store.open(copied / STORE, STATION, durable=False)

    def forget_scans(self) -> None:
        """Scans that nobody has read must not be the next station's first ones."""
        waiting = os.open(self.process.folder / "scans", os.O_RDONLY | os.O_NONBLOCK)
        with suppress(BlockingIOError):
            os.read(waiting, 65_536)
        os.close(waiting)


def died(process: FileIO, seconds: float) -> bool:
    """Whether the process ends within so many seconds; `process` is its pidfd."""
    return bool(select.select([process], [], [], seconds)[0])


@pytest.fixture
def rig(tmp_path: Path, broker: Mosquitto) -> Iterator[Rig]:
    policy = Policy(max_loans=100, max_renewals=100_000)
    with Process(tmp_path / "desk", broker=broker.port, panel="panel") as process:
        with closing(process.store()) as store:
            stock(store, readers=READERS, items=ITEMS, policy=policy)
        yield Rig(process, random.Random(SEED))


Start = Callable[[], int]
"""Starts the station, and gives its process id."""
Reap = Callable[[], int]
"""Waits for its end, and says how it ended."""


def kill_often(rig: Rig, times: int, longest: float, start: Start, reap: Reap) -> None:
    """Half of the kills come soon after the start, at times before the station is ready for a scan."""
    for number in range(times):
        moment, planned = rig.rng.uniform(0, longest), rig.plan()
        pid = start()
        begun = rig.scan_until(moment, pid, planned, after_an_answer=number % 2 == 1)
        os.kill(pid, signal.SIGKILL)
        assert (ended := reap()) == -signal.SIGKILL, f"ended by itself, {ended}:\n{rig.process.log()[-2000:]}"
        rig.forget_scans()
        try:
            rig.look(begun)
        except AssertionError as error:
            raise AssertionError(f"SHELFPOST_SEED={SEED}, kill {number} after {moment:.4f} s") from error


def check_the_consumer(rig: Rig, central: Consumer, start: Start, reap: Reap) -> None:
    """The station is left alone and sends the rest: each event once, in sequence, without a gap."""
    planned = rig.plan()
    pid = start()
    rig.scan_until(0, pid, planned, after_an_answer=True)
    central.wait_for_sequence(len(kept(rig.process)))
    os.kill(pid, signal.SIGTERM)
    assert reap() == 0
    log = kept(rig.process)
    central.wait_for_sequence(len(log))
    assert central.sequences() == list(range(1, len(log) + 1))
    assert central.events() == log


def test_three_hundred_kills_lose_no_loan_and_repeat_none(rig: Rig, broker: Mosquitto) -> None:
    with Consumer(broker.port) as central, Zygote(rig.process.config) as zygote:
        for _ in range(6):
            kill_often(rig, 50, 0.2, zygote.start, zygote.reap)
            confirmed = {"epoch": EPOCH, "seq": len(central.events())}
            publish(broker.port, TOPICS.confirmed, json.dumps(confirmed), retain=True)
        check_the_consumer(rig, central, zygote.start, zygote.reap)
    assert rig.shown > 150
    assert "Traceback" not in rig.process.log()


def test_the_command_itself_is_killed(rig: Rig, broker: Mosquitto) -> None:
    """As systemd starts it: interpreter, imports and all."""

    def start() -> int:
        rig.process.start()
        return rig.process.running().pid

    def reap() -> int:
        return rig.process.running().wait(PATIENCE)

    with Consumer(broker.port) as central:
        kill_often(rig, 12, 0.4, start, reap)
        check_the_consumer(rig, central, start, reap)
    assert rig.shown > 6
