"""The daemon in this process, with hand-written edges: what it shows, and what it does about faults."""

from __future__ import annotations

import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from station import board, daemon
from station.attendant import as_of
from station.config import SessionConfig
from station.drivers import Reading, ScannerFound, ScannerLost
from station.drivers.clock import SystemClock
from station.drivers.notify import Notifier
from station.housekeeping import Housekeeper
from station.link import LinkDown, LinkUp
from station.model import Policy, Reader
from station.signals import Reason, Shown
from station.signals import Signal as S
from station.store import Store
from tests.daemon.rig import Hands, Rig
from tests.mosquitto import PATIENCE
from tests.stores import STATION, SetClock, events, stock


@pytest.fixture
def rig(on_disk: Store, store_file: Path) -> Rig:
    stock(on_disk, readers=["RD-1", Reader(id="RD-9", kind="staff")], items=["BK-1", "BK-2", "BK-3"])
    return Rig(on_disk, store_file.parent)


def reopened(rig: Rig) -> Store:
    return Store.open(rig.folder / "station.db", STATION)


def reasons(rig: Rig) -> list[tuple[str, str]]:
    """Type and reason of the station's own events."""
    with closing(reopened(rig)) as store:
        kept = [each for each in events(store) if ".station." in each["type"]]
    return [(each["type"].split(".")[2], each["data"]["reason"]) for each in kept]


def test_station_comes_up_lends_and_ends(rig: Rig) -> None:
    def script(hands: Hands) -> None:
        assert [hands.sees(), hands.sees()] == [S.STARTING, S.READY]
        assert [hands.scan("RD-1"), hands.scan("BK-1"), hands.scan("CMD-DONE")] == [
            S.WELCOME,
            S.BORROWED,
            S.GOODBYE,
        ]

    assert rig.run(script) == "end_of_input"
    assert [each.signal for each in rig.panel.shown.queue] == [S.STOPPING]
    assert rig.panel.closed
    assert reasons(rig) == [("started", "first_start"), ("stopped", "end_of_input")]


def test_green_light_comes_after_the_commit(rig: Rig) -> None:
    seen: list[list[str]] = []

    def look(shown: Shown) -> None:
        if shown.signal is S.BORROWED:
            with closing(reopened(rig)) as store:
                seen.append([each.id for each in store.shelf.loans_of("RD-1")])

    rig.panel.on_show = look

    def script(hands: Hands) -> None:
        for each in ("RD-1", "BK-1", "BK-2"):
            hands.scan(each)

    rig.run(script)
    assert seen == [["BK-1"], ["BK-1", "BK-2"]]


