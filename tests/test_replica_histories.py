"""Whatever happens to three stations, and however wrong their clocks were: in the end all have the same."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from station.decision import Decision
from station.flows.observed import bare
from station.model import Document, Item, Library, Loan, Moment
from station.replica import Replica, StampRefused
from station.session import State
from station.store import Store
from station.store.store import OrderedDB
from tests.stores import MemoryTables

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
FAR_AHEAD = 2_095_502_400_000
STEPS = ("lend", "move", "clock", "central", "leave", "connect", "hear", "send")


class Station:
    """Its clock is a few minutes wrong, and so far ahead that it takes any stamp while it is not trusted."""

    def __init__(self, name: str, skew: int) -> None:
        self.store = Store(OrderedDB(storage=MemoryTables), name)
        self.replica = Replica(self.store)
        self.inbox: list[Document] = []
        self.skew, self.trusted, self.connected = skew, True, True

    def save(self, at: int, *documents: Document) -> None:
        self.store.decide(lambda _: Decision(state=State(), save=documents), self.now(at))

    def item(self) -> Item:
        found = self.store.shelf.item("BK-1")
        assert found is not None
        return found

    def now(self, at: int) -> Moment:
        return Moment(START + timedelta(seconds=at + self.skew), at, self.trusted, "boot", UTC)

    def hear(self, at: int) -> None:
        while self.inbox:
            with suppress(StampRefused):
                self.replica.received(self.inbox.pop(0), self.now(at))


class Network:
    """Three stations of one library, and a broker that keeps the last document of each topic."""

    def __init__(self) -> None:
        self.kept: dict[str, Document] = {}
        self.stations = [Station(name, skew) for name, skew in (("a", 0), ("b", 300), ("c", -300))]
        self.stations[0].save(0, Library(id="oak"), Item(id="BK-1"))
        self.settle(0)

    def publish(self, document: Document) -> None:
        self.kept[document.key] = document
        for each in self.stations:
            each.inbox += [document] if each.connected else []

    def step(self, at: int, station: Station, what: str) -> None:
        item = station.item()
        if what == "lend":
            loan = Loan(reader=f"RD-{at}", since="", due=START.date(), event=str(at))
            station.save(at, structs.replace(item, loan=None if item.loan else loan))
        elif what == "move":
            station.save(at, structs.replace(item, location=f"shelf {at}"))
        elif what == "clock":
            station.trusted = not station.trusted
        elif what == "central":
            self.publish(Item(id="BK-1", title=str(at), stamp=f"{FAR_AHEAD + at}-0000-central"))
        elif what == "leave":
            station.connected, station.inbox = False, []
        elif what == "connect":
            self.connect(station, at)
        elif what == "hear":
            station.hear(at)
        else:
            self.send(station)

    def send(self, station: Station) -> bool:
        sent = station.replica.take() if station.connected else []
        for each in sent:
            self.publish(each.document)
            station.replica.acknowledged(each)
        return bool(sent)

    def connect(self, station: Station, at: int) -> None:
        station.replica.connected(resumed=False)
        station.connected, station.inbox = True, list(self.kept.values())
        station.hear(at)
        station.replica.all_retained_came()

    def settle(self, at: int) -> None:
        for _ in range(20):
            sent = [self.send(each) for each in self.stations]
            for each in self.stations:
                each.hear(at)
            if not any(sent):
                return
        raise AssertionError("the stations go on sending for ever")


HISTORIES = st.lists(
    st.tuples(st.integers(1, 500), st.integers(0, 2), st.sampled_from(STEPS)), min_size=1, max_size=20
)


@given(HISTORIES, st.integers(0, 2))
def test_stations_agree_once_their_clocks_are_right_and_the_item_has_changed(
    history: list[tuple[int, int, str]], last: int
) -> None:
    network, at = Network(), 0
    for passed, who, what in history:
        at += passed
        network.step(at, network.stations[who], what)
    for each in network.stations:
        each.trusted = True
    for each in network.stations * 2:
        at += 400
        network.connect(each, at)
        network.settle(at)
    network.step(at + 400, network.stations[last], "move")
    network.settle(at + 400)
    assert len({repr(bare(each.item())) for each in network.stations}) == 1
    assert network.stations[last].item().stamp < str(FAR_AHEAD)
