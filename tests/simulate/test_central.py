from __future__ import annotations

import json
from typing import Any

import pytest

from station.mqtt import Message
from station.simulate.central import PATIENCE, Central
from station.topics import Topics

TOPICS = Topics("shelfpost", "oak", "desk_1")


def event(seq: int, epoch: str = "e1") -> dict[str, Any]:
    return {
        "id": f"{epoch}-{seq}",
        "type": "shelfpost.loan.borrowed.v1",
        "subject": "BK-1",
        "epoch": epoch,
        "seq": seq,
        "data": {"item": "BK-1"},
    }


def brings(what: dict[str, Any]) -> Message:
    return Message(TOPICS.event(what["type"]), json.dumps(what).encode())


def health(seq: object, epoch: str = "e1") -> Message:
    return Message(TOPICS.health, json.dumps({"epoch": epoch, "seq": seq}).encode())


def asked(central: Central, now: float) -> dict[str, Any] | None:
    question = central.question(now)
    if question is None:
        return None
    assert (question.topic, question.retain) == (TOPICS.commands, False)
    said = json.loads(question.payload)
    return {name: said[name] for name in ("command", "epoch", "from", "to")}


def resend(first: int, last: int, epoch: str = "e1") -> dict[str, Any]:
    return {"command": "resend", "epoch": epoch, "from": first, "to": last}


@pytest.fixture
def central() -> Central:
    return Central(TOPICS, "e1", 2)


def test_event_that_was_sent_again_is_dropped(central: Central) -> None:
    came = [central.received(brings(event(seq))) for seq in (3, 4, 3, 4, 5)]
    assert came == [event(3), event(4), None, None, event(5)]


def test_event_from_before_is_dropped(central: Central) -> None:
    assert central.received(brings(event(2))) is None


def test_same_number_of_another_epoch_is_another_event(central: Central) -> None:
    assert [central.received(brings(event(3, epoch))) for epoch in ("e1", "e2")] == [
        event(3),
        event(3, "e2"),
    ]


def test_gap_is_asked_for_once_it_has_lasted(central: Central) -> None:
    central.received(brings(event(5)))
    assert [asked(central, now) for now in (10.0, 10.0 + PATIENCE - 0.1, 10.0 + PATIENCE)] == [
        None,
        None,
        resend(3, 5),
    ]


def test_gap_is_asked_for_again_if_nothing_comes_of_it(central: Central) -> None:
    central.received(brings(event(4)))
    times = (0.0, PATIENCE, PATIENCE + 0.1, 2 * PATIENCE)
    assert [asked(central, now) for now in times] == [None, resend(3, 4), None, resend(3, 4)]


def test_gap_that_closes_is_not_asked_for(central: Central) -> None:
    central.received(brings(event(4)))
    assert asked(central, 0.0) is None
    central.received(brings(event(3)))
    assert asked(central, 100.0) is None
    assert central.has("e1", 4)


def test_lost_tail_shows_in_the_stations_health(central: Central) -> None:
    central.received(health(7))
    assert [asked(central, now) for now in (0.0, PATIENCE)] == [None, resend(3, 7)]


def test_new_epoch_in_the_health_is_followed_from_its_beginning(central: Central) -> None:
    central.received(health(2, "e2"))
    assert [asked(central, now) for now in (0.0, PATIENCE)] == [None, resend(1, 2, "e2")]


@pytest.mark.parametrize("payload", [b"", b"[]", b"{}", b"\xff", b'{"seq": "x", "epoch": 1}', b"[" * 5000])
def test_what_is_no_health_changes_nothing(central: Central, payload: bytes) -> None:
    assert central.received(Message(TOPICS.health, payload)) is None
    assert [asked(central, now) for now in (0.0, PATIENCE)] == [None, None]


@pytest.mark.parametrize("payload", [b"", b"[]", b'{"data": {}}', b"\xff", b"[" * 100_000])
def test_what_is_no_event_is_dropped(central: Central, payload: bytes) -> None:
    assert central.received(Message("shelfpost/oak/events/desk_1/x", payload)) is None
