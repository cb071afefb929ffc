"""The virtual station: exact time, and a power cut that leaves only the files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.decision import Decision
from station.model import Library, Reader
from station.replay.virtual import Clock, VirtualStation
from station.session import State
from station.signals import Signal


@pytest.fixture
def station(tmp_path: Path) -> Iterator[VirtualStation]:
    station = VirtualStation(tmp_path)
    documents = (Library(id="oak"), Reader(id="RD-1"))
    station.store.decide(lambda _: Decision(state=State(), save=documents), station.clock.now())
    yield station
    station.close()


@given(
    before=st.integers(0, 10**12),
    limit=st.sampled_from([1.5, 20.0, 30.0, 60.0, 120.0, 300.0]),
    off=st.integers(-5, 5),
)
def test_monotonic_time_is_exact_to_the_microsecond(before: int, limit: float, off: int) -> None:
    clock = Clock()
    clock.advance(before)
    start = clock.now().mono
    clock.advance(int(limit * 1_000_000) + off)
    now = clock.now().mono
    assert (now < start + limit, now == start + limit) == (off < 0, off == 0)
    assert (now - start < limit, now - start == limit) == (off < 0, off == 0)


@given(before=st.integers(0, 10**12), limit=st.integers(0, 10**9))
def test_a_deadline_is_reached_to_the_microsecond(before: int, limit: int) -> None:
    clock = Clock()
    clock.advance(before + limit)
    due = clock.now().mono
    again = Clock()
    again.advance(before)
    assert again.until(due) == limit


def test_setting_the_clock_moves_the_wall_time_alone() -> None:
    clock = Clock()
    clock.advance(5_000_000)
    clock.set(datetime(2026, 11, 24, 9, tzinfo=UTC))
    clock.advance(1_000_000)
    now = clock.now()
    assert (now.wall, now.mono) == (datetime(2026, 11, 24, 9, 0, 1, tzinfo=UTC), 6.0)


def test_timers_run_at_their_own_times(station: VirtualStation) -> None:
    begin = station.clock.now().wall
    assert [each.signal for each in station.scan("a", "RD-1")] == [Signal.WELCOME]
    assert [(each.signal, each.at) for each in station.pass_time(90_000_000)] == [
        (Signal.GOODBYE, begin + timedelta(seconds=30))
    ]
    assert station.clock.now().wall == begin + timedelta(seconds=90)


def test_cut_keeps_what_is_on_disk_and_forgets_the_rest(station: VirtualStation) -> None:
    station.scan("a", "RD-2")
    station.scan("a", "RD-1")
    before = station.clock.now()
    station.cut()
    after = station.clock.now()
    assert (after.wall, after.mono) == (before.wall, 0.0)
    assert after.boot != before.boot
    assert station.store.shelf.reader("RD-2") == Reader(
        **{name: getattr(station.store.shelf.reader("RD-2"), name) for name in ("stamp", "stamps")},
        id="RD-2",
        status="applied",
    )
    assert [each.signal for each in station.scan("a", "RD-1")] == [Signal.WELCOME]


def test_nothing_arrives_while_the_broker_is_down_and_nothing_twice(station: VirtualStation) -> None:
    station.broker(False)
    station.scan("a", "RD-7")
    station.deliver()
    assert station.consumer == []
    station.cut()
    assert not station.broker_is_up
    for up in (True, False, True):
        station.broker(up)
        station.deliver()
        station.cut()
    station.deliver()
    assert [each["seq"] for each in station.consumer] == [1, 2, 3, 4, 5]
    assert [each["subject"] for each in station.consumer] == ["RD-7", *4 * ["replay"]]


def test_many_events_arrive_in_order(station: VirtualStation) -> None:
    station.broker(False)
    for number in range(70):
        station.scan("a", f"RD-A{number}")
    station.broker(True)
    station.deliver()
    assert [each["seq"] for each in station.consumer] == list(range(1, 71))


def test_restart_forgets_sessions_and_says_so(station: VirtualStation) -> None:
    staff = Reader(id="RD-9", kind="staff")
    station.store.decide(lambda _: Decision(state=State(), save=(staff,)), station.clock.now())
    station.scan("a", "RD-9")
    assert [each.signal for each in station.scan("a", "CMD-RESTART")] == [Signal.STOPPING]
    assert [each.signal for each in station.scan("a", "RD-9")] == [Signal.STAFF]
    assert [(each["type"], each["data"]["reason"]) for each in station.consumer] == [
        ("shelfpost.station.stopped.v1", "restart"),
        ("shelfpost.station.started.v1", "after_stop"),
    ]
