"""Stations share documents through a broker that here is a dictionary of retained messages."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import structs
from tinydb.table import Document as Row

from station.decision import Decision
from station.model import Document, Incident, Item, Library, Loan, Moment, Reader
from station.replica import Replica, StampRefused
from station.session import State
from station.store import Store

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
NOW_MS = int(START.timestamp() * 1000)


def moment(seconds: float = 0.0, *, trusted: bool = True) -> Moment:
    return Moment(START + timedelta(seconds=seconds), seconds, trusted, "boot", UTC)


class Broker:
    """Keeps the last document of each topic, and tells everybody who listens."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Document] = {}
        self.stations: list[Station] = []

    def publish(self, document: Document) -> None:
        self.kept[document.kind_of_document, document.key] = document
        for each in self.stations:
            with suppress(StampRefused):
                each.replica.received(document, moment(10))


class Station:
    def __init__(self, folder: Path, name: str, broker: Broker) -> None:
        self.store = Store.open(folder / f"{name}.db", name)
        self.replica = Replica(self.store)
        self.broker = broker

    def change(self, *documents: Document, at: float = 0.0) -> None:
        self.store.decide(lambda _: Decision(state=State(), save=documents), moment(at))

    def change_unsynchronised(self, *documents: Document) -> None:
        self.store.decide(lambda _: Decision(state=State(), save=documents), moment(trusted=False))

    def connect(self, *, resumed: bool = False) -> None:
        self.replica.connected(resumed=resumed)
        for document in list(self.broker.kept.values()):
            self.replica.received(document, moment())
        self.replica.all_retained_came()
        self.broker.stations.append(self)

    def disconnect(self) -> None:
        self.broker.stations.remove(self)

    def send(self) -> list[Document]:
        sent = self.replica.take()
        for each in sent:
            self.broker.publish(each.document)
            self.replica.acknowledged(each)
        return [each.document for each in sent]

    def item(self, key: str) -> Item:
        found = self.store.shelf.item(key)
        assert found is not None
        return found


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def door(tmp_path: Path, broker: Broker) -> Station:
    station = Station(tmp_path, "door", broker)
    station.change(Library(id="oak"), Item(id="BK-1"), Reader(id="RD-1"))
    return station


@pytest.fixture
def window(tmp_path: Path, broker: Broker) -> Station:
    return Station(tmp_path, "window", broker)


def test_what_changed_here_goes_out_once(door: Station) -> None:
    door.connect()
    assert {each.key for each in door.send()} == {"oak", "BK-1", "RD-1"}
    assert door.send() == []


def test_a_fresh_station_gets_the_whole_library(door: Station, window: Station) -> None:
    door.connect()
    door.send()
    window.connect()
    assert window.store.shelf.library() == door.store.shelf.library()
    assert window.item("BK-1") == door.item("BK-1")
    assert window.send() == []


def test_a_broker_that_lost_its_memory_is_healed(door: Station, broker: Broker) -> None:
    door.connect()
    door.send()
    door.disconnect()
    broker.kept.clear()
    door.connect()
    door.send()
    assert {key for _, key in broker.kept} == {"oak", "BK-1", "RD-1"}


def test_a_broker_that_kept_the_session_is_sent_nothing_again(door: Station) -> None:
    door.connect()
    door.send()
    door.disconnect()
    door.connect(resumed=True)
    assert door.send() == []


def test_what_the_broker_has_older_is_published_again(door: Station, broker: Broker) -> None:
    door.connect()
    door.send()
    old = broker.kept["items", "BK-1"]
    door.disconnect()
    door.change(structs.replace(door.item("BK-1"), location="shelf 2"), at=5)
    door.replica.take()
    door.connect(resumed=True)
    assert broker.kept["items", "BK-1"] == old
    assert [each.key for each in door.send()] == ["BK-1"]


def test_a_document_that_changed_while_it_was_on_its_way_goes_out_again(door: Station) -> None:
    door.connect()
    sent = next(each for each in door.replica.take() if each.key == "BK-1")
    door.change(structs.replace(door.item("BK-1"), location="shelf 2"), at=5)
    door.replica.acknowledged(sent)
    assert "BK-1" in {each.key for each in door.send()}


def test_change_that_another_was_merged_into_on_its_way_goes_out_again(
    door: Station, window: Station
) -> None:
    door.connect()
    door.send()
    window.connect()
    window.change(structs.replace(window.item("BK-1"), location="shelf 2"), at=5)
    door.change(lent(door), at=6)
    (sent,) = door.replica.take()
    door.replica.received(window.item("BK-1"), moment(7))
    door.replica.acknowledged(sent)
    assert [each.key for each in door.send()] == ["BK-1"]


