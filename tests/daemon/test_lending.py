"""`station run` at work: odd input, an input that ends, a broker that freezes or is late, a full disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

import pytest

from tests import disks
from tests.consumer import Consumer, publish
from tests.daemon.process import BOOKS, Process, kept, lent, shelve, types
from tests.link.rig import TOPICS
from tests.mosquitto import Mosquitto, free_port
from tests.stores import EPOCH

GARBAGE: list[bytes] = [
    b"\x00",
    b"BK-1\x00",
    b"\x00BK-1",
    b"\xff\xfe",
    b"BK-1\xff",
    b"\xed\xa0\x80BK-1",
    b"\xc0\xaf",
    b"x" * 10_000,
    b"BK-1" * 2_500,
    "BK-1\u200f".encode(),
    "\u202eBK-1".encode(),
    "BK-\u20281".encode(),
    b"\x1b[31mBK-1",
    b"BK-+/#%",
    b"BK-1/../BK-2",
    b"shelfpost/oak/items/BK-1",
    b"{}",
    b"%s%n",
    b"",
]


def test_any_bytes_are_answered_and_lend_nothing(station: Process, broker: Mosquitto) -> None:
    with Consumer(broker.port) as central:
        station.start()
        assert station.answer("RD-1001") == "welcome"
        assert [station.answer(each) for each in GARBAGE] == ["unknown"] * len(GARBAGE)
        assert (station.answer("BK-1"), station.stop()) == ("borrowed", 0)
        central.wait_for_sequence(3)
    assert lent(station) == ["BK-1"]
    assert types(central.events()) == ["station.started", "loan.borrowed", "station.stopped"]
    assert "Traceback" not in station.log()


def test_ids_of_any_text_are_lent_and_sent(station: Process, broker: Mosquitto) -> None:
    names = ["BK-+/#%", "BK-a b", "BK-红楼梦", "BK-\U0001f4d6", "BK-'\"\\", "BK-$SYS/#"]
    for each in names:
        assert station.command("item", "add", each).returncode == 0
    with Consumer(broker.port) as central:
        station.start()
        assert [station.answer(each) for each in ["RD-1001", *names]] == ["welcome", *["borrowed"] * 6]
        central.wait(lambda: types(central.events()).count("loan.borrowed") == 6)
    borrowed = [each["subject"] for each in central.events() if each["type"] == "shelfpost.loan.borrowed.v1"]
    assert borrowed == names


def test_log_holds_no_whole_card_number(alone: Process) -> None:
    alone.start()
    assert [alone.answer("RD-1001"), alone.answer("BK-1"), alone.stop()] == ["welcome", "borrowed", 0]
    assert "…1001" in alone.log() and "RD-1001" not in alone.log()


def test_input_that_ends_ends_the_station_with_all_sent(tmp_path: Path, broker: Mosquitto) -> None:
    with (
        Process(tmp_path / "desk", broker=broker.port, scans="-") as station,
        Consumer(broker.port) as central,
    ):
        shelve(station)
        station.start(stdin="\n".join(["RD-1001", *BOOKS]))
        assert (station.ended(), station.wait_for("stopping").count("borrowed")) == (0, 40)
        central.wait_for_sequence(42)
    assert central.events() == kept(station)
    assert central.events()[-1]["data"]["reason"] == "end_of_input"


def test_desk_does_not_wait_for_a_frozen_broker(station: Process, broker: Mosquitto) -> None:
    scans = ["RD-1001", *BOOKS[:19]]
    with Consumer(broker.port) as central:
        station.start()
        central.wait_for_sequence(1)
        broker.freeze()
        try:
            assert [station.answer(each) for each in scans] == ["welcome", *["borrowed"] * 19]
        finally:
            broker.thaw()
        central.wait_for_sequence(20)
    assert central.sequences() == list(range(1, 21))


def test_station_without_its_broker_is_amber_lends_and_sends_later(tmp_path: Path) -> None:
    with Mosquitto(tmp_path / "late") as broker, Process(tmp_path / "desk", broker=broker.port) as station:
        shelve(station)
        station.start()
        assert station.wait_for("offline") == ["starting", "ready", "offline"]
        assert [station.answer("RD-1001"), station.answer("BK-1")] == ["welcome", "borrowed"]
        broker.start()
        assert station.wait_for("ready") == ["ready"]
        with Consumer(broker.port) as central:
            again = {"command": "resend", "id": "all", "epoch": EPOCH, "from": 1, "to": 2}
            publish(broker.port, TOPICS.commands, json.dumps(again))
            central.wait(lambda: set(central.sequences()) == {1, 2})  # it may have come between the two
        assert sorted(central.events(), key=itemgetter("seq")) == kept(station)


def test_port_that_nobody_listens_on_is_said_once(tmp_path: Path) -> None:
    with Process(tmp_path / "desk", broker=free_port()) as station:
        shelve(station)
        station.start()
        station.wait_for("offline")
        assert station.stop() == 0
    assert station.log().count("no broker: the broker 127.0.0.1:") == 1


def test_scanner_that_is_not_there_yet_shows_fault_and_is_picked_up(alone: Process) -> None:
    alone.config.write_text(alone.config.read_text().replace('path = "scans"', 'path = "later"'))
    alone.start()
    assert alone.wait_for("fault")[-1] == "fault"
    (alone.folder / "scans").rename(alone.folder / "later")
    assert alone.answer("RD-1001") == "welcome"


@pytest.fixture
def small_disk(alone: Process) -> Iterator[Path]:
    """The station's data on a disk of 512 kB."""
    folder = alone.folder / "data"
    store = (folder / "station.db").read_bytes()
    with disks.small_disk(folder, 512):
        (folder / "station.db").write_bytes(store)
        yield folder
        alone.kill()


def test_full_disk_shows_fault_until_there_is_room(alone: Process, small_disk: Path) -> None:
    alone.start()
    assert alone.answer("RD-1001") == "welcome"
    photos = small_disk / "photos"
    with photos.open("wb", buffering=0) as filling, pytest.raises(OSError):
        while True:
            filling.write(b"x" * 1024)
    answers = [alone.answer(each) for each in BOOKS]
    assert set(answers) == {"borrowed", "fault"} or set(answers) == {"fault"}
    shown = [book for book, answer in zip(BOOKS, answers, strict=True) if answer == "borrowed"]
    photos.unlink()
    assert alone.answer(BOOKS[-1]) == "borrowed"
    assert (alone.stop(), sorted(lent(alone))) == (0, sorted([*shown, BOOKS[-1]]))
