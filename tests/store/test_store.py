"""A decision is on disk as a whole or not at all, and is there before anything is shown."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import structs
from tinydb.table import Document as Row

from station import pins
from station.decision import Decision, Draft
from station.events import Borrowed, ItemAdded
from station.model import Document, Incident, Item, Library, Loan, Moment, Policy, Reader, Title
from station.session import State
from station.store import NoDocument, Store, StoreError
from station.store.shelf import StoredShelf
from station.store.storage import SqliteStorage
from tests import disks
from tests.mosquitto import PATIENCE, found
from tests.stores import LIBRARY, START, STATION, SetClock, events, save, stock

NOW = SetClock().now()


def lent(item: str, reader: str) -> Item:
    return Item(id=item, loan=Loan(reader=reader, since="2026-11-24T09:00:00.000Z", due=START.date()))


def lend(*items: str) -> Decision:
    """A loan for each item, as documents and events."""
    facts = tuple(Borrowed(item=each, reader="RD-1", due="2026-12-08") for each in items)
    return Decision(state=State(), save=tuple(lent(each, "RD-1") for each in items), record=facts)


def storage(store: Store) -> SqliteStorage:
    found = store._db.storage
    assert isinstance(found, SqliteStorage)
    return found


def kept(store: Store) -> tuple[list[str], list[str]]:
    """The lent items, and the subjects of the events."""
    loans = [each.id for each in store.shelf.all(Item) if each.loan]
    return loans, [each["subject"] for each in events(store)]


def test_decision_is_kept_with_its_documents_and_its_events(store: Store) -> None:
    stock(store, items=["BK-1", "BK-2"])
    made = lend("BK-2", "BK-1")
    assert store.decide(lambda _: made, NOW) is made
    assert kept(store) == (["BK-1", "BK-2"], ["BK-2", "BK-1"])


def test_flow_that_fails_leaves_everything_as_it_was(store: Store) -> None:
    stock(store, items=["BK-1"])

    def fails(shelf: StoredShelf) -> Decision:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.decide(fails, NOW)
    store.decide(lambda _: lend("BK-1"), NOW)
    assert kept(store) == (["BK-1"], ["BK-1"])


def test_transaction_that_fails_takes_a_whole_decision_back(store: Store) -> None:
    stock(store, items=["BK-1"])
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.journal.write([ItemAdded(item="BK-2")], 1, LIBRARY, NOW)
        store.shared.put(lent("BK-1", "RD-1"), store.journal.write([], 1, LIBRARY, NOW)[0])
        raise ZeroDivisionError
    assert kept(store) == ([], [])
    assert store.journal.last_sequence == 0


def test_flow_sees_the_library_as_it_is(store: Store) -> None:
    stock(store, items=["BK-1"])
    seen: list[list[str]] = []

    def flow(shelf: StoredShelf) -> Decision:
        seen.append([each.id for each in shelf.loans_of("RD-1")])
        return lend("BK-1")

    store.decide(flow, NOW)
    store.decide(flow, NOW)
    assert seen == [[], ["BK-1"]]


def test_flow_is_told_whether_the_station_is_degraded(store: Store) -> None:
    stock(store)
    told: list[bool] = []

    def flow(shelf: StoredShelf) -> Decision:
        told.append(shelf.degraded)
        return Decision(state=State())

    store.decide(flow, NOW)
    store.decide(flow, NOW, degraded=True)
    assert told == [False, True]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (Incident(id="x" * 513, kind="conflict", note="n"), "exceptions that can't be read"),
        (structs.replace(lent("BK-1", "RD-1"), title="x" * 70_000), "no station takes more than 65536"),
    ],
    ids=["not readable", "too large"],
)
def test_document_that_no_station_would_take_is_not_made(store: Store, document: Document, said: str) -> None:
    stock(store, items=["BK-1"])
    before = kept(store)
    fact = Borrowed(item="BK-1", reader="RD-1", due="2026-12-08")
    with pytest.raises(NoDocument, match=said):
        store.decide(lambda _: Decision(state=State(), save=(document,), record=(fact,)), NOW)
    assert kept(store) == before


def test_row_that_cannot_be_read_is_said_and_harms_no_other(store: Store) -> None:
    stock(store, items=["BK-1", "BK-2"])
    with store.transaction():
        spoil(store, "BK-1")
    with pytest.raises(NoDocument, match=r"one of the items can't be read: .*\$\.renewals"):
        store.shelf.item("BK-1")
    assert store.shelf.item("BK-2")


def spoil(store: Store, item: str) -> None:
    """As an older version could, or one that is newer."""
    loan = {"reader": "RD-1", "since": "s", "due": "2026-12-08", "renewals": 100_001}
    store.shelf.table("items").put(Row({"id": item, "loan": loan}, item))  # type: ignore[arg-type]


def test_nothing_is_recorded_without_a_library(store: Store) -> None:
    with pytest.raises(StoreError, match="this station has no library yet: make one with"):
        store.decide(lambda _: lend("BK-1"), NOW)
    assert kept(store) == ([], [])


def test_library_itself_may_be_what_is_decided(store: Store) -> None:
    library = Library(id="elm", name="Elm")
    made = Decision(state=State(), save=(library,), record=(ItemAdded(item="BK-1"),))
    store.decide(lambda _: made, NOW)
    assert [each["source"] for each in events(store)] == ["/libraries/elm/stations/desk_1"]


def test_ids_that_a_draft_promises_are_the_ids_that_events_get(store: Store) -> None:
    stock(store)
    promised: list[str] = []

    def flow(shelf: StoredShelf) -> Decision:
        draft = Draft(State(), shelf, NOW)
        promised.extend(draft.record(ItemAdded(item=f"BK-{number}")) for number in range(3))
        return draft.decide(None)

    store.decide(flow, NOW)
    store.decide(flow, NOW)
    assert [each["id"] for each in events(store)] == promised


def test_shelf_finds_what_it_is_asked_for(store: Store) -> None:
    policy = Policy(loan_days=7)
    stock(store, policy=policy, readers=[Reader(id="RD-1", pin=pins.hashed("1234", store.journal.secret()))])
    save(store, *(Item(id=each, isbn="9787020002207") for each in ("BK-2", "BK-1")), lent("BK-3", "RD-1"))
    save(store, lent("BK-0", "RD-1"), Title(isbn="9787020002207", title="红楼梦"))
    save(store, Incident(id="x-1", kind="x", note="y"))
    shelf = store.shelf
    library, reader, item = shelf.library(), shelf.reader("RD-1"), shelf.item("BK-1")
    title, incident = shelf.title("9787020002207"), shelf.incident("x-1")
    assert library and reader and item and title and incident
    assert (library.id, shelf.policy, shelf.station) == (LIBRARY, policy, STATION)
    assert (item.isbn, title.title, incident.note) == ("9787020002207", "红楼梦", "y")
    assert [each.id for each in shelf.copies("9787020002207")] == ["BK-1", "BK-2"]
    assert [each.id for each in shelf.loans_of("RD-1")] == ["BK-0", "BK-3"]
    assert [each.id for each in shelf.all(Item)] == ["BK-0", "BK-1", "BK-2", "BK-3"]
    assert (shelf.pin_fits(reader, "1234"), shelf.pin_fits(reader, "1235")) == (True, False)


def test_shelf_finds_nothing_where_there_is_nothing(store: Store) -> None:
    shelf = store.shelf
    assert [shelf.library(), shelf.item("x"), shelf.reader("x"), shelf.title("x")] == [None] * 4
    assert (shelf.copies("x"), shelf.loans_of("x"), shelf.all(Item)) == ([], [], [])
    assert shelf.policy == Policy()


def test_ids_of_any_text_are_kept(store: Store) -> None:
    names = ["BK-+/#%", "BK-红楼梦", "BK-'\"; DROP TABLE items", "BK-\U0001f4d6", "BK-" + "x" * 509]
    stock(store, items=names)
    assert sorted(each.id for each in store.shelf.all(Item)) == sorted(names)
    assert [store.shelf.item(each) is not None for each in names] == [True] * 5


# What follows is about files and processes.


@pytest.fixture
def other(on_disk: Store, store_file: Path) -> Iterator[Store]:
    """A second handle, as the link or a command has one."""
    with closing(Store.open(store_file, STATION, durable=False)) as opened:
        yield opened


def test_another_handle_sees_a_decision_and_that_there_was_one(on_disk: Store, other: Store) -> None:
    seen = other.version()
    stock(on_disk, items=["BK-1"])
    assert other.version() != seen
    assert other.shelf.item("BK-1") is not None
    assert other.version() == other.version()


def test_reading_does_not_wait_for_a_decision_that_is_being_made(on_disk: Store, other: Store) -> None:
    stock(on_disk, items=["BK-1"])
    with on_disk.transaction():
        on_disk.shared.put_as_it_is(lent("BK-1", "RD-1"))
        assert [each.loan for each in other.shelf.all(Item)] == [None]


def test_deciding_while_somebody_else_does_is_an_error_after_a_while(on_disk: Store, other: Store) -> None:
    stock(on_disk, items=["BK-1"])
    storage(other).run("PRAGMA busy_timeout = 0")
    with on_disk.transaction(), pytest.raises(StoreError, match="can't be used: database is locked"):
        other.decide(lambda _: lend("BK-1"), NOW)
    other.decide(lambda _: lend("BK-1"), NOW)
    assert kept(on_disk) == (["BK-1"], ["BK-1"])


def no_room(store: Store) -> None:
    """The file may not grow, as on a full disk."""
    pages = next(storage(store).ask("PRAGMA page_count"))[0]
    storage(store).run(f"PRAGMA max_page_count = {pages}")


def fill(store: Store) -> int:
    """Lend ever more books until the disk is full; returns how many were lent."""
    for number in range(10_000):
        try:
            store.decide(lambda _, n=number: lend(f"BK-{n:04}"), NOW)  # type: ignore[misc]
        except StoreError as error:
            assert "full" in str(error)
            return number
    raise AssertionError("the disk never was full")


def test_full_disk_keeps_all_that_was_decided_and_nothing_of_what_was_not(on_disk: Store) -> None:
    stock(on_disk)
    no_room(on_disk)
    number = fill(on_disk)
    names = [f"BK-{each:04}" for each in range(number)]
    assert kept(on_disk) == (names, names)
    storage(on_disk).run("PRAGMA max_page_count = 1000000")
    on_disk.decide(lambda _: lend("BK-9999"), NOW)
    assert kept(on_disk) == ([*names, "BK-9999"], [*names, "BK-9999"])
    assert on_disk.journal.last_sequence == number + 1


def test_disk_that_became_read_only_is_said_in_words(on_disk: Store) -> None:
    stock(on_disk, items=["BK-1"])
    storage(on_disk).run("PRAGMA query_only = 1")
    with pytest.raises(StoreError, match=r"station.db can't be used: .*readonly.*\. Look at the disk"):
        on_disk.decide(lambda _: lend("BK-1"), NOW)
    storage(on_disk).run("PRAGMA query_only = 0")
    on_disk.decide(lambda _: lend("BK-1"), NOW)
    assert kept(on_disk) == (["BK-1"], ["BK-1"])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    with disks.small_disk(folder, 256):
        yield folder


def test_disk_that_is_really_full_loses_nothing(small_disk: Path) -> None:
    with closing(Store.open(small_disk / "station.db", STATION)) as store:
        stock(store)
        number = fill(store)
    names = [f"BK-{each:04}" for each in range(number)]
    with closing(Store.open(small_disk / "station.db", STATION)) as store:
        assert kept(store) == (names, names)


def test_store_is_not_made_on_a_full_disk(small_disk: Path) -> None:
    (small_disk / "photos").write_bytes(b"x" * 240_000)
    with pytest.raises(StoreError, match="cannot make the store"):
        Store.open(small_disk / "station.db", STATION)
    assert not (small_disk / "station.db").exists()
    (small_disk / "photos").unlink()
    Store.open(small_disk / "station.db", STATION).close()


def test_disk_that_turns_read_only_takes_nothing_until_it_can_be_written_again(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path / "station.db", STATION)) as store:
        stock(store)
        with disks.read_only(tmp_path), pytest.raises(StoreError, match="file system is read-only"):
            store.decide(lambda _: lend("BK-1"), NOW)
        assert kept(store) == ([], [])
        store.decide(lambda _: lend("BK-1"), NOW)
        assert kept(store) == (["BK-1"], ["BK-1"])


def test_store_whose_file_is_gone_takes_nothing(tmp_path: Path) -> None:
    """Else it would be written to a file that nobody can find again."""
    with closing(Store.open(tmp_path / "station.db", STATION)) as store:
        stock(store)
        (tmp_path / "station.db").rename(tmp_path / "moved.db")
        with pytest.raises(StoreError, match="No such file"):
            store.decide(lambda _: lend("BK-1"), NOW)


SYNC = re.compile(r"^(?:\d+ +)?(?:fsync|fdatasync)\(\d+<[^>]*/([^>/]*)>")
STEP = re.compile(r'"-- (.*)\\n"')


def syncs(trace: str) -> dict[str, list[str]]:
    """The names of the files synced in each step of `tests.store.steps`."""
    found: dict[str, list[str]] = {"": []}
    for line in trace.splitlines():
        step, sync = STEP.search(line), SYNC.match(line)
        if step:
            found[step[1]] = []
        elif sync:
            found[list(found)[-1]].append(sync[1])
    return found


def traced(folder: Path) -> str:
    trace = folder / "trace"
    calls = "trace=fsync,fdatasync,sync_file_range,rename,write,pwrite64"
    command = [found("strace"), "-f", "-y", "-o", str(trace), "-e", calls]
    command += [sys.executable, "-B", "-m", "tests.store.steps", str(folder / "station.db")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if "PTRACE" in ran.stderr or "ptrace" in ran.stderr:
        pytest.skip("strace is not allowed to trace here")
    assert ran.returncode == 0, ran.stderr
    return trace.read_text()


def test_saving_decision_is_one_sync_and_any_other_none(tmp_path: Path) -> None:
    found_ = syncs(traced(tmp_path))
    wal = "station.db-wal"
    assert {step: found_[step] for step in list(found_)[1:-1]} == {
        "save 1": [wal],
        "save 2": [wal],
        "save 3": [wal],
        "nothing": [],
        "not durable": [],
        "synced all the same": [wal],
        "not durable again": [],
    }


def test_new_file_is_synced_before_it_gets_its_name_and_its_folder_after(tmp_path: Path) -> None:
    lines = traced(tmp_path).splitlines()
    renamed = next(n for n, line in enumerate(lines) if "rename(" in line)
    assert "fdatasync" in lines[renamed - 1] and "station.db.new>" in lines[renamed - 1]
    assert "fsync(" in lines[renamed + 1] and f"{tmp_path}>" in lines[renamed + 1]


def test_moment_of_a_decision_is_the_time_of_its_events(store: Store) -> None:
    stock(store)
    late = Moment(START.replace(hour=23), 5.0)
    store.decide(lambda _: lend("BK-1"), late)
    assert [each["time"] for each in events(store)] == ["2026-11-24T23:00:00.000Z"]
