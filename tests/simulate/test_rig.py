"""The whole station: real daemon, store, link and broker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec import structs

from station.config import BrokerConfig
from station.drivers.clock import SystemClock
from station.signals import Shown, Signal
from station.simulate import library
from station.simulate.broker import EmbeddedBroker
from station.simulate.central import Central
from station.simulate.rig import Arrived, Happening, Plan, Rig
from station.store import Store, StoreError
from station.topics import Topics
from tests.consumer import Consumer
from tests.mosquitto import HOST, Mosquitto
from tests.simulate.screen import PATIENCE


class Told:
    """What a rig tells, in order."""

    def __init__(self) -> None:
        self.all: list[Happening] = []
        self._changed = threading.Condition()

    def __call__(self, happening: Happening) -> None:
        with self._changed:
            self.all.append(happening)
            self._changed.notify_all()

    def events(self) -> list[dict[str, Any]]:
        return [each.event for each in self.all if isinstance(each, Arrived)]

    def signals(self) -> list[Signal]:
        return [each.signal for each in self.all if isinstance(each, Shown)]

    def wait_for_sequence(self, last: int) -> None:
        self._wait(lambda: len(self.events()) >= last)

    def wait_for_signal(self, signal: Signal, times: int = 1) -> None:
        self._wait(lambda: self.signals().count(signal) >= times)

    def _wait(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE), self.all


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def rig(plan: Plan, told: Told) -> Iterator[Rig]:
    made = Rig(plan, told, SystemClock())
    made.start()
    yield made
    made.stop()


def test_station_starts_lends_and_stops(plan: Plan, told: Told) -> None:
    rig = Rig(plan, told, SystemClock())
    rig.start()
    for text in ("RD-1001", "BK-1001"):
        assert rig.scan(text)
    told.wait_for_sequence(2)
    rig.stop()
    assert told.signals() == [Signal.STARTING, Signal.READY, Signal.WELCOME, Signal.BORROWED, Signal.STOPPING]
    assert [each["type"] for each in told.events()] == [
        "shelfpost.station.started.v1",
        "shelfpost.loan.borrowed.v1",
        "shelfpost.station.stopped.v1",
    ]


def test_same_scan_again_is_known_not_to_be_answered(rig: Rig) -> None:
    assert [rig.scan("RD-1001"), rig.scan("RD-1001")] == [True, False]
    assert 0 < rig.wait_for_repeat("RD-1001") <= 1.5


def test_second_station_on_the_same_folder_is_refused(plan: Plan, rig: Rig, told: Told) -> None:
    second = Rig(Plan(plan.config, None, sample=True), told, SystemClock())
    with pytest.raises(StoreError, match="another station is running"):
        second.start()
    second.stop()


def test_kept_library_goes_on_where_it_stopped(plan: Plan, told: Told) -> None:
    first = Rig(plan, Told(), SystemClock())
    first.start()
    first.stop()
    broker = EmbeddedBroker()
    config = structs.replace(plan.config, broker=broker.config)
    second = Rig(Plan(config, broker, sample=True), told, SystemClock())
    second.start()
    told.wait_for_sequence(1)
    second.stop()
    assert [(each["seq"], each["data"]["reason"]) for each in told.events()] == [
        (3, "after_stop"),
        (4, "quit"),
    ]


def test_broker_of_the_configuration_is_used_and_gets_no_commands(
    plan: Plan, told: Told, broker: Mosquitto
) -> None:
    config = structs.replace(plan.config, broker=BrokerConfig(host=HOST, port=broker.port))
    with Consumer(broker.port, "shelfpost/+/stations/+/commands", "shelfpost/+/events/#") as consumer:
        rig = Rig(Plan(config, None, sample=True), told, SystemClock())
        rig.start()
        rig.scan("RD-1001")
        rig.scan("BK-1001")
        told.wait_for_sequence(2)
        consumer.wait_for_sequence(2)
        rig.stop()
        consumer.wait_for_sequence(3)
    assert consumer.said("shelfpost/sample/stations/desk_1/commands") == []


class Forgetful(Rig):
    """Its central server has not heard of what the broker had acknowledged."""

    def _make_central(self, store: Store) -> Central:
        super()._make_central(store)
        config = self.plan.config
        assert config.broker
        topics = Topics(config.broker.root, library.LIBRARY.id, config.station.id)
        return Central(topics, store.journal.epoch, 0)


def test_central_asks_for_what_was_acknowledged_and_never_came(plan: Plan, told: Told) -> None:
    first = Rig(plan, Told(), SystemClock())
    first.start()
    first.stop()
    broker = EmbeddedBroker()
    second = Forgetful(
        Plan(structs.replace(plan.config, broker=broker.config), broker, sample=True), told, SystemClock()
    )
    second.start()
    told.wait_for_sequence(3)
    second.stop()
    assert [each["seq"] for each in told.events()] == [3, 1, 2, 4]


@pytest.mark.slow
def test_no_event_is_lost_or_comes_twice_through_outages(plan: Plan, rig: Rig, told: Told) -> None:
    """The broker forgets all each time, and acknowledges before it has passed on: central asks again."""
    assert plan.embedded
    for turn in range(4):
        rig.scan("RD-1001")
        rig.scan(f"BK-100{turn}")
        plan.embedded.down()
        told.wait_for_signal(Signal.OFFLINE, turn + 1)
        rig.scan(f"BK-100{turn + 5}")
        plan.embedded.up()
        told.wait_for_signal(Signal.READY, turn + 2)
    store = rig.open_store()
    last = store.journal.last_sequence
    told.wait_for_sequence(last)
    store.close()
    assert sorted(each["seq"] for each in told.events()) == list(range(1, last + 1))
