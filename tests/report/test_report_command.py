"""`station report`, as a librarian calls it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from station.cli import station
from station.drivers.clock import SystemClock
from station.events import Borrowed, Returned
from station.model import Item
from station.report.words import LANGUAGES, WORDS, of_the_system
from station.store import Store
from tests.report.log import Log
from tests.stores import save, stock

Run = Callable[..., Result]
NASTY = '<script>alert("红楼梦")</script>&'


@pytest.fixture
def run(tmp_path: Path) -> Run:
    config = tmp_path / "station.toml"
    config.write_text(f'[station]\nid = "desk_1"\nlibrary = "oak"\ndata_dir = "{tmp_path}/data"\n')
    return lambda *words: CliRunner().invoke(station, ["--config", str(config), *words])


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """A library that lent yesterday."""
    with closing(Store.open(tmp_path / "data/station.db", "desk_1")) as store:
        stock(store)
        save(store, Item(id="BK-1", title=NASTY), Item(id="BK-2", title="Pippi"))
        log = Log(store)
        yesterday = f"{SystemClock().now().wall - timedelta(days=1):%Y-%m-%d %H:%M}"
        loans = [Borrowed(item="BK-1", reader="RD-1", due="2027-01-01") for _ in range(3)]
        log.at(yesterday, *loans, Returned(item="BK-1", reader="RD-1", overdue_days=0))
        yield log


class Page(HTMLParser):
    """What a browser would fetch or run, and the text that it would show."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.text, self.outside, self.open = "", list[str](), list[str]()
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.outside += [tag] if tag in ("script", "link", "img", "iframe") else []
        named = (str(value) for name, value in attrs if name in ("src", "href", "style"))
        self.outside += [value for value in named if "//" in value]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.usefixtures("log")
def test_report_is_readable_text(run: Run) -> None:
    said = run("report", "--lang", "en")
    assert said.exit_code == 0
    assert "3 lent · 1 returned · 0 renewed · 1 readers who borrowed" in said.stdout
    assert NASTY in said.stdout
    assert "RD-1" not in said.stdout


@pytest.mark.usefixtures("log")
def test_report_is_json_for_programs(run: Run) -> None:
    found = json.loads(run("report", "--json").stdout)
    assert found["popular"] == [{"book": "BK-1", "title": NASTY, "loans": 3}]
    assert (len(found["days"]), found["uptime"]["share"]) == (30, None)


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_stands_alone_and_takes_titles_as_text(run: Run, tmp_path: Path, language: str) -> None:
    file = tmp_path / "report.html"
    assert run("report", "--html", str(file), "--lang", language).exit_code == 0
    page = Page(file.read_text("utf-8"))
    assert (page.outside, page.open) == ([], [])
    assert NASTY in page.text
    assert "RD-1" not in page.text


@pytest.mark.usefixtures("log")
def test_time_without_loans_makes_a_page_too(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    assert run("report", "--html", str(file), "--to", "2020-01-31", "--from", "2020-01-01").exit_code == 0
    assert "<svg" not in file.read_text("utf-8")


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(("days", "pairs"), [(30, 31), (700, 101), (3000, 101)])
def test_long_time_is_drawn_by_weeks_or_months(run: Run, tmp_path: Path, days: int, pairs: int) -> None:
    file = tmp_path / "report.html"
    first = f"{SystemClock().now().wall - timedelta(days=days):%Y-%m-%d}"
    assert run("report", "--html", str(file), "--from", first).exit_code == 0
    plot = file.read_text("utf-8").split("<svg")[1].split("</svg>")[0]
    assert (plot.count("<rect"), plot.count("<g>")) == (2, pairs)


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "2026-02-01", "--to", "2026-01-01"), "--from is after --to"),
        (("--from", "1970-01-01"), "at most 3660 days"),
        (("--from", "yesterday"), "'yesterday' is no day"),
        (("--most", "0"), "not in the range"),
        (("--html", "/dev/full"), "cannot write /dev/full"),
        (("--html", "/nowhere/report.html"), "cannot write /nowhere/report.html"),
    ],
)
def test_wrong_option_is_told_in_words(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run("report", *words)
    assert result.exit_code not in (0, None)
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_station_without_a_library_says_so(run: Run) -> None:
    result = run("report")
    assert isinstance(result.exception, Exception)
    assert "no library yet" in str(result.exception)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_language_is_the_systems(environment: dict[str, str], language: str) -> None:
    assert of_the_system(environment) == language


def test_every_word_is_there_in_both_languages() -> None:
    assert [name for name, both in WORDS.items() if not all(both)] == []