@contextmanager
def held(rig: Rig) -> Iterator[None]:
    """Somebody else writes, and doesn't come to an end: the store can't be written."""
    with closing(sqlite3.connect(rig.folder / "station.db", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@pytest.fixture
def impatient(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Rig:
    """The desk doesn't wait for others that write. Without the housekeeper, only the test is one of them."""
    rig.store._db.storage.run("PRAGMA busy_timeout = 0")  # type: ignore[attr-defined]
    monkeypatch.setattr(Housekeeper, "start", lambda self: None)
    return rig


def past_faults(hands: Hands, seen: S) -> S:
    """The first signal from `seen` on that is none."""
    while seen is S.FAULT:
        seen = hands.sees()
    return seen


def test_store_that_cannot_be_written_shows_fault_and_never_green(
    impatient: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig = impatient
    caplog.set_level("INFO")

    def script(hands: Hands) -> None:
        assert [hands.sees(), hands.sees(), hands.scan("RD-1")] == [S.STARTING, S.READY, S.WELCOME]
        with held(rig):
            assert [hands.scan(each) for each in ("BK-1", "BK-1", "BK-2")] == [S.FAULT] * 3
        assert [hands.scan(each) for each in ("BK-1", "BK-2")] == [S.BORROWED] * 2

    rig.run(script)
    with closing(reopened(rig)) as store:
        lent = [each["subject"] for each in events(store) if each["type"] == "shelfpost.loan.borrowed.v1"]
    assert lent == ["BK-1", "BK-2"]
    said = [each.getMessage() for each in caplog.records if each.name == "station.daemon"]
    assert sum("database is locked" in each for each in said) == 1
    assert sum("the store can be written again" in each for each in said) == 1


def test_desk_that_is_held_up_shows_fault_until_the_store_answers(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.stall_seconds = 0.1

    def script(hands: Hands) -> None:
        assert [hands.sees(), past_faults(hands, hands.sees())] == [S.STARTING, S.READY]
        assert past_faults(hands, hands.scan("RD-1")) is S.WELCOME
        with held(rig):
            assert [hands.scan("BK-1"), hands.sees()] == [S.FAULT, S.FAULT]
        assert past_faults(hands, hands.sees()) is S.BORROWED
        assert past_faults(hands, hands.scan("BK-2")) is S.BORROWED

    rig.run(script)
    said = [each.getMessage() for each in caplog.records if each.name == "station.daemon"]
    assert [each for each in said if str(rig.folder) in each] == said
    assert said and all("goes on by itself" in each for each in said)


def test_desk_that_stays_held_up_sounds_once_and_goes_on_to_blink(rig: Rig) -> None:
    rig.stall_seconds = 0.1
    shown: list[Shown] = []
    rig.panel.on_show = shown.append

    def script(hands: Hands) -> None:
        assert [hands.sees(), past_faults(hands, hands.sees())] == [S.STARTING, S.READY]
        assert past_faults(hands, hands.scan("RD-1")) is S.WELCOME
        with held(rig):
            shown.clear()
            assert [hands.scan("BK-1"), hands.sees(), hands.sees()] == [S.FAULT] * 3
            silent = [each.silent for each in shown]
            assert silent[-1] and not all(silent)
        assert past_faults(hands, hands.sees()) is S.BORROWED

    rig.run(script)


def test_scans_that_had_to_wait_belong_to_the_session_in_which_they_were_made(rig: Rig) -> None:
    held_up, made = threading.Event(), threading.Event()

    def hold(shown: Shown) -> None:
        if shown.signal is S.UNKNOWN:
            held_up.set()
            assert made.wait(PATIENCE)

    rig.panel.on_show = hold

    def script(hands: Hands) -> None:
        assert [hands.sees(), hands.sees()] == [S.STARTING, S.READY]
        assert isinstance(hands.clock, SetClock)
        hands.emit(Reading(hands.name, "XX-1", hands.clock.now().mono))
        assert held_up.wait(PATIENCE)
        for text in ("RD-1", "BK-1"):
            hands.emit(Reading(hands.name, text, hands.clock.step(2).mono))
        hands.clock.step(60)
        made.set()
        assert [hands.sees() for _ in range(3)] == [S.UNKNOWN, S.WELCOME, S.BORROWED]

    rig.run(script)


def test_station_whose_store_fails_at_the_start_goes_into_service_later(
    impatient: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = impatient
    monkeypatch.setattr(daemon, "WAITING_FOR_A_LIBRARY", 0.02)
    lock = held(rig)
    lock.__enter__()

    def let_go(shown: Shown) -> None:
        if shown.signal is S.LOCKED:
            lock.__exit__(None, None, None)

    rig.panel.on_show = let_go

    def script(hands: Hands) -> None:
        assert [hands.sees() for _ in range(4)] == [S.STARTING, S.FAULT, S.LOCKED, S.READY]

    rig.run(script)


def test_scanner_that_is_lost_shows_fault_and_may_come_back(rig: Rig) -> None:
    def script(hands: Hands) -> None:
        assert [hands.sees(), hands.sees()] == [S.STARTING, S.READY]
        hands.emit(ScannerLost("desk", "unplugged"))
        assert hands.sees() is S.FAULT
        hands.emit(ScannerFound("desk"))
        assert hands.scan("RD-1") is S.WELCOME

    rig.run(script)


def test_station_runs_on_while_another_scanner_does(rig: Rig) -> None:
    there = threading.Event()
    rig.others = [Hands(lambda _: there.set(), rig.panel, rig.clock)]
    rig.others[0].name = "camera"

    def script(hands: Hands) -> None:
        assert there.wait(PATIENCE)
        assert [hands.sees(), hands.sees()] == [S.STARTING, S.READY]
        assert hands.scan("RD-1") is S.WELCOME

    assert rig.run(script) == "end_of_input"


def test_fault_of_a_scanner_of_ours_ends_the_daemon_with_it(rig: Rig) -> None:
    def script(hands: Hands) -> None:
        raise ZeroDivisionError("a fault")

    with pytest.raises(ZeroDivisionError, match="a fault"):
        rig.run(script)


def test_session_ends_by_itself(rig: Rig) -> None:
    rig.clock = SystemClock()
    rig.session = SessionConfig(reader_seconds=0.05)

    def script(hands: Hands) -> None:
        assert [hands.sees(), hands.sees(), hands.scan("RD-1")] == [S.STARTING, S.READY, S.WELCOME]
        assert hands.sees() is S.GOODBYE

    rig.run(script)


def test_scans_that_waited_keep_the_time_at_which_they_were_made(rig: Rig) -> None:
    now = rig.clock.now().mono

    def script(hands: Hands) -> None:
        assert [hands.sees(), hands.sees()] == [S.STARTING, S.READY]
        hands.emit(Reading("desk", "RD-1", now - 40))
        hands.emit(Reading("desk", "BK-1", now - 9))
        assert [hands.sees() for _ in range(3)] == [S.WELCOME, S.GOODBYE, S.CARD_FIRST]

    rig.run(script)


def test_moment_of_a_scan_is_earlier_by_the_time_that_it_waited() -> None:
    now = SetClock().now()
    before = as_of(now, now.mono - 2.5)
    assert (now.mono - before.mono, (now.wall - before.wall).total_seconds()) == (2.5, 2.5)
    assert as_of(now, now.mono + 1) == now


def test_station_without_a_broker_rests_in_amber_and_lends(rig: Rig) -> None:
    def script(hands: Hands) -> None:
        assert [hands.sees(), hands.sees()] == [S.STARTING, S.READY]
        news(hands, LinkDown("no broker"))
        assert [hands.sees(), hands.scan("RD-1"), hands.scan("BK-1")] == [S.OFFLINE, S.WELCOME, S.BORROWED]
        news(hands, LinkUp())
        assert hands.sees() is S.READY

    rig.run(script)


def news(hands: Hands, said: LinkUp | LinkDown) -> None:
    """From the link, which here there is none of."""
    hands.emit(said)  # type: ignore[arg-type]


def test_station_that_is_cut_off_too_long_takes_returns_only(rig: Rig) -> None:
    stock(rig.store, policy=Policy(degrade_after_loans=2))

    def script(hands: Hands) -> None:
        assert [hands.sees(), hands.sees()] == [S.STARTING, S.READY]
        news(hands, LinkDown("no broker"))
        assert hands.sees() is S.OFFLINE
        assert [hands.scan(each) for each in ("RD-1", "BK-1", "BK-2")] == [S.WELCOME, S.BORROWED, S.BORROWED]
        assert [hands.sees(), hands.scan("BK-3")] == [S.DEGRADED, S.REFUSED]
        assert [hands.scan("CMD-DONE"), hands.scan("BK-1")] == [S.GOODBYE, S.RETURNED]
        news(hands, LinkUp())
        assert [hands.sees(), hands.scan("RD-1"), hands.scan("BK-3")] == [S.READY, S.WELCOME, S.BORROWED]

    rig.run(script)


def test_staff_may_restart_the_station(rig: Rig) -> None:
    def script(hands: Hands) -> None:
        assert [hands.sees(), hands.sees()] == [S.STARTING, S.READY]
        assert [hands.scan("RD-9"), hands.scan("CMD-RESTART")] == [S.STAFF, S.STOPPING]

    assert rig.run(script) == "restart"
    assert reasons(rig)[-1] == ("stopped", "restart")


def test_station_says_how_it_had_ended(rig: Rig) -> None:
    rig.run(lambda _: None)
    second = Rig(reopened(rig), rig.folder)
    second.run(lambda _: None)
    third = Rig(reopened(rig), rig.folder)
    with pytest.raises(ZeroDivisionError):
        third.run(cut)
    third.store.close()
    Rig(reopened(rig), rig.folder).run(lambda _: None)
    assert [reason for kind, reason in reasons(rig) if kind == "started"] == [
        "first_start",
        "after_stop",
        "after_stop",
        "after_cut",
    ]


def test_station_says_that_it_is_on_another_computer_now_and_begins_an_epoch(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(board, "own", lambda: "first")
    rig.run(lambda _: None)
    assert not caplog.records
    monkeypatch.setattr(board, "own", lambda: "second")
    Rig(reopened(rig), rig.folder).run(lambda _: None)
    with closing(reopened(rig)) as store:
        assert [end - base for base, end in store.journal.epochs().values()] == [2, 2]
        assert store.journal.epoch in caplog.text and "was on another computer before" in caplog.text


def cut(hands: Hands) -> None:
    """The daemon ends as if the power had gone."""
    hands.sees()
    hands.sees()
    raise ZeroDivisionError


def test_watchdog_is_fed_while_nobody_scans(rig: Rig, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(PATIENCE)
        rig.notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "20000"})

        def script(hands: Hands) -> None:
            heard = [systemd.recv(64)]
            while heard[-3:] != [b"WATCHDOG=1"] * 3 or b"READY=1" not in heard:
                heard.append(systemd.recv(64))
            assert heard.count(b"READY=1") == 1

        rig.run(script)
        said = [systemd.recv(64)]
        while said[-1] != b"STOPPING=1":
            said.append(systemd.recv(64))


def test_refusal_has_its_reason_on_the_panel(rig: Rig) -> None:
    def script(hands: Hands) -> None:
        assert [hands.sees(), hands.sees(), hands.scan("CMD-UNDO")] == [S.STARTING, S.READY, S.REFUSED]

    kept: list[Shown] = []
    rig.panel.on_show = kept.append
    rig.run(script)
    assert [each.reason for each in kept if each.signal is S.REFUSED] == [Reason.NOTHING_TO_UNDO]
