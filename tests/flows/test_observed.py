"""What central changes in a document is told as the event that an order would leave, by one station."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec import structs

from station.config import ConfigError, load
from station.model import Document, Incident, Item, Library, Loan, Policy, Reader
from station.replica import Replica
from station.store import Store
from station.store.stamps import following
from tests.stores import LIBRARY, SetClock, events, save, stock

NOW = SetClock().now()
LOAN = Loan(reader="RD-1", since="", due=date(2026, 11, 20))


class Central:
    """Writes documents as the contract says, over the ones that a station has."""

    def __init__(self, store: Store, name: str = "central") -> None:
        self.store = store
        self.name = name
        self.replica = Replica(store)

    def writes(self, kind: type[Document], key: str, **changes: Any) -> list[tuple[str, dict[str, Any]]]:
        """What the station records for it, and for the same message once more."""
        mine = self.store.shelf.get(kind, key)
        assert mine is not None
        stamp = following(mine.stamp, NOW.wall, self.name)
        ancestry = {"stamp": stamp, "parent": mine.stamp, "stamps": (stamp, *mine.stamps)}
        theirs = structs.replace(mine, **{**ancestry, **changes})
        before = len(events(self.store))
        for _ in range(2):
            self.replica.received(theirs, NOW)
        return [(each["type"].split(".", 1)[1][:-3], each["data"]) for each in events(self.store)[before:]]


@pytest.fixture
def central(store: Store) -> Central:
    readers = [Reader(id="RD-1"), Reader(id="RD-2", status="applied"), Reader(id="RD-3", status="blocked")]
    copies = [Item(id="BK-1"), Item(id="BK-2", loan=LOAN), Item(id="BK-3", status="lost")]
    stock(store, readers=readers, items=copies)
    save(store, Incident(id="x-1", kind="odd", note="what", item="BK-1"))
    return Central(store)


@pytest.mark.parametrize(
    ("reader", "changes", "told"),
    [
        ("RD-2", {"status": "active"}, "reader.admitted"),
        ("RD-2", {"status": "blocked"}, "reader.rejected"),
        ("RD-1", {"status": "blocked"}, "reader.blocked"),
        ("RD-3", {"status": "active"}, "reader.unblocked"),
        ("RD-1", {"status": "expired"}, "reader.changed"),
        ("RD-1", {"limit": 9}, "reader.changed"),
    ],
)
def test_reader(central: Central, reader: str, changes: dict[str, Any], told: str) -> None:
    assert central.writes(Reader, reader, **changes) == [(told, {"reader": reader})]


@pytest.mark.parametrize(
    ("item", "changes", "told"),
    [
        ("BK-1", {"status": "lost"}, "item.lost"),
        ("BK-3", {"status": "available"}, "item.found"),
        ("BK-1", {"status": "withdrawn"}, "item.withdrawn"),
        ("BK-1", {"status": "reference"}, "item.changed"),
        ("BK-1", {"location": "attic"}, "item.changed"),
    ],
)
def test_copy(central: Central, item: str, changes: dict[str, Any], told: str) -> None:
    assert central.writes(Item, item, **changes) == [(told, {"item": item})]


def test_loan_that_central_writes_ends_or_changes(central: Central) -> None:
    due = date(2026, 12, 24)
    assert central.writes(Item, "BK-1", loan=structs.replace(LOAN, due=due)) == [
        ("loan.borrowed", {"item": "BK-1", "reader": "RD-1", "due": "2026-12-24"})
    ]
    assert central.writes(Item, "BK-1", loan=structs.replace(LOAN, due=due, renewals=1)) == [
        ("loan.renewed", {"item": "BK-1", "reader": "RD-1", "due": "2026-12-24", "renewals": 1})
    ]
    assert central.writes(Item, "BK-1", loan=None) == [
        ("loan.returned", {"item": "BK-1", "reader": "RD-1", "overdue_days": 0})
    ]


def test_loan_that_changes_hands(central: Central) -> None:
    told = central.writes(Item, "BK-2", loan=structs.replace(LOAN, reader="RD-3"))
    back = {"item": "BK-2", "overdue_days": 4, "reader": "RD-1", "implicit": True}
    lent = {"item": "BK-2", "reader": "RD-3", "due": "2026-11-20"}
    assert told == [("loan.returned", back), ("loan.borrowed", lent)]


def test_library_and_exception(central: Central) -> None:
    assert central.writes(Library, LIBRARY, policy=Policy(loan_days=7)) == [
        ("library.changed", {"library": LIBRARY})
    ]
    resolved = central.writes(Incident, "x-1", status="resolved", note="seen to")
    assert [each for each, _ in resolved] == ["exception.resolved"]
    assert resolved[0][1]["note"] == "seen to"


def test_version_in_which_nothing_has_changed_is_no_event(central: Central) -> None:
    found = [central.writes(Reader, "RD-1"), central.writes(Item, "BK-2"), central.writes(Library, LIBRARY)]
    assert found == [[], [], []]


def test_second_change_of_central_is_told_by_the_same_station(central: Central) -> None:
    assert [each for each, _ in central.writes(Reader, "RD-1", status="blocked")] == ["reader.blocked"]
    assert [each for each, _ in central.writes(Reader, "RD-1", status="active")] == ["reader.unblocked"]


@pytest.mark.parametrize("name", ["desk_2", "central2"])
def test_what_another_station_changed_is_told_there(store: Store, name: str) -> None:
    stock(store, readers=["RD-1"])
    assert Central(store, name).writes(Reader, "RD-1", status="blocked") == []


def test_what_another_station_had_changed_before_central_is_told_there(central: Central) -> None:
    other = Central(central.store, "desk_2")
    other.writes(Reader, "RD-1", limit=2)
    assert central.writes(Reader, "RD-1", status="blocked") == []


def test_document_with_a_parent_and_no_further_ancestry_is_no_conflict(central: Central) -> None:
    assert central.writes(Item, "BK-1", status="lost", stamps=(), loanstamp="", reststamp="") == [
        ("item.lost", {"item": "BK-1"})
    ]


@pytest.mark.parametrize("id_", ["central", "central_office"])
def test_no_station_is_called_central(tmp_path: Any, id_: str) -> None:
    config = tmp_path / "station.toml"
    config.write_text(f'[station]\nid = "{id_}"\n')
    with pytest.raises(ConfigError):
        load(config)
    config.write_text('[station]\nid = "centrally"\n')
    assert load(config).station.id == "centrally"
