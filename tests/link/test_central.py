"""What central says to a station, and what anybody might."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from station.commands import Commands
from station.flows.orders import Order
from station.model import Reader
from station.mqtt import Message
from station.orders import Orders
from station.outbox import Outbox
from station.questions import Questions
from station.store import StoreError
from station.traffic import Traffic
from tests.consumer import Consumer, publish
from tests.link.rig import OF_THE_STATION, TOPICS, Linked
from tests.mosquitto import Mosquitto
from tests.stores import EPOCH, SetClock, memory_store, stock

REPLIES, COMMANDS = TOPICS.replies, TOPICS.commands


def test_confirmation_that_is_retained_is_heard_at_the_next_connection(
    station: Linked, broker: Mosquitto
) -> None:
    station.record(3)
    station.confirm(3)
    with Consumer(broker.port, REPLIES) as watching:
        station.start()
        station.wait_until_up()
        station.wait_until_answered(watching)
    assert station.store.journal.reached("confirmed") == 3


def test_command_is_answered_with_its_id(station: Linked, broker: Mosquitto) -> None:
    station.record(3)
    with Consumer(broker.port, *OF_THE_STATION) as central:
        station.start()
        central.wait_for_sequence(3)
        station.command(command="resend", id="c-1", epoch=EPOCH, **{"from": 2, "to": 3})
        station.command(command="resend", id="c-2", epoch="another", **{"from": 1, "to": 1})
        central.wait(lambda: len(central.said(REPLIES)) == 2 and len(central.all_events()) == 5)
    assert central.said(REPLIES) == [
        {"id": "c-1", "ok": True, "events": 2},
        {"id": "c-2", "ok": False, "error": "this station has no such events"},
    ]
    assert [each["seq"] for each in central.all_events()] == [1, 2, 3, 2, 3]
    assert [each[1:4] for each in central.heard if each.topic == REPLIES] == [(1, False, REPLIES)] * 2


def test_retained_command_is_not_obeyed_and_is_reported(station: Linked, broker: Mosquitto) -> None:
    station.record(2)
    said = {"command": "resend", "id": "old", "epoch": EPOCH, "from": 1, "to": 2}
    publish(broker.port, COMMANDS, json.dumps(said), retain=True)
    with Consumer(broker.port, *OF_THE_STATION) as central:
        station.start()
        central.wait_for_sequence(2)
        station.wait_until_answered(central)
    assert central.said(REPLIES)[0] == {
        "id": None,
        "ok": False,
        "error": "a retained command is ignored: publish it without retain",
    }
    assert [each["seq"] for each in central.all_events()] == [1, 2]


DEEP = b"[" * 100_000
NASTY = [
    b"",
    b"\x00",
    b"\xff\xfe\xfd",
    b"{",
    b"null",
    b"[]",
    b"7",
    b'"resend"',
    b"{}",
    DEEP,
    DEEP + b"]" * 100_000,
    b'{"command": "resend", "x": ' + DEEP + b"]" * 100_000 + b"}",
    b'{"epoch": "e0", "seq": 1, "x": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
    b'{"command": "self-destruct", "id": "c"}',
    b'{"command": "resend"}',
    b'{"command": "resend", "id": 7, "epoch": "e0", "from": 1, "to": 1}',
    b'{"command": "resend", "id": "c", "epoch": "e0", "from": "1", "to": 1}',
    b'{"command": "resend", "id": "c", "epoch": "e0", "from": 1e300, "to": NaN}',
    b'{"command": "resend", "id": "c", "epoch": "e0", "from": -' + b"9" * 5000 + b', "to": 1}',
    b'{"command": "resend", "id": "' + b"x" * 300_000 + b'", "epoch": "e1", "from": 1, "to": 1}',
    b'{"command": "resend", "id": "\\ud800", "epoch": "\xed\xa0\x80", "from": 1, "to": 1}',
    b'{"command": "resend", "command": "resend", "id": "c", "epoch": null, "from": 1, "to": 1}',
    b'{"epoch": "e0", "seq": 99999999999999999999999999}',
    b'{"epoch": "e0", "seq": -1}',
    b'{"epoch": "e0", "seq": true}',
    b'{"epoch": "e0", "seq": 1.5}',
    b'{"epoch": ["e0"], "seq": 1}',
    b"\x80" * 200_000,
    b'{"id": "BK-1", "loan": ' + DEEP,
    b'{"id": "BK-1", "stamp": "9999999999999-0000-desk_2"}',
    b'{"id": "BK-1", "stamp": "tomorrow"}',
    b'{"id": "BK-1", "stamp": "1795510800000-0000-desk_2", "x": ' + b"[" * 970 + b"]" * 970 + b"}",
]


def test_no_message_ends_the_link_or_moves_a_mark(station: Linked, broker: Mosquitto) -> None:
    station.record(3)
    with Consumer(broker.port, *OF_THE_STATION) as central:
        station.start()
        central.wait_for_sequence(3)
        for topic in (COMMANDS, TOPICS.confirmed, TOPICS.document("items", "BK-1"), TOPICS.state):
            for payload in NASTY:
                publish(broker.port, topic, payload)
        station.wait_until_answered(central)
        station.record(1)
        central.wait_for_sequence(4)
        station.wait_until_up()
    assert station.was_never_down()
    assert station.store.journal.reached("confirmed") is None
    assert station.store.shelf.item("BK-1") is None


TOPICS_HEARD = st.sampled_from([COMMANDS, TOPICS.confirmed, TOPICS.state, TOPICS.document("items", "BK-1")])
WORDS = st.sampled_from(
    ["command", "resend", "id", "epoch", "seq", "from", "to", "stamp", "loan", EPOCH, "BK-1"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=5),
)
PAYLOADS = st.binary(max_size=60) | VALUES.map(lambda value: json.dumps(value).encode())


@given(st.lists(st.tuples(TOPICS_HEARD, PAYLOADS, st.booleans()), max_size=5))
def test_any_payload_is_taken_or_refused(messages: list[tuple[str, bytes, bool]]) -> None:
    """`confirmed` may be moved by chance, but never beyond the last event."""
    store = memory_store()
    stock(store)
    traffic = Traffic(store, TOPICS, SetClock(), Questions())
    traffic.connected(resumed=False)
    for topic, payload, retained in messages:
        traffic.received(Message(topic, payload, retain=retained))
        for each in traffic.take():
            json.loads(each.payload)
    assert store.journal.reached("confirmed") in (None, 0)
    assert store.shelf.item("BK-1") is None


def test_order_is_carried_out_answered_and_told_as_an_event(station: Linked, broker: Mosquitto) -> None:
    station.save(Reader(id="RD-1", status="applied"))
    with Consumer(broker.port, *OF_THE_STATION) as central:
        station.start()
        station.wait_until_up()
        station.command(command="admit", id="c-1", reader="RD-1", staff="RD-9")
        station.command(command="lost", id="c-2", item="BK-0")
        central.wait_for_sequence(1)
        central.wait(lambda: len(central.said(REPLIES)) == 2)
    assert central.said(REPLIES) == [
        {"id": "c-1", "ok": True, "signal": "admitted", "reader": "RD-1"},
        {"id": "c-2", "ok": False, "signal": "unknown"},
    ]
    assert [(each["type"], each["data"]) for each in central.events()] == [
        ("shelfpost.reader.admitted.v1", {"reader": "RD-1", "staff": "RD-9"})
    ]


def test_station_that_is_to_show_itself_is_told(station: Linked, broker: Mosquitto) -> None:
    with Consumer(broker.port, *OF_THE_STATION):
        station.start()
        station.wait_until_up()
        station.command(command="identify", id="c-1")
        assert station.wait_until_ordered() == "identify"


class FailingOrders(Orders):
    def carry_out(self, order: Order) -> dict[str, Any]:
        raise StoreError("the disk is full")


def test_order_that_could_not_be_kept_is_answered_with_no() -> None:
    store = memory_store()
    failing = FailingOrders(store, SetClock(), lambda _: None)
    commands = Commands(Outbox(store), failing, TOPICS)
    asked = {"command": "add", "id": "c-1", "item": "BK-1"}
    commands.received(Message(COMMANDS, json.dumps(asked).encode()))
    said = [json.loads(each.payload) for each in commands.replies()]
    error = "the station's store can't be written; nothing has changed"
    assert said == [{"id": "c-1", "ok": False, "error": error}]


def test_a_new_station_hears_of_the_library_when_it_has_the_rest() -> None:
    """The broker sends what it keeps in the order of subscriptions."""
    traffic = Traffic(memory_store(), TOPICS, SetClock(), Questions())
    assert traffic.filters()[-1] == TOPICS.documents("library")