def test_change_that_was_merged_before_it_went_out_reaches_the_others(door: Station, window: Station) -> None:
    door.connect()
    door.send()
    window.connect()
    door.disconnect()
    door.change(structs.replace(door.item("BK-1"), location="shelf 2"), at=5)
    window.change(lent(window), at=6)
    window.send()
    door.connect()
    settle(door, window)
    assert door.item("BK-1") == window.item("BK-1")
    assert window.item("BK-1").location == "shelf 2" and window.item("BK-1").loan is not None
    assert door.store.shelf.all(Incident) == []


def test_changes_made_apart_end_in_one_exception_with_one_id(
    door: Station, window: Station, broker: Broker
) -> None:
    door.connect()
    door.send()
    window.connect()
    door.disconnect()
    window.disconnect()
    door.change(structs.replace(door.item("BK-1"), location="shelf 2"), at=5)
    window.change(structs.replace(window.item("BK-1"), location="shelf 3"), at=6)
    for each in (door, window):
        each.connect(resumed=True)
    for each in (door, window, door, window):
        each.send()
    assert door.item("BK-1") == window.item("BK-1") == broker.kept["items", "BK-1"]
    assert door.item("BK-1").location == "shelf 3"
    found = [each.store.shelf.all(Incident) for each in (door, window)]
    assert [len(each) for each in found] == [1, 1]
    assert found[0][0].id == found[1][0].id


def test_an_exception_that_two_stations_raise_at_once_stays_one(door: Station, window: Station) -> None:
    door.connect()
    door.send()
    window.connect()
    said = Incident(id="title_unknown-9787020002207", kind="title_unknown", note="nobody knows it")
    door.change(said, at=1)
    window.change(said, at=2)
    for _ in range(3):
        sent = [(each, each.replica.take()) for each in (door, window)]
        for (station, own), (_, others) in (sent, sent[::-1]):
            for each in own:
                station.replica.acknowledged(each)
            for each in others:
                station.replica.received(each.document, moment(3))
    held = [each.store.shelf.all(Incident) for each in (door, window)]
    assert held[0] == held[1]
    assert [each.id for each in held[0]] == [said.id]


def test_the_next_stamp_is_later_than_any_seen(door: Station, window: Station) -> None:
    door.change(Item(id="BK-2"), at=1000)
    door.connect()
    door.send()
    window.connect()
    window.change(structs.replace(window.item("BK-2"), location="x"), at=1)
    assert window.item("BK-2").stamp > door.item("BK-2").stamp


def test_a_synchronised_clock_refuses_a_stamp_from_the_future(window: Station) -> None:
    ahead = Item(id="BK-1", stamp="9999999999999-0000-door")
    with pytest.raises(StampRefused, match="24 hours"):
        window.replica.received(ahead, moment())
    assert window.store.shelf.item("BK-1") is None


def test_an_unsynchronised_clock_refuses_no_stamp(window: Station) -> None:
    ahead = Item(id="BK-1", stamp="1999999999999-0000-door")
    window.replica.received(ahead, moment(trusted=False))
    assert window.item("BK-1").stamp == ahead.stamp


def test_a_row_that_cannot_be_read_is_replaced_by_what_others_have(door: Station, window: Station) -> None:
    door.change(Item(id="BK-1", title="Dream"))
    with window.store.transaction():
        window.store.shelf.table("items").put(Row({"id": "BK-1", "status": "eaten"}, "BK-1"))  # type: ignore[arg-type]
        window.store.shared.mark_unsent("items", "BK-1")
    assert window.replica.take() == []
    door.send()
    window.connect()
    found = window.store.shelf.item("BK-1")
    assert found and found.title == "Dream"


FAR_AHEAD = "2095502400000-0000-central"


def before_its_clock_is_synchronised(door: Station, window: Station, document: Document) -> None:
    """Both stations have the library; then the door comes up without the time, and hears of `document`."""
    door.connect()
    door.send()
    window.connect()
    door.replica.received(document, moment(trusted=False))


def test_loans_of_a_station_that_saw_a_stamp_too_far_ahead_reach_the_others(
    door: Station, window: Station
) -> None:
    before_its_clock_is_synchronised(door, window, Item(id="BK-9", stamp=FAR_AHEAD))
    door.change(lent(door), at=5)
    door.send()
    assert window.item("BK-1") == door.item("BK-1")
    assert window.item("BK-1").loan is not None


