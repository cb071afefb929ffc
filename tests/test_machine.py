"""Any scans, times, power cuts and outages in any order: station, disk and central agree at each step.

The desk, the store and the outbox are the real ones. The disk may forget what was not synced, the broker may
lose acknowledgements and its memory, and central follows the events with a model of its own.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec import structs
from tinydb.storages import MemoryStorage

from station.desk import Desk
from station.model import Item, Moment, Policy, Reader
from station.outbox import Outbox
from station.signals import Shown, Signal
from station.store import Store
from station.store.journal import Stored
from station.store.store import OrderedDB
from tests.lending_model import Lending, Open
from tests.stores import EPOCH, START, STATION, events, stock

READERS = ["RD-1", "RD-2", "RD-3"]
BOOKS = {"BK-1": "9787020002207", "BK-2": "9787020002207", "BK-3": "9780804429573", "BK-4": None}
COMMANDS = ["CMD-ADD", "CMD-ADMIT", "CMD-BLOCK", "CMD-UNBLOCK", "CMD-LOST", "CMD-FOUND", "CMD-WITHDRAW"]
ISBNS = ["9787020002207", "0-8044-2957-X"]
STRANGERS = ["RD-7", "BK-7", "garbage", "", "CMD-NONSENSE", "CMD-COUNT", "9780306406157"]
OFTEN = [*READERS, *BOOKS, "CMD-DONE", "CMD-UNDO"]
SELDOM = ["RD-9", *COMMANDS, *ISBNS, *STRANGERS]
CODES = st.one_of(st.sampled_from(OFTEN), st.sampled_from(OFTEN), st.sampled_from(SELDOM))
BASKETS = st.lists(st.sampled_from([*BOOKS, *ISBNS]), min_size=1, max_size=4)
GAPS = st.sampled_from([0.3, 2.0, 2.0, 2.0, 5.0, 19.0, 21.0, 31.0, 130.0, 3 * 86_400.0, 16 * 86_400.0])
EXCHANGES = st.tuples(st.integers(0, 6) | st.just(6), st.integers(0, 6) | st.just(6), st.integers(0, 9))
"""How many of six events arrive, how many are acknowledged, and how many go on to central."""
ENDINGS = st.sampled_from(["confirm", "break", "cut", "stay"])
POLICIES = st.builds(
    Policy,
    admission=st.sampled_from(["open", "review", "closed"]),
    loan_days=st.sampled_from([0, 14]),
    max_loans=st.integers(1, 3),
    max_renewals=st.integers(0, 2),
    block_overdue=st.booleans(),
    on_loan_elsewhere=st.sampled_from(["hand_over", "refuse"]),
    lend_by=st.sampled_from(["copy", "isbn"]),
    record_refusals=st.booleans(),
)
LENT = {Signal.BORROWED, Signal.RENEWED}
TAKEN_BACK = {Signal.RETURNED, Signal.RETURNED_HOLD}


class Disk:
    """What two handles write: `held` is all of it, `synced` what a power cut leaves."""

    def __init__(self) -> None:
        self.held: Any = None
        self.synced: Any = None

    def store(self, *, durable: bool) -> Store:
        return Store(OrderedDB(storage=lambda: DiskTables(self, durable)), STATION, epoch=EPOCH)

    def cut(self) -> None:
        self.held = self.synced


class DiskTables(MemoryStorage):
    def __init__(self, disk: Disk, durable: bool) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._disk = disk
        self._durable = durable

    def read(self) -> Any:
        """The tables are the caller's own; the documents in them are only ever replaced."""
        return self._disk.held and dict(self._disk.held)

    def write(self, data: Any) -> None:
        self._disk.held = data

    @contextmanager
    def transaction(self, *, synced: bool = False) -> Iterator[None]:
        before = self._disk.held
        try:
            yield
        except BaseException:
            self._disk.held = before
            raise
        if self._durable or synced:
            self._disk.synced = self._disk.held

    def version(self) -> int:
        return 0


