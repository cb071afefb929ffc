"""A phone's contact code after an application: kept sealed, sent once, and nowhere else to be found."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from tinydb.table import Document

from station import history
from station.contact import Contact
from station.desk import Desk
from station.model import Policy, Reader
from station.outbox import Outbox
from station.questions import Questions
from station.store import Store
from station.topics import Topics
from station.traffic import Traffic
from tests.stores import EPOCH, LIBRARY, STATION, SetClock, events, save, stock

VCARD = "BEGIN:VCARD\nVERSION:3.0\nFN:王小明\nTEL:13800138000\nEND:VCARD"
WANG = Contact("王小明", ("13800138000",))
SAID = {"name": "王小明", "phones": ["13800138000"]}


class Station:
    def __init__(self, store: Store, **policy: Any) -> None:
        stock(store, readers=["RD-1"], policy=Policy(**policy))
        self.store, self.clock, self.desk = store, SetClock(), Desk(store)

    def scan(self, *texts: str, after: float = 2) -> list[str]:
        return [self.desk.scan("s", each, self.clock.step(after))[-1].signal for each in texts]

    def types(self) -> list[str]:
        return [each["type"].split(".", 1)[1][:-3] for each in events(self.store)]

    def sent(self) -> list[dict[str, Any]]:
        """The data of the events that go out over a new connection."""
        traffic = Traffic(self.store, Topics("shelfpost", LIBRARY, STATION), self.clock, Questions())
        traffic.connected(resumed=True)
        said = [json.loads(each.payload) for each in traffic.take()]
        return [each["data"] for each in said if "specversion" in each]

    def kept(self) -> list[str]:
        return [each.reader for each in self.store.contacts.all()]


@pytest.fixture
def station(store: Store) -> Station:
    return Station(store)


def test_contact_after_an_application_goes_out_with_its_event_and_is_in_no_log(station: Station) -> None:
    assert station.scan("RD-7", VCARD) == ["pending", "pending"]
    assert station.types() == ["reader.applied", "reader.contact"]
    assert [each["data"] for each in events(station.store)] == [{"reader": "RD-7"}] * 2
    assert station.sent() == [{"reader": "RD-7"}, {"reader": "RD-7", "contact": SAID}]


def test_mecard_does_as_well_and_a_second_code_corrects_the_first(station: Station) -> None:
    assert station.scan("RD-7", VCARD, "MECARD:N:Wang;TEL:1;;") == ["pending"] * 3
    assert station.sent()[2] == {"reader": "RD-7", "contact": {"name": "Wang", "phones": ["1"]}}


def test_admitted_reader_sees_admitted_again(store: Store) -> None:
    station = Station(store, admission="open")
    assert station.scan("RD-7", VCARD) == ["admitted", "admitted"]


@pytest.mark.parametrize(("seconds", "shown"), [(59.9, "pending"), (60, "unknown")])
def test_contact_belongs_to_the_application_for_a_minute(
    station: Station, seconds: float, shown: str
) -> None:
    station.scan("RD-7")
    assert station.scan(VCARD, after=seconds) == [shown]


def test_contact_without_an_application_is_unknown(station: Station) -> None:
    assert station.scan(VCARD, "RD-1", VCARD) == ["unknown", "welcome", "unknown"]
    assert (station.types(), station.kept()) == ([], [])


def test_card_of_somebody_else_ends_the_application(station: Station) -> None:
    assert station.scan("RD-7", "RD-1", VCARD) == ["pending", "welcome", "unknown"]
    station.scan("RD-8", "RD-9", VCARD)
    assert station.kept() == ["RD-9"]


def test_code_that_says_nothing_is_unknown(station: Station) -> None:
    assert station.scan("RD-7", "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD") == ["pending", "unknown"]


def test_contact_is_forgotten_when_central_has_confirmed_it(station: Station) -> None:
    station.scan("RD-7", VCARD)
    outbox = Outbox(station.store)
    outbox.confirm(EPOCH, 1)
    assert station.kept() == ["RD-7"]
    outbox.confirm(EPOCH, 2)
    assert station.kept() == []


@pytest.mark.parametrize(
    ("reader", "days", "kept"),
    [
        (Reader(id="RD-7"), 89, ["RD-7"]),
        (Reader(id="RD-7"), 90, []),
        (Reader(id="RD-7", status="blocked"), 0, []),
        (Reader(id="RD-7", status="expired", extra={"erased": True}), 0, []),
    ],
)
def test_contact_is_forgotten_with_its_reader_or_its_time(
    station: Station, reader: Reader, days: int, kept: list[str]
) -> None:
    station.scan("RD-7", VCARD)
    save(station.store, reader)
    now = station.clock.now()
    history.forget_contacts(station.store, structs.replace(now, wall=now.wall + timedelta(days=days)))
    assert station.kept() == kept


def in_a_file(folder: Path) -> Store:
    return Store.open(folder / "station.db", STATION)


def test_nothing_on_disk_holds_the_name_and_the_number(tmp_path: Path) -> None:
    with closing(in_a_file(tmp_path)) as store:
        Station(store).scan("RD-7", VCARD)
        everything = b"".join(each.read_bytes() for each in tmp_path.iterdir())
        assert store.contacts.get(2) == WANG
    assert "王小明".encode() not in everything
    assert b"\\u738b" not in everything
    assert b"13800138000" not in everything
    assert (tmp_path / "contacts.key").stat().st_mode & 0o777 == 0o600


def test_another_handle_and_the_next_start_read_it(tmp_path: Path) -> None:
    with closing(in_a_file(tmp_path)) as store:
        Station(store).scan("RD-7", VCARD)
        with closing(in_a_file(tmp_path)) as other:
            assert other.contacts.get(2) == WANG


def test_copy_of_the_store_without_its_key_tells_nothing_and_still_sends(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    with closing(in_a_file(tmp_path / "one")) as store:
        Station(store).scan("RD-7", VCARD)
    (tmp_path / "two").mkdir()
    shutil.copy(tmp_path / "one/station.db", tmp_path / "two/station.db")
    for key in (None, b"k" * 32):
        if key:
            (tmp_path / "two/contacts.key").write_bytes(key)
        with closing(in_a_file(tmp_path / "two")) as store:
            assert store.contacts.get(2) is None


def test_event_without_its_contact_is_sent_as_it_is(station: Station) -> None:
    station.scan("RD-7", VCARD)
    with station.store.transaction():
        station.store.contacts.forget(2)
    assert station.sent()[1] == {"reader": "RD-7"}


def test_sealed_contact_is_good_for_its_own_event_alone(station: Station) -> None:
    station.scan("RD-7", VCARD, "MECARD:N:Wang;;")
    table = station.store.contacts._table
    moved = dict(table.get(doc_id="000000000000002"))  # type: ignore[call-overload]
    with station.store.transaction():
        table.put(Document(moved, "000000000000003"))  # type: ignore[arg-type]
    assert station.store.contacts.get(3) is None
