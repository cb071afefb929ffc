"""A Mosquitto that is late, frozen, restarted, or dead with all that it kept: what arrives then."""

from __future__ import annotations

import gc
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from station import link, mqtt
from station.config import BrokerConfig
from station.mqtt import Connection
from station.reconnecting import RESTLESS
from station.store import Store, StoreError
from tests.consumer import Consumer
from tests.link.rig import OF_THE_STATION, TOPICS, Linked, all_of, states
from tests.mosquitto import HOST, Mosquitto
from tests.stores import EPOCH, STATION


def test_station_that_starts_before_its_broker_sends_all_once_it_is_there(
    tmp_path: Path, protocol: str
) -> None:
    with (
        Mosquitto(tmp_path / "late") as broker,
        closing(Linked(tmp_path / "data", broker.port, protocol)) as station,
    ):
        station.may_go_on.clear()
        station.start()
        refused = f"the broker 127.0.0.1:{broker.port} can't be reached: [Errno 111] Connection refused"
        assert station.wait_until_down() == refused
        station.record(5)
        broker.start()
        with Consumer(broker.port) as central:
            station.may_go_on.set()
            central.wait_for_sequence(5)
        assert central.all_events() == station.events()


def test_birth_comes_again_after_the_broker_was_restarted(station: Linked, broker: Mosquitto) -> None:
    station.start()
    station.wait_until_up()
    station.may_go_on.clear()
    broker.stop()
    broker.start()
    with Consumer(broker.port, TOPICS.state) as central:
        station.may_go_on.set()
        central.wait(lambda: states(central) == ["ready"])


def test_two_stations_with_one_id_push_each_other_off_and_say_so(
    station: Linked, tmp_path: Path, protocol: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What is pushed off before it has said that it is there was never up, and does not count."""
    with Linked(tmp_path / "copy", station.port, protocol):
        station.start()
        question = f"Does another station run as {STATION}"
        assert any(station.wait_until_down() and question in caplog.text for _ in range(10 * RESTLESS))


def test_frozen_broker_gets_everything_in_order_when_it_thaws(station: Linked, broker: Mosquitto) -> None:
    with Consumer(broker.port) as central:
        station.start()
        station.record(3)
        central.wait_for_sequence(3)
        broker.freeze()
        station.record(60)
        broker.thaw()
        central.wait_for_sequence(63)
    assert [each["seq"] for each in central.all_events()] == all_of(63)


def test_broker_that_takes_the_connection_and_says_nothing_is_left_alone(
    station: Linked, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "ANSWER_SECONDS", 0.2)
    broker.freeze()
    station.may_go_on.clear()
    station.start()
    assert "took the connection and did not answer" in station.wait_until_down()
    station.record(2)
    broker.thaw()
    with Consumer(broker.port) as central:
        station.may_go_on.set()
        central.wait_for_sequence(2)


def test_link_ends_while_its_broker_is_frozen(
    station: Linked, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "GOODBYE_SECONDS", 0.2)
    station.start()
    station.wait_until_up()
    broker.freeze()
    station.record(3)
    station.close()
    assert station.store.journal.reached("sent") is None


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_broker_that_comes_back_with_its_session_lost_misses_nothing_new(
    station: Linked, broker: Mosquitto, end: str
) -> None:
    station.start()
    station.wait_until_up()
    station.may_go_on.clear()
    getattr(broker, end)()
    station.record(30)
    broker.start()
    with Consumer(broker.port) as central:
        station.may_go_on.set()
        central.wait_for_sequence(30)
    assert central.all_events() == station.events()


def test_what_a_broker_acknowledged_and_forgot_is_missed_and_can_be_asked_for(
    station: Linked, broker: Mosquitto
) -> None:
    """Nobody confirms here: that is the price. The consumer sees the gap by `seq`."""
    station.start()
    station.record(5)
    station.close()
    assert station.store.journal.reached("sent") == 5
    broker.kill()
    broker.start()
    station.record(3)
    with Consumer(broker.port, *OF_THE_STATION) as central:
        station.start()
        central.wait_for_sequence(8)
        assert central.sequences() == [6, 7, 8]
        station.command(command="resend", id="c-1", epoch=EPOCH, **{"from": 1, "to": 5})
        central.wait(lambda: sorted(central.sequences()) == all_of(8))
        assert central.sequences() == [6, 7, 8, 1, 2, 3, 4, 5]
    assert sorted(central.events(), key=lambda each: each["seq"]) == station.events()


def test_what_central_has_not_confirmed_comes_again_by_itself(station: Linked, broker: Mosquitto) -> None:
    station.start()
    station.record(5)
    with Consumer(broker.port, TOPICS.replies) as watching:
        station.confirm(2)
        station.wait_until_answered(watching)
    station.close()
    assert station.store.journal.reached("sent") == 5
    broker.kill()
    broker.start()
    station.record(3)
    with Consumer(broker.port) as central:
        station.start()
        central.wait_for_sequence(8)
    assert central.all_events() == station.events()[2:]


def test_consumer_that_confirms_and_was_away_misses_nothing_when_the_broker_forgets(
    station: Linked, broker: Mosquitto
) -> None:
    """The whole way: some confirmed, some only acknowledged, the broker dies, and all is well."""
    with Consumer(broker.port, *OF_THE_STATION) as first:
        station.start()
        station.record(4)
        first.wait_for_sequence(4)
        station.confirm(4)
        station.wait_until_answered(first)
    station.record(4)
    station.close()
    broker.kill()
    broker.start()
    with Consumer(broker.port, *OF_THE_STATION) as second:
        station.start()
        second.wait_for_sequence(8)
    assert [*first.events(), *second.events()] == station.events()


def test_store_that_fails_for_a_while_does_not_end_the_link(station: Linked, broker: Mosquitto) -> None:
    opened = station.open_store
    station.open_store = failing_first(StoreError("the disk is full"), opened)
    station.record(2)
    with Consumer(broker.port) as central:
        station.start()
        assert station.wait_until_down() == "the disk is full"
        central.wait_for_sequence(2)


def test_fault_of_our_own_does_not_end_the_link(
    station: Linked, broker: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    station.open_store = failing_first(ZeroDivisionError("a fault"), station.open_store)
    station.record(2)
    with Consumer(broker.port) as central:
        station.start()
        assert station.wait_until_down() == "ZeroDivisionError: a fault"
        central.wait_for_sequence(2)
    assert "the link has failed" in caplog.text


def failing_first(error: Exception, then: Any) -> Any:
    failed: list[Exception] = []

    def open_store() -> Store:
        if not failed:
            failed.append(error)
            raise error
        store: Store = then()
        return store

    return open_store


def test_reconnecting_leaves_no_descriptors_behind(broker: Mosquitto) -> None:
    config = BrokerConfig(host=HOST, port=broker.port)
    before = descriptors()
    for _ in range(20):
        Connection(config, "somebody").drop()
    broker.stop()
    for _ in range(20):
        with pytest.raises(OSError):
            Connection(config, "somebody")
    assert descriptors() <= before


def descriptors() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def test_connection_can_be_closed_twice(broker: Mosquitto) -> None:
    connection = Connection(BrokerConfig(host=HOST, port=broker.port), "somebody")
    connection.close()
    connection.close()
    connection.drop()


def test_host_that_can_be_no_name_is_a_sentence_that_says_to_correct_it() -> None:
    with pytest.raises(ConnectionError, match="can't be reached: correct its host, which can't be a name"):
        Connection(BrokerConfig(host="broker..local"), "anybody")
