"""What the link sends to a Mosquitto that is there: births, wills, events, documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from station import link
from station.decision import Decision
from station.documents import write
from station.events import ItemAdded
from station.model import Item
from station.mqtt import Connection
from station.session import State
from tests.consumer import Consumer, publish
from tests.link.rig import OF_THE_STATION, TOPICS, Linked, all_of, states
from tests.mosquitto import Mosquitto, free_port
from tests.stores import EPOCH, LIBRARY

STATE, HEALTH = TOPICS.state, TOPICS.health


def test_events_arrive_as_they_are_in_the_log(station: Linked, broker: Mosquitto, protocol: str) -> None:
    with Consumer(broker.port) as central:
        station.record(2)
        station.start()
        station.wait_until_up()
        station.record(1)
        central.wait_for_sequence(3)
    assert central.all_events() == station.events()
    content_type = "application/cloudevents+json" if protocol == "5" else ""
    topic = "shelfpost/oak/events/desk_1/item.added"
    assert [each[:4] for each in central.heard] == [(content_type, 1, False, topic)] * 3


def test_what_was_sent_once_is_not_sent_again(station: Linked, broker: Mosquitto) -> None:
    with Consumer(broker.port) as central:
        station.record(3)
        station.start()
        central.wait_for_sequence(3)
        station.close()
        station.record(2)
        station.start()
        central.wait_for_sequence(5)
    assert [each["seq"] for each in central.all_events()] == all_of(5)


def test_long_outbox_arrives_whole_and_in_order(station: Linked, broker: Mosquitto) -> None:
    facts = [ItemAdded(item=f"BK-{each}") for each in range(1000)]
    with station.store.transaction():
        station.store.journal.write(facts, 0, LIBRARY, station.clock.now())
    with Consumer(broker.port) as central:
        station.start()
        central.wait_for_sequence(1000)
    assert central.sequences() == all_of(1000)


def test_what_another_process_writes_is_sent_on(station: Linked, broker: Mosquitto) -> None:
    """A command beside the daemon wakes nobody: the link looks once a second."""
    with Consumer(broker.port) as central:
        station.start()
        station.wait_until_up()
        written = Decision(state=State(), record=(ItemAdded(item="BK-1"),))
        station.store.decide(lambda _: written, station.clock.now())
        central.wait_for_sequence(1)


def test_birth_and_clean_end_are_retained(station: Linked, broker: Mosquitto) -> None:
    station.start()
    station.wait_until_up()
    with Consumer(broker.port, STATE) as late:
        late.wait(lambda: late.heard != [])
        assert late.said(STATE) == [{"state": "ready", "station": "desk_1", "at": "2026-11-24T09:00:00.000Z"}]
        assert [(each.qos, each.retained) for each in late.heard] == [(1, True)]
    station.close()
    with Consumer(broker.port, STATE) as late:
        late.wait(lambda: late.heard != [])
        assert states(late) == ["disconnected"]


def test_station_that_waits_for_its_library_is_ready_once_another_station_has_sent_it(
    station: Linked, broker: Mosquitto, tmp_path: Path
) -> None:
    with Consumer(broker.port, STATE) as central:
        with Linked(tmp_path / "waiting", broker.port, has_library=False) as waiting:
            central.wait(lambda: states(central) == ["init"])
            retained = Consumer(broker.port, "shelfpost/oak/library")
            with retained:
                waiting.close()
                station.start()
                retained.wait(lambda: retained.heard != [])
                station.close()
        central.heard.clear()
        with Linked(tmp_path / "waiting", broker.port, has_library=False):
            central.wait(lambda: "ready" in states(central))
            assert states(central)[-2:] == ["init", "ready"]


def test_connection_that_breaks_is_followed_by_the_will_and_a_new_birth(
    station: Linked, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker learns of the break first: the station's socket is shut from outside."""
    made: list[Connection] = []

    def opened(*args: Any, **options: Any) -> Connection:
        made.append(Connection(*args, **options))
        return made[-1]

    monkeypatch.setattr(link, "Connection", opened)
    with Consumer(broker.port, STATE) as central:
        station.start()
        central.wait(lambda: states(central) == ["ready"])
        station.may_go_on.clear()
        made[-1].drop()
        central.wait(lambda: states(central) == ["ready", "lost"])
        station.may_go_on.set()
        central.wait(lambda: states(central) == ["ready", "lost", "ready"])


def test_health_says_how_long_the_outbox_is(station: Linked, broker: Mosquitto) -> None:
    station.record(2)
    with Consumer(broker.port, HEALTH) as central:
        station.start()
        central.wait(lambda: central.heard != [])
    assert central.said(HEALTH) == [
        {
            "uptime": 7,
            "outbox": 2,
            "oldest_unsent": "2026-11-24T09:00:00.000Z",
            "epoch": EPOCH,
            "seq": 2,
            "at": "2026-11-24T09:00:00.000Z",
        }
    ]


def test_documents_are_retained_under_their_ids(station: Linked, broker: Mosquitto) -> None:
    names = ["BK-1", "BK-a/b+c#d%e", "BK-红楼梦", "BK-\uffff", "BK-\x01"]
    station.save(*(Item(id=each) for each in names))
    station.start()
    with Consumer(broker.port, "shelfpost/oak/items/#") as central:
        central.wait(lambda: len(central.heard) == 5)
    station.wait_until_up()
    assert station.was_never_down()
    kept = {each.topic: json.loads(each.payload) for each in central.heard}
    items = [station.store.shelf.item(each) for each in names]
    wanted = {TOPICS.document("items", each.id): msgspec.to_builtins(write(each)) for each in items if each}
    assert kept == json.loads(json.dumps(wanted))


def test_document_of_another_station_is_taken(station: Linked, broker: Mosquitto) -> None:
    stamp = "1795000000000-0000-desk_2"
    theirs = Item(id="BK-7", location="attic", stamp=stamp, stamps=(stamp,), loanstamp=stamp, reststamp=stamp)
    publish(broker.port, TOPICS.document("items", "BK-7"), msgspec.json.encode(write(theirs)), retain=True)
    with Consumer(broker.port, TOPICS.replies) as watching:
        station.start()
        station.wait_until_up()
        station.wait_until_answered(watching)
    assert station.store.shelf.item("BK-7") == theirs


@pytest.mark.parametrize("closed", [False, True])
def test_link_that_is_closed_at_once_has_said_all(station: Linked, broker: Mosquitto, closed: bool) -> None:
    """As where a station reads its scans from a pipe that is at its end before the link is up."""
    station.record(50)
    with Consumer(broker.port, *OF_THE_STATION) as central:
        station.start(closed=closed)
        station.close()
        central.wait(lambda: states(central)[-1:] == ["disconnected"])
    assert central.sequences() == all_of(50)


def test_link_that_is_closed_without_a_broker_ends(tmp_path: Path) -> None:
    with Linked(tmp_path / "data", free_port()) as station:
        station.record(1)