class Central:
    """Drops what it has heard before, and takes nothing out of sequence."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.lending = Lending()
        self._heard: dict[str, dict[str, Any]] = {}

    def hear(self, event: dict[str, Any]) -> None:
        if event["id"] in self._heard:
            assert self._heard[event["id"]] == event, "an event came again and was another"
            return
        assert event["seq"] == len(self.events) + 1, "an event is missing or out of order"
        self._heard[event["id"]] = event
        self.events.append(event)
        self.lending.hear(event)


class Station(RuleBasedStateMachine):
    """`kept` is what the broker holds for central; None in place of `outbox`: there is no connection."""

    def open_stores(self) -> tuple[Store, Store]:
        """The desk's and the link's."""
        if not hasattr(self, "disk"):
            self.disk = Disk()
        return self.disk.store(durable=True), self.disk.store(durable=False)

    def on_disk(self) -> Store:
        """What another process would find after a power cut, right now."""
        left = Disk()
        left.held = self.disk.synced
        return left.store(durable=False)

    def lose_power(self) -> None:
        self.disk.cut()

    @initialize(policy=POLICIES, confirms=st.booleans())
    def begin(self, policy: Policy, confirms: bool) -> None:
        self.now = Moment(START, 1000.0, True, "boot-0")
        self.boots = 0
        self.policy, self.confirms = policy, confirms
        self.kept: list[dict[str, Any]] = []
        self.central = Central()
        self.lending = Lending()
        self.logged = 0
        self.marks: tuple[int, int] = (0, 0)
        self.outbox: Outbox | None = None
        self.switch_on()
        if confirms:
            with self.store.transaction():
                self.store.journal.reach("confirmed", 0)
        readers = [*(Reader(id=each) for each in READERS), Reader(id="RD-9", kind="staff")]
        books = [Item(id=key, isbn=isbn) for key, isbn in BOOKS.items()]
        stock(self.store, readers=readers, items=books, policy=policy, now=self.now)

    def switch_on(self) -> None:
        self.store, self.link_store = self.open_stores()
        self.desk = Desk(self.store)

    def teardown(self) -> None:
        """The outage ends, and central gets all that happened."""
        if hasattr(self, "store"):
            self.outage_ends()
            while self.exchange(20, 20):
                pass
            self.deliver(10_000)
            assert self.central.events == events(self.store)
            assert self.central.lending.loans == loans(self.store)

    # The desk.

    @rule(scans=st.lists(st.tuples(CODES, GAPS), min_size=1, max_size=12))
    def anybody_scans(self, scans: list[tuple[str, float]]) -> None:
        for code, gap in scans:
            self.scan(code, gap)

    @rule(reader=st.sampled_from(READERS), books=BASKETS, undo=st.booleans(), done=st.booleans())
    def a_reader_borrows(self, reader: str, books: list[str], undo: bool, done: bool) -> None:
        for code in [reader, *books, *["CMD-UNDO"] * undo, *["CMD-DONE"] * done]:
            self.scan(code, 2.0)

    @rule(books=BASKETS, gap=GAPS)
    def books_come_back(self, books: list[str], gap: float) -> None:
        self.wait(gap)
        for code in ["CMD-DONE", *books]:
            self.scan(code, 2.0)

    @rule(command=st.sampled_from(COMMANDS), codes=st.lists(CODES, max_size=3), undo=st.booleans())
    def staff_is_there(self, command: str, codes: list[str], undo: bool) -> None:
        for code in ["RD-9", command, *codes, *["CMD-UNDO"] * undo, "CMD-DONE"]:
            self.scan(code, 2.0)

    def scan(self, code: str, gap: float) -> None:
        self.wait(gap)
        before = {reader: self.lending.count(reader) for reader in READERS}
        shown = self.desk.scan("desk", code, self.now)
        fresh = self.follow_the_log()
        for each in shown:
            self.check_shown(each)
        for event in fresh:
            self.check_limit(event, before)

    @rule(gap=GAPS)
    def wait(self, gap: float) -> None:
        wall = self.now.wall + timedelta(seconds=gap)
        self.now = structs.replace(self.now, wall=wall, mono=self.now.mono + gap)
        self.desk.tick(self.now)

    @rule(days=st.integers(-400, 400), trusted=st.booleans())
    def set_the_clock(self, days: int, trusted: bool) -> None:
        """Near where it should be if it is synchronised, else anywhere."""
        wall = START + timedelta(seconds=self.now.mono) if trusted else START + timedelta(days=days)
        self.now = structs.replace(self.now, wall=wall, trusted=trusted)

    @rule(trusted=st.booleans())
    def cut_the_power(self, trusted: bool) -> None:
        self.break_the_connection()
        self.lose_power()
        self.marks = (0, 0)
        self.boots += 1
        wall = self.now.wall + timedelta(minutes=2) if trusted else START - timedelta(days=90)
        self.now = Moment(wall, 7.0, trusted, f"boot-{self.boots}")
        self.switch_on()

    # The broker, and central behind it.

    @precondition(lambda self: self.outbox is None)
    @rule()
    def outage_ends(self) -> None:
        if self.outbox is None:
            self.outbox = Outbox(self.link_store, window=6)
            self.outbox.connected()

    @precondition(lambda self: self.outbox is not None)
    @rule(arrive=st.integers(0, 6), acknowledged=st.integers(0, 6))
    def send(self, arrive: int, acknowledged: int) -> None:
        self.exchange(arrive, acknowledged)

    def exchange(self, arrive: int, acknowledged: int) -> bool:
        """Some of what goes out arrives, some of that is acknowledged; else the connection breaks there."""
        assert self.outbox is not None
        sent: list[Stored] = self.outbox.take(self.now)
        self.kept += [each.event for each in sent[:arrive]]
        for each in sent[: min(arrive, acknowledged)]:
            self.outbox.acknowledged(each.position)
        if len(sent) > min(arrive, acknowledged):
            self.break_the_connection()
        return bool(sent)

    @rule(exchanges=st.lists(EXCHANGES, max_size=6), synchronise=st.booleans(), then=ENDINGS)
    def a_connection(self, exchanges: list[tuple[int, int, int]], synchronise: bool, then: str) -> None:
        """It comes up, with the time perhaps; messages pass both ways; central confirms; and then?"""
        self.outage_ends()
        if synchronise:
            self.set_the_clock(0, True)
        for arrive, acknowledged, number in exchanges:
            if self.outbox:
                self.exchange(arrive, acknowledged)
                self.deliver(number)
        if self.outbox and self.confirms and then == "confirm":
            self.confirm()
        elif then == "break":
            self.break_the_connection()
        elif then == "cut":
            self.cut_the_power(synchronise)

    @rule()
    def break_the_connection(self) -> None:
        if self.outbox:
            self.outbox.save()
            self.outbox = None

    @rule(number=st.integers(1, 20))
    def deliver(self, number: int) -> None:
        arriving, self.kept = self.kept[:number], self.kept[number:]
        for each in arriving:
            self.central.hear(each)

    @precondition(lambda self: self.confirms)
    @rule()
    def broker_forgets(self) -> None:
        """What it has acknowledged and not delivered is gone, as with a Mosquitto that is killed."""
        self.break_the_connection()
        self.kept.clear()

    @precondition(lambda self: self.confirms and self.outbox is not None)
    @rule()
    def confirm(self) -> None:
        assert self.outbox is not None
        assert self.outbox.confirm(EPOCH, len(self.central.events))

    @precondition(lambda self: self.outbox is not None)
    @rule(first=st.floats(-0.1, 1.1), last=st.floats(-0.1, 1.1))
    def ask_again(self, first: float, last: float) -> None:
        """From a part of the log to another."""
        assert self.outbox is not None
        head = self.store.journal.head
        self.outbox.resend(EPOCH, round(first * head), round(last * head))

    # What holds at each step.

    @invariant()
    def documents_are_what_the_events_say(self) -> None:
        if hasattr(self, "store"):
            self.follow_the_log()
            assert loans(self.store) == self.lending.loans
            status = {each.id: each.status for each in self.store.shelf.all(Item)}
            assert status == {**dict.fromkeys(BOOKS, "available"), **self.lending.status}
            readers = {each.id: each.status for each in self.store.shelf.all(Reader)}
            assert readers == {**dict.fromkeys([*READERS, "RD-9"], "active"), **self.lending.readers}

    @invariant()
    def marks_never_go_back(self) -> None:
        """But for a power cut: then a mark may be lost, and events are sent again."""
        if hasattr(self, "store"):
            journal = self.store.journal
            marks = (journal.reached("sent") or 0, journal.reached("confirmed") or 0)
            assert marks >= self.marks and marks[1] <= journal.head and marks[0] <= journal.head
            self.marks = marks

    def follow_the_log(self) -> list[dict[str, Any]]:
        """The events since the last look, each of which must make sense after those before it."""
        fresh = [each.event for each in self.store.journal.after(self.logged, 1000)]
        for each in fresh:
            assert each["seq"] == self.logged + 1
            self.lending.hear(each)
            self.logged += 1
        return fresh

    def check_shown(self, shown: Shown) -> None:
        """All that is shown is safe from a power cut by then."""
        if shown.signal in LENT | TAKEN_BACK:
            item = self.on_disk().shelf.item(shown.item or "")
            assert item is not None
            reader = item.loan.reader if item.loan else None
            assert reader == (shown.reader if shown.signal in LENT else None)

    def check_limit(self, event: dict[str, Any], before: dict[str, int]) -> None:
        if event["type"] == "shelfpost.loan.borrowed.v1":
            assert before.get(event["data"]["reader"], 0) < self.policy.max_loans


def loans(store: Store) -> dict[str, Open]:
    return {
        each.id: Open(each.loan.reader, each.loan.due.isoformat(), each.loan.renewals, each.loan.event)
        for each in store.shelf.all(Item)
        if each.loan
    }


class StationOnSqlite(Station):
    """The same on real files. SQLite syncs as it says; a power cut here is the end of the process."""

    def open_stores(self) -> tuple[Store, Store]:
        if not hasattr(self, "folder"):
            self.folder = Path(tempfile.mkdtemp())
        file = self.folder / "station.db"
        return Store.open(file, STATION, epoch=EPOCH), Store.open(file, STATION, durable=False)

    def on_disk(self) -> Store:
        return self.link_store

    def lose_power(self) -> None:
        self.store.close()
        self.link_store.close()

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "folder"):
            self.lose_power()
            shutil.rmtree(self.folder)


TestStation = Station.TestCase
TestStation.settings = settings(derandomize=True, deadline=None, max_examples=250, stateful_step_count=40)
TestStationOnSqlite = StationOnSqlite.TestCase
TestStationOnSqlite.settings = settings(
    derandomize=True, deadline=None, max_examples=25, stateful_step_count=40
)
