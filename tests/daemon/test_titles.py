"""A book that staff takes in by scanning gets its title by itself: whole stations, and a real broker."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from station.model import Reader
from tests.consumer import Consumer, publish
from tests.daemon.process import Process, configuration
from tests.link.rig import TOPICS
from tests.mosquitto import Mosquitto
from tests.stores import stock

DREAM, EMMA = "9787020002207", "9780141439587"
TITLES, ITEMS = "shelfpost/oak/titles/+", "shelfpost/oak/items/+"
EXCEPTIONS = [f"shelfpost/oak/events/desk_1/exception.{each}" for each in ("raised", "resolved")]
TITLE = {"isbn": DREAM, "title": "红楼梦", "authors": ["曹雪芹", "高鹗"], "publisher": "人民文学出版社"}
DOCUMENT = {**TITLE, "source": "central", "stamp": "1795521404913-0000-central", "parent": None}


def make(
    folder: Path, broker: int | None, timeout: float, providers: Sequence[str] = ("catalogue", "broker")
) -> Process:
    made = Process(folder, broker=broker)
    text = configuration(broker, "scans", providers=providers).replace(
        "[lookup]", f"[lookup]\ntimeout = {timeout}"
    )
    made.config.write_text(text)
    with closing(made.store()) as store:
        stock(store, readers=[Reader(id="RD-9000", kind="staff")])
    return made


@pytest.fixture
def asking(tmp_path: Path, broker: Mosquitto) -> Iterator[Callable[[float], Process]]:
    """A station that asks whoever listens on the broker, for so many seconds."""
    made: list[Process] = []

    def start(timeout: float) -> Process:
        made.append(make(tmp_path / "desk", broker.port, timeout))
        made[0].start()
        made[0].wait_for("ready")
        return made[0]

    yield start
    for each in made:
        each.__exit__(None, None, None)


def import_list(station: Process) -> None:
    """A catalogue of one book."""
    file = station.folder / "list.csv"
    file.write_text(f"书号,书名,作者\n{DREAM},红楼梦,曹雪芹；高鹗\n")
    assert station.command("title", "import", str(file)).returncode == 0


def take_in(station: Process, *codes: str) -> list[str]:
    """What staff sees for its card, ADD, and these codes."""
    return [station.answer(each) for each in ("RD-9000", "CMD-ADD", *codes)]


def test_title_is_asked_for_and_comes(asking: Callable[[float], Process], broker: Mosquitto) -> None:
    with Consumer(broker.port, TOPICS.lookups, TITLES) as watching:
        station = asking(60)
        assert take_in(station, DREAM, "BK-1", "BK-2") == ["staff", "mode", "mode", "added", "added"]
        watching.wait(lambda: bool(watching.said(TOPICS.lookups)))
        publish(broker.port, TOPICS.document("titles", DREAM), json.dumps(DOCUMENT), retain=True)
        while not known(station, DREAM):
            pass
        assert watching.said(TOPICS.lookups) == [{"isbn": DREAM, "reply_to": TOPICS.answers}]
        assert (station.stop(), known(station, DREAM)) == (0, True)
    assert shown(station)["title"] == "红楼梦"


def known(station: Process, isbn: str) -> bool:
    with closing(station.store()) as store:
        return store.shelf.title(isbn) is not None and store.wanted.get(isbn) is None


def shown(station: Process) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(station.command("title", "show", DREAM, "--json").stdout)
    return said


def test_book_that_nobody_knows_is_told_to_staff_until_staff_gives_it_a_title(
    tmp_path: Path, broker: Mosquitto
) -> None:
    station = make(tmp_path / "desk", broker.port, 60, providers=["catalogue"])
    with Consumer(broker.port, *EXCEPTIONS) as watching, station:
        import_list(station)
        station.start()
        take_in(station, EMMA, "BK-1")
        watching.wait(lambda: bool(watching.events()))
        (raised,) = watching.events()
        assert raised["data"]["id"] == f"title_unknown-{EMMA}"
        assert (raised["data"]["kind"], raised["data"]["item"]) == ("title_unknown", "BK-1")
        said = station.command("title", "add", EMMA, "Emma", "--author", "Jane Austen")
        assert (said.returncode, said.stdout) == (0, f"{EMMA}: Emma\n")
        watching.wait(lambda: len(watching.events()) == 2)
        assert watching.events()[1]["type"] == "shelfpost.exception.resolved.v1"


def test_catalogue_that_is_imported_beside_the_daemon_gives_books_their_titles(
    asking: Callable[[float], Process], broker: Mosquitto
) -> None:
    with Consumer(broker.port, TITLES, TOPICS.lookups) as watching:
        station = asking(0.01)
        take_in(station, DREAM, "BK-1")
        watching.wait(lambda: bool(watching.said(TOPICS.lookups)))
        import_list(station)
        topic = TOPICS.document("titles", DREAM)
        watching.wait(lambda: bool(watching.said(topic)))
        (title,) = watching.said(topic)
    assert (title["title"], title["authors"], title["source"]) == ("红楼梦", ["曹雪芹", "高鹗"], "catalogue")


def test_what_is_wanted_outlives_a_power_cut(asking: Callable[[float], Process], broker: Mosquitto) -> None:
    with Consumer(broker.port, TOPICS.lookups) as watching:
        station = asking(60)
        take_in(station, DREAM, "BK-1")
        station.kill()
        before = len(watching.said(TOPICS.lookups))
        station.start()
        watching.wait(lambda: len(watching.said(TOPICS.lookups)) > before)


def test_station_that_is_asking_stops_at_once(asking: Callable[[float], Process], broker: Mosquitto) -> None:
    with Consumer(broker.port, TOPICS.lookups) as watching:
        station = asking(300)
        take_in(station, DREAM, "BK-1")
        watching.wait(lambda: bool(watching.said(TOPICS.lookups)))
        assert station.stop() == 0


def test_without_a_broker_the_catalogue_alone_is_asked(tmp_path: Path) -> None:
    with make(tmp_path / "desk", None, 10) as station:
        import_list(station)
        station.start()
        station.wait_for("ready")
        take_in(station, DREAM, "BK-1", EMMA, "BK-2")
        while not known(station, DREAM):
            pass
        while "title_unknown" not in station.command("exception", "list").stdout:
            pass
