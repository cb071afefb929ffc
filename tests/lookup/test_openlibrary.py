"""Open Library's client, against a server on this machine that answers as theirs does, or worse."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from station import __version__
from station.lookup.openlibrary import LARGEST, OpenLibrary
from station.lookup.providers import No
from station.model import Title
from tests.lookup.library_server import LibraryServer, answer
from tests.mosquitto import PATIENCE, free_port
from tests.stores import SetClock

DREAM = "9787020002207"
KNOWN: dict[str, Any] = {
    f"ISBN:{DREAM}": {
        "url": "https://openlibrary.org/books/OL1M/红楼梦",
        "key": "/books/OL1M",
        "title": "红楼梦",
        "subtitle": "三家评本",
        "authors": [{"url": "https://openlibrary.org/authors/OL1A", "name": "曹雪芹"}, {"name": "高鹗"}],
        "number_of_pages": 1606,
        "publishers": [{"name": "人民文学出版社"}],
        "publish_date": "July 2008",
        "cover": {"small": "https://covers.openlibrary.org/b/id/1-S.jpg"},
    }
}


@pytest.fixture
def server() -> Iterator[LibraryServer]:
    with LibraryServer(answer(json.dumps(KNOWN).encode())) as running:
        yield running


class Client:
    """A client whose pauses take no time, and step the clock."""

    def __init__(self, base: str, timeout: float = PATIENCE) -> None:
        self.clock = SetClock()
        self.paused: list[float] = []
        self._library = OpenLibrary(timeout, self.clock, self._pause, base)

    def ask(self, isbn: str = DREAM) -> Title | No:
        return self._library.ask(isbn)

    def _pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        self.clock.step(seconds)


def test_book_that_it_knows_comes_through_whole(server: LibraryServer) -> None:
    assert Client(server.base).ask() == Title(
        isbn=DREAM,
        title="红楼梦: 三家评本",
        authors=("曹雪芹", "高鹗"),
        publisher="人民文学出版社",
        year=2008,
        source="openlibrary",
    )


def test_it_is_told_the_isbn_and_the_program_and_nothing_else(server: LibraryServer) -> None:
    Client(server.base).ask()
    assert server.asked == [
        (f"/api/books?bibkeys=ISBN:{DREAM}&format=json&jscmd=data", f"shelfpost/{__version__}")
    ]


@pytest.mark.parametrize(
    "respond",
    [
        answer(b"{}"),
        answer(b'{"ISBN:9780141439587": {"title": "Emma"}}'),
        answer(b'{"ISBN:9787020002207": {"title": " "}}'),
        answer(b"not found", 404),
    ],
    ids=["empty", "another book", "without a title", "404"],
)
def test_book_that_it_does_not_know_is_unknown(server: LibraryServer, respond: Any) -> None:
    server.respond = respond
    assert Client(server.base).ask() is No.UNKNOWN


def in_the_middle(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"ISBN:')


def nothing(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "respond",
    [
        answer(b"", 500),
        answer(b"slow down", 429),
        answer(b"", 503),
        answer(b"<html>log in to the school's network</html>"),
        answer(b""),
        answer(b"[]"),
        answer(b'{"ISBN:9787020002207": {"title": 7}}'),
        answer(b'{"ISBN:9787020002207": {"title": "\xff"}}'),
        answer(b"[" * 100_000),
        answer(b" " * (LARGEST + 1)),
        in_the_middle,
        nothing,
    ],
    ids=[
        "500",
        "429",
        "503",
        "html",
        "no body",
        "list",
        "number",
        "not utf-8",
        "deep",
        "huge",
        "cut",
        "hung up",
    ],
)
def test_whatever_else_it_says_is_no_answer(server: LibraryServer, respond: Any) -> None:
    server.respond = respond
    assert Client(server.base).ask() is No.SILENT


def test_server_that_keeps_silent_is_given_up(server: LibraryServer) -> None:
    def silence(_handler: BaseHTTPRequestHandler) -> None:
        server.may_end.wait(PATIENCE)

    server.respond = silence
    assert Client(server.base, timeout=0.05).ask() is No.SILENT


def test_server_that_sends_a_byte_now_and_then_is_given_up(server: LibraryServer) -> None:
    """It would come to an answer after two seconds, with never a long silence."""

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            server.may_end.wait(0.02)
            handler.wfile.write(b" ")
        handler.wfile.write(b"{}")

    server.respond = trickle
    assert Client(server.base, timeout=0.5).ask() is No.SILENT


@pytest.mark.parametrize("base", [f"http://127.0.0.1:{free_port()}", "http://no-such-host.invalid"])
def test_station_without_a_network_gets_no_answer(base: str) -> None:
    assert Client(base).ask() is No.SILENT


def test_two_questions_are_a_second_apart(server: LibraryServer) -> None:
    client = Client(server.base)
    client.ask()
    client.clock.step(0.25)
    client.ask("9780141439587")
    assert client.paused == [0.0, 0.75]


def test_server_that_does_not_answer_is_left_alone_ever_longer(
    server: LibraryServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    server.respond = answer(b"", 500)
    client = Client(server.base)
    for rest in (5, 10, 20):
        assert client.ask() is No.SILENT
        client.clock.step(rest - 0.5)
        asked = len(server.asked)
        assert client.ask() is No.SILENT
        assert len(server.asked) == asked
        client.clock.step(0.5)
    assert client.paused == [0.0, 0.0, 0.0]
    server.respond = answer(b"{}")
    assert client.ask() is No.UNKNOWN


def test_outage_is_logged_once_and_its_end(server: LibraryServer, caplog: pytest.LogCaptureFixture) -> None:
    client = Client(server.base)
    with caplog.at_level("INFO"):
        for status in (500, 500, 200, 200):
            server.respond = answer(b"{}", status)
            client.ask()
            client.clock.step(60)
    assert [each.getMessage() for each in caplog.records] == [
        "Open Library does not answer: it says 500 Internal Server Error. Titles are looked up later.",
        "Open Library answers again",
    ]