def test_change_of_a_document_stamped_too_far_ahead_reaches_the_others(
    door: Station, window: Station
) -> None:
    wrong = structs.replace(door.item("BK-1"), location="attic", parent=door.item("BK-1").stamp)
    before_its_clock_is_synchronised(door, window, ahead(wrong))
    door.change(lent(door), at=5)
    door.send()
    assert window.item("BK-1") == door.item("BK-1")
    window.change(structs.replace(window.item("BK-1"), loan=None), at=6)
    window.send()
    assert door.item("BK-1") == window.item("BK-1")
    assert (door.item("BK-1").location, door.item("BK-1").loan) == ("attic", None)


def test_correction_of_a_document_stamped_too_far_ahead_stands_at_every_station(
    door: Station, window: Station, broker: Broker
) -> None:
    before_its_clock_is_synchronised(door, window, Item(id="BK-9", title="wrong", stamp=FAR_AHEAD))
    broker.publish(Item(id="BK-9", title="right", stamp=f"{NOW_MS}-0000-central"))
    settle(door, window)
    assert (door.item("BK-9").title, window.item("BK-9").title) == ("right", "right")
    assert [each.kind for each in door.store.shelf.all(Incident)] == ["conflict"]


def test_correction_that_has_seen_the_stamp_too_far_ahead_is_no_conflict(
    door: Station, window: Station, broker: Broker
) -> None:
    before_its_clock_is_synchronised(door, window, Item(id="BK-9", title="wrong", stamp=FAR_AHEAD))
    broker.publish(Item(id="BK-9", title="right", stamp=f"{NOW_MS}-0000-central", parent=FAR_AHEAD))
    assert door.item("BK-9") == window.item("BK-9")
    assert door.store.shelf.all(Incident) == []


def test_loan_stamped_too_far_ahead_is_kept_where_an_older_version_comes_back(
    door: Station, window: Station, broker: Broker
) -> None:
    before_its_clock_is_synchronised(door, window, Item(id="BK-9", stamp=FAR_AHEAD))
    older = door.item("BK-1")
    door.change_unsynchronised(lent(door))
    door.replica.received(older, moment(9))
    settle(door, window)
    assert door.item("BK-1") == window.item("BK-1")
    assert window.item("BK-1").loan is not None
    assert door.store.shelf.all(Incident) == []


def test_older_version_that_says_the_same_hides_no_change_that_was_seen(
    door: Station, window: Station
) -> None:
    before_its_clock_is_synchronised(door, window, Item(id="BK-9", stamp=FAR_AHEAD))
    older = door.item("BK-1")
    window.change(structs.replace(older, location="shelf 2"), at=5)
    window.send()
    door.replica.received(ahead(older), moment(trusted=False))
    door.replica.received(older, moment(9))
    settle(door, window)
    assert door.item("BK-1") == window.item("BK-1")


def test_loan_stamped_too_far_ahead_is_kept_where_another_station_moves_the_book(
    door: Station, window: Station
) -> None:
    before_its_clock_is_synchronised(door, window, Item(id="BK-9", stamp=FAR_AHEAD))
    door.change_unsynchronised(lent(door))
    too_far = door.item("BK-1").stamp
    window.change(structs.replace(window.item("BK-1"), location="shelf 2"), at=8)
    settle(door, window)
    assert door.item("BK-1") == window.item("BK-1")
    assert too_far in window.item("BK-1").stamps
    assert door.item("BK-1").loan is not None and door.item("BK-1").location == "shelf 2"
    assert door.store.shelf.all(Incident) == window.store.shelf.all(Incident) == []


def test_loan_stamped_too_far_ahead_yields_to_another_with_an_exception(
    door: Station, window: Station
) -> None:
    before_its_clock_is_synchronised(door, window, Item(id="BK-9", stamp=FAR_AHEAD))
    door.change_unsynchronised(lent(door))
    window.change(lent(window, "RD-2"), at=8)
    settle(door, window)
    assert door.item("BK-1").loan == window.item("BK-1").loan == lent(window, "RD-2").loan
    assert [each.kind for each in window.store.shelf.all(Incident)] == ["conflict"]


def lent(station: Station, reader: str = "RD-1") -> Item:
    loan = Loan(reader=reader, since="", due=START.date(), station="door")
    return structs.replace(station.item("BK-1"), loan=loan)


def ahead(item: Item) -> Item:
    return structs.replace(item, stamp=FAR_AHEAD, stamps=(), loanstamp="", reststamp="")


def settle(*stations: Station) -> None:
    for each in stations * 3:
        each.send()
    assert [each.send() for each in stations] == [[] for _ in stations]


@pytest.mark.parametrize("stamp", ["", "now", "1-2-3", "1795521404913-0000-Wind ow"])
def test_what_is_no_stamp_is_refused(window: Station, stamp: str) -> None:
    with pytest.raises(StampRefused, match="no stamp"):
        window.replica.received(Item(id="BK-1", stamp=stamp), moment())
