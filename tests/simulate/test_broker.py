from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from station.mqtt import Connection, Message
from station.simulate.broker import EmbeddedBroker
from tests.mosquitto import PATIENCE, accepts

pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")


def connect(broker: EmbeddedBroker, name: str, *, persistent: bool = True, **more: object) -> Connection:
    return Connection(broker.config, name, persistent=persistent, **more)  # type: ignore[arg-type]


def serve(connection: Connection, until: Callable[[], bool]) -> None:
    for _ in range(int(PATIENCE / 0.1)):
        if until():
            return
        connection.serve(0.1)
    raise AssertionError("it did not come")


def test_broker_is_away_until_it_is_up_and_keeps_its_port(embedded: EmbeddedBroker) -> None:
    assert not accepts(embedded.port)
    for _ in range(3):
        embedded.up()
        assert accepts(embedded.port)
        embedded.down()
        assert not accepts(embedded.port)


def test_switching_twice_is_switching_once(embedded: EmbeddedBroker) -> None:
    embedded.up()
    embedded.up()
    assert embedded.is_up
    embedded.down()
    embedded.down()
    assert not embedded.is_up


def test_message_goes_round_and_is_acknowledged(embedded: EmbeddedBroker) -> None:
    embedded.up()
    came: list[Message] = []
    done: list[object] = []
    connection = connect(embedded, "one", received=came.append, acknowledged=done.append)
    connection.subscribe("a/#")
    for number in range(50):
        connection.publish(Message(f"a/{number}", b"x", token=number))
    serve(connection, lambda: len(came) == 50 and len(done) == 50)
    assert [each.topic for each in came] == [f"a/{number}" for number in range(50)]
    connection.close()


def test_clients_are_cut_off_when_it_goes(embedded: EmbeddedBroker) -> None:
    embedded.up()
    connections = [connect(embedded, name) for name in ("one", "two")]
    connections[0].subscribe("a/#")
    embedded.down()
    for each in connections:
        with pytest.raises(ConnectionError):
            serve(each, lambda: False)


def test_session_is_kept_while_it_is_up_and_lost_when_it_goes(embedded: EmbeddedBroker) -> None:
    embedded.up()
    connect(embedded, "one").close()
    again = connect(embedded, "one")
    assert again.resumed
    again.close()
    embedded.down()
    embedded.up()
    assert not connect(embedded, "one").resumed


def test_will_is_published_for_a_client_that_vanishes(embedded: EmbeddedBroker) -> None:
    embedded.up()
    came: list[Message] = []
    other = connect(embedded, "other", received=came.append)
    other.subscribe("state")
    connect(embedded, "one", will=Message("state", b"lost", retain=True)).drop()
    serve(other, lambda: [each.payload for each in came] == [b"lost"])


def test_nothing_of_it_stays_behind(embedded: EmbeddedBroker) -> None:
    before = set(threading.enumerate())
    embedded.up()
    connection = connect(embedded, "one")
    embedded.close()
    embedded.close()
    connection.drop()
    assert set(threading.enumerate()) == before
