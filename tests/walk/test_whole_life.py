"""The whole life of a library at the command line, as docs/walk.md tells it to a person, line by line."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.consumer import Consumer
from tests.daemon.process import types
from tests.mosquitto import Mosquitto
from tests.walk.person import Person

Events = list[dict[str, Any]]
TOPICS = ("shelfpost/oak/events/#", "shelfpost/oak/titles/+")


def test_a_library_lives_from_its_making_to_its_restoration_on_another_station(
    tmp_path: Path, broker: Mosquitto
) -> None:
    with Consumer(broker.port, *TOPICS) as central, Person(tmp_path / "walk", broker.port) as person:
        person.walk("1. An empty station")
        person.walk("2. The library")
        person.walk("3. Twelve books")
        central.wait(lambda: len(titles_heard(central)) == 12)
        person.walk("4. What stands on the shelf")
        person.walk("5. Readers: one is admitted, one is not")
        person.walk("6. Loans, and a book that changes hands")
        person.waits(days=16)
        person.walk("7. Sixteen days later")
        central.wait(lambda: told(central, "loan.overdue") == ["BK-1", "BK-2"])
        person.walk("8. Stocktake")
        person.walk("9. Report and backup")
        person.walk("10. A new station")
        central.wait(lambda: types(by_station(central)["desk_2"])[-1:] == ["station.stopped"])

    assert person.unwalked() == []
    the_readers_are_told(central)
    the_loans_are_told(central)
    the_stocktake_is_told(central)
    the_report_and_the_export_hold_it(person.folder)
    nothing_collides_and_nothing_is_missing(central)


def the_readers_are_told(central: Consumer) -> None:
    assert told(central, "reader.applied") == ["RD-1001", "RD-1002", "RD-1003"]
    assert told(central, "reader.admitted") == ["RD-9000", "RD-1001", "RD-1003"]
    assert told(central, "reader.rejected") == ["RD-1002"]


def the_loans_are_told(central: Consumer) -> None:
    """西游记, which changed hands, was lent by one station, and returned to the other."""
    dream = [each for each in loans(central) if each[1] == "BK-1"]
    journey = [each for each in loans(central) if each[1] == "BK-2"]
    assert dream == [
        ("loan.borrowed", "BK-1", "RD-1001", None),
        ("loan.overdue", "BK-1", "RD-1001", None),
        ("loan.returned", "BK-1", "RD-1001", 2),
    ]
    assert journey == [
        ("loan.borrowed", "BK-2", "RD-1001", None),
        ("loan.returned", "BK-2", "RD-1001", 0),
        ("loan.borrowed", "BK-2", "RD-1003", None),
        ("loan.overdue", "BK-2", "RD-1003", None),
        ("loan.returned", "BK-2", "RD-1003", 2),
    ]


def the_stocktake_is_told(central: Consumer) -> None:
    (counted,) = (each["data"] for each in central.events() if "inventory.counted" in each["type"])
    assert (counted["missing"], counted["misplaced"]) == (["BK-14"], ["BK-15"])
    assert (told(central, "item.lost"), told(central, "item.found")) == (["BK-14"], ["BK-14"])
    raised, resolved = told(central, "exception.raised"), told(central, "exception.resolved")
    assert len(raised) == 2
    assert raised == resolved


def the_report_and_the_export_hold_it(folder: Path) -> None:
    said = (folder / "report.json").read_text("utf-8")
    assert json.loads(said)["library"] == "橡树学校图书馆"
    assert all("红楼梦" in text for text in (said, (folder / "report.html").read_text("utf-8")))
    lines = (folder / "events.jsonl").read_text("utf-8").splitlines()
    with (folder / "events.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [each["event"] for each in rows] == [json.loads(each)["id"] for each in lines]


def nothing_collides_and_nothing_is_missing(central: Consumer) -> None:
    """Each station numbered its events from 1, without a gap, and each in an epoch of its own."""
    old, new = by_station(central)["desk_1"], by_station(central)["desk_2"]
    assert len({each["epoch"] for each in old}) == len({each["epoch"] for each in new}) == 1
    assert old[0]["epoch"] != new[0]["epoch"]
    for events in (old, new):
        assert [each["seq"] for each in events] == list(range(1, len(events) + 1))
    assert types(new) == [
        "station.started",
        "loan.returned",
        "loan.borrowed",
        "station.stopped",
    ]


def titles_heard(central: Consumer) -> set[str]:
    return {each.topic for each in central.heard if "/titles/" in each.topic}


def by_station(central: Consumer) -> defaultdict[str, Events]:
    found: defaultdict[str, Events] = defaultdict(list)
    for each in central.events():
        found[each["source"].rpartition("/")[2]].append(each)
    return found


def told(central: Consumer, type_: str) -> list[str]:
    """The subjects of all events of a type, in their order."""
    return [each["subject"] for each in central.events() if types([each]) == [type_]]


def loans(central: Consumer) -> list[tuple[str, str, str, int | None]]:
    return [
        (types([each])[0], each["subject"], each["data"]["reader"], each["data"].get("overdue_days"))
        for each in central.events()
        if each["type"].startswith("shelfpost.loan.")
    ]
