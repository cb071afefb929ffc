"""Questions for titles, as they go over a real broker: this station's, and what it answers to others'."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from station.model import Incident, Library, Title
from station.mqtt import Message
from station.questions import Questions, Said
from station.store import Store
from station.store.stamps import stamped
from station.topics import Topics
from station.traffic import Traffic
from tests.consumer import Consumer, publish
from tests.link.rig import TOPICS, Linked
from tests.mosquitto import PATIENCE, Mosquitto
from tests.stores import LIBRARY, SetClock, memory_store

DREAM, EMMA = "9787020002207", "9780141439587"
DOCUMENT: dict[str, Any] = {"isbn": DREAM, "title": "红楼梦", "authors": ["曹雪芹"], "source": "central"}
DOCUMENT |= {"stamp": "1795521404913-0000-central", "parent": None}
TITLES, ELSEWHERE = TOPICS.document("titles", DREAM), "shelfpost/oak/stations/window/answers"
BRIEFLY = 0.3
"""Seconds after which a question has an end where nobody knows."""


class Question:
    """Asked in a thread of its own, as the lookup does."""

    def __init__(self, station: Linked, isbn: str = DREAM, timeout: float = PATIENCE) -> None:
        self._said: list[Said] = []
        self._thread = threading.Thread(
            target=lambda: self._said.append(station.questions.ask(isbn, timeout)), daemon=True
        )
        self._thread.start()

    def answer(self) -> Said:
        self._thread.join(PATIENCE)
        return self._said[0]


def know(station: Linked, *isbns: str) -> None:
    """Import a catalogue with these titles."""
    with station.store.transaction():
        for isbn in isbns:
            station.store.catalogue.put(Title(isbn=isbn, title="红楼梦", source="catalogue"))


def ask(broker: Mosquitto, isbn: Any, reply_to: str | None = ELSEWHERE) -> None:
    """As another station does."""
    publish(broker.port, TOPICS.lookups, json.dumps({"isbn": isbn, "reply_to": reply_to}))


def test_question_goes_out_once_and_is_not_retained(station: Linked, broker: Mosquitto) -> None:
    with Consumer(broker.port, TOPICS.lookups) as watching, station:
        station.wait_until_up()
        question = Question(station, timeout=BRIEFLY)
        watching.wait(lambda: bool(watching.heard))
        assert question.answer() is Said.NOTHING
    assert watching.said(TOPICS.lookups) == [{"isbn": DREAM, "reply_to": TOPICS.answers}]
    assert [(each.qos, each.retained) for each in watching.heard] == [(1, False)]


def test_answer_is_the_title_document_that_somebody_writes(station: Linked, broker: Mosquitto) -> None:
    with Consumer(broker.port, TOPICS.lookups) as watching, station:
        station.wait_until_up()
        question = Question(station)
        watching.wait(lambda: bool(watching.heard))
        publish(broker.port, TITLES, json.dumps(DOCUMENT), retain=True)
        assert question.answer() is Said.CAME
        found = station.store.shelf.title(DREAM)
    assert found is not None and (found.title, found.authors) == ("红楼梦", ("曹雪芹",))


def test_no_from_one_does_not_end_the_wait_for_another(station: Linked, broker: Mosquitto) -> None:
    with Consumer(broker.port, TOPICS.lookups) as watching, station:
        station.wait_until_up()
        question = Question(station)
        watching.wait(lambda: bool(watching.heard))
        publish(broker.port, TOPICS.answers, json.dumps({"isbn": DREAM, "known": False}))
        publish(broker.port, TITLES, json.dumps(DOCUMENT), retain=True)
        assert question.answer() is Said.CAME


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"isbn": DREAM, "known": False}, Said.NO),
        ({"isbn": EMMA, "known": False}, Said.NOTHING),
        ({"isbn": DREAM, "known": True}, Said.NOTHING),
        ({"isbn": DREAM}, Said.NOTHING),
        ({"isbn": DREAM, "known": "no"}, Said.NOTHING),
    ],
)
def test_only_a_no_to_this_question_is_one(said: dict[str, object], expected: Said) -> None:
    questions = Questions()
    traffic = Traffic(memory_store(), TOPICS, SetClock(), questions)
    answer = Message(TOPICS.answers, json.dumps(said).encode())
    questions.can_be_asked(lambda: traffic.received(answer))
    assert questions.ask(DREAM, timeout=0.0) is expected


def test_no_to_the_question_before_is_none_to_this() -> None:
    questions = Questions()
    questions.can_be_asked(lambda: questions.said_no(DREAM))
    assert (questions.ask(DREAM, 0.0), questions.ask(EMMA, 0.0)) == (Said.NO, Said.NOTHING)


def test_first_question_waits_for_the_first_connection(station: Linked, broker: Mosquitto) -> None:
    question = Question(station)
    with Consumer(broker.port, TOPICS.lookups) as watching, station:
        watching.wait(lambda: bool(watching.heard))
        publish(broker.port, TITLES, json.dumps(DOCUMENT), retain=True)
        assert question.answer() is Said.CAME


def test_who_asks_is_let_go_when_the_station_stops() -> None:
    questions = Questions()
    questions.can_be_asked(questions.close)
    assert questions.ask(DREAM, PATIENCE) is Said.NOTHING


def test_without_a_broker_nobody_is_waited_for(station: Linked, broker: Mosquitto) -> None:
    assert Question(station, timeout=0.0).answer() is Said.UNASKED
    with station:
        station.wait_until_up()
        question = Question(station)
        station.may_go_on.clear()
        broker.kill()
        assert question.answer() is Said.NOTHING


def test_station_with_a_catalogue_answers_with_the_title_document(station: Linked, broker: Mosquitto) -> None:
    know(station, DREAM)
    with Consumer(broker.port, TITLES) as watching, station:
        station.wait_until_up()
        ask(broker, DREAM)
        watching.wait(lambda: bool(watching.heard))
        (said,) = watching.said(TITLES)
    assert (said["isbn"], said["title"], said["source"]) == (DREAM, "红楼梦", "catalogue")
    assert said["stamp"] and said["parent"] is None
    with Consumer(broker.port, TITLES) as later:
        later.wait(lambda: [each.retained for each in later.heard] == [True])


def test_isbn_with_hyphens_is_understood(station: Linked, broker: Mosquitto) -> None:
    know(station, DREAM)
    with Consumer(broker.port, TITLES) as watching, station:
        station.wait_until_up()
        ask(broker, "978-7-02-000220-7", None)
        watching.wait(lambda: bool(watching.heard))


def test_station_whose_catalogue_lacks_the_title_says_so(station: Linked, broker: Mosquitto) -> None:
    know(station, DREAM)
    with Consumer(broker.port, ELSEWHERE) as watching, station:
        station.wait_until_up()
        ask(broker, EMMA)
        watching.wait(lambda: bool(watching.heard))
        assert watching.said(ELSEWHERE) == [{"isbn": EMMA, "known": False}]


def test_station_without_a_catalogue_keeps_silent(station: Linked, broker: Mosquitto) -> None:
    with Consumer(broker.port, ELSEWHERE, TOPICS.replies) as watching, station:
        station.wait_until_up()
        ask(broker, EMMA)
        station.wait_until_answered(watching)
        assert watching.said(ELSEWHERE) == []


def test_own_question_is_not_answered(station: Linked, broker: Mosquitto) -> None:
    know(station, DREAM)
    with Consumer(broker.port, TITLES, TOPICS.answers, TOPICS.lookups, TOPICS.replies) as watching, station:
        station.wait_until_up()
        question = Question(station, EMMA, timeout=BRIEFLY)
        watching.wait(lambda: bool(watching.said(TOPICS.lookups)))
        station.wait_until_answered(watching)
        assert watching.said(TOPICS.answers) == []
        assert question.answer() is Said.NOTHING


@pytest.mark.parametrize(
    "reply_to",
    [
        "shelfpost/oak/items/BK-1",
        "shelfpost/oak/library",
        "shelfpost/elm/stations/window/answers",
        "other/topic",
        "shelfpost/oak/#",
        "shelfpost/oak/stations/+/answers",
        "shelfpost/oak/a\x00b",
        "",
        "x" * 70_000,
    ],
)
def test_nobody_has_the_station_say_something_elsewhere(
    station: Linked, broker: Mosquitto, reply_to: str
) -> None:
    know(station, DREAM)
    with Consumer(broker.port, "shelfpost/#", "other/#") as watching, station:
        station.wait_until_up()
        ask(broker, EMMA, reply_to)
        station.wait_until_answered(watching)
        assert [each.topic for each in watching.heard if '"known"' in each.payload] == []
        assert station.was_never_down()


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"{}",
        b'{"isbn": 7}',
        b'{"isbn": "x"}',
        b'{"isbn": "9787020002208"}',
        b"\xff\xfe",
        b"[" * 60_000,
    ],
)
def test_what_is_no_question_is_passed_over(station: Linked, broker: Mosquitto, payload: bytes) -> None:
    know(station, DREAM)
    with Consumer(broker.port, "shelfpost/oak/titles/+", TOPICS.replies) as watching, station:
        station.wait_until_up()
        publish(broker.port, TOPICS.lookups, payload)
        publish(broker.port, TOPICS.answers, payload)
        station.wait_until_answered(watching)
        assert [each.topic for each in watching.heard] == [TOPICS.replies]
        assert station.was_never_down()


def test_retained_question_is_ignored(
    station: Linked, broker: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    know(station, DREAM)
    publish(broker.port, TOPICS.lookups, json.dumps({"isbn": DREAM}), retain=True)
    with Consumer(broker.port, TITLES, TOPICS.replies) as watching, station:
        station.wait_until_up()
        station.wait_until_answered(watching)
        assert watching.said(TITLES) == []
    assert "a retained message on shelfpost/oak/lookups is ignored" in caplog.text


def test_two_stations_that_know_the_same_title_do_not_fight(tmp_path: Path, clock: SetClock) -> None:
    """Both answer at once, and each hears the other's answer when it has given its own."""
    names = ("door", "window")
    stores = [Store.open(tmp_path / each, each) for each in names]
    talks = [
        Traffic(store, Topics("shelfpost", LIBRARY, name), clock, Questions())
        for store, name in zip(stores, names, strict=True)
    ]
    library = stamped(Library(id=LIBRARY), None, "1795510800000-0000-central")
    for store in stores:
        store.shared.put_as_it_is(library)
        store.catalogue.put(Title(isbn=DREAM, title="红楼梦", source="catalogue"))
    question = Message(TOPICS.lookups, json.dumps({"isbn": DREAM}).encode())
    for each in talks:
        each.connected(resumed=True)
        each.received(question)
    for _ in range(3):
        said = [each.take() for each in talks]
        for talk, own, others in zip(talks, said, said[::-1], strict=True):
            for message in own:
                talk.acknowledged(message.token)
            for message in others:
                talk.received(message)
    assert [each.shelf.all(Incident) for each in stores] == [[], []]
    assert stores[0].shelf.title(DREAM) == stores[1].shelf.title(DREAM) is not None
    for store in stores:
        store.close()
