"""Open Library, the free catalogue on the internet: one request for an ISBN. It is told nothing else.

Its Books API answers `{"ISBN:…": {…}}` for a book that it knows and `{}` for one that it doesn't
(openlibrary.org/dev/docs/api/books, `jscmd=data`). It asks its users to name themselves and to go slowly.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from station import __version__
from station.backoff import Backoff, Words
from station.drivers import Clock
from station.lookup.providers import No
from station.model import Title
from station.titles import described

BASE = "https://openlibrary.org"
PACE_SECONDS = 1.0
"""Between two requests at least: what it allows to anybody."""
LARGEST = 1_000_000
"""Bytes of an answer that is worth reading."""
REST_FIRST, REST_LONGEST = 5.0, 600.0
"""Seconds for which it is not asked at all after it did not answer."""
PIECE = 16_384
WORDS = Words("Open Library does not answer: %s. Titles are looked up later.", "Open Library answers again")


class _Named(Struct):
    name: str = ""


class _Book(Struct):
    title: str = ""
    subtitle: str = ""
    authors: list[_Named] = []
    publishers: list[_Named] = []
    publish_date: str = ""


_BOOKS = msgspec.json.Decoder(dict[str, _Book])


class NoAnswer(Exception):
    """It did not answer, or not with what its documentation says."""


class OpenLibrary:
    """`timeout`: seconds for connecting, and again for the whole answer. `pause` waits so many seconds."""

    name = "openlibrary"

    def __init__(
        self, timeout: float, clock: Clock, pause: Callable[[float], object], base: str = BASE
    ) -> None:
        self._timeout = timeout
        self._clock = clock
        self._pause = pause
        self._base = base
        self._backoff = Backoff(REST_LONGEST, first=REST_FIRST, words=WORDS)
        self._is_down = False
        self._not_before = 0.0

    def ask(self, isbn: str) -> Title | No:
        if self._is_down and self._clock.now().mono < self._not_before:
            return No.SILENT
        self._pause(max(0.0, self._not_before - self._clock.now().mono))
        try:
            answer = self._fetch(isbn)
        except NoAnswer as error:
            self._rest(self._backoff.failed(str(error)))
            self._is_down = True
            return No.SILENT
        self._rest(PACE_SECONDS)
        if self._is_down:
            self._backoff.succeeded()
        self._is_down = False
        return answer

    def _rest(self, seconds: float) -> None:
        self._not_before = self._clock.now().mono + seconds

    def _fetch(self, isbn: str) -> Title | No:
        from urllib.error import HTTPError

        try:
            body = self._get(f"{self._base}/api/books?bibkeys=ISBN:{isbn}&format=json&jscmd=data")
        except HTTPError as error:
            error.close()
            if error.code == 404:
                return No.UNKNOWN
            raise NoAnswer(f"it says {error.code} {error.reason}") from None
        try:
            return _title(isbn, _BOOKS.decode(body).get(f"ISBN:{isbn}"))
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise NoAnswer(f"what it says can't be read: {error}") from None

    def _get(self, url: str) -> bytes:
        """Raises NoAnswer, and HTTPError for an answer that is none."""
        from http.client import HTTPException
        from urllib.error import HTTPError
        from urllib.request import Request, urlopen

        asked = Request(url, headers={"User-Agent": f"shelfpost/{__version__}", "Accept": "application/json"})
        try:
            with urlopen(asked, timeout=self._timeout) as response:
                return self._read(response)
        except HTTPError:
            raise
        except (OSError, HTTPException, ValueError) as error:
            raise NoAnswer(str(getattr(error, "reason", error)) or type(error).__name__) from None

    def _read(self, response: Any) -> bytes:
        """A socket's time-out begins anew with each byte, so the whole has an end of its own."""
        end, body = time.monotonic() + self._timeout, b""
        while piece := response.read1(PIECE):
            body += piece
            if len(body) > LARGEST or time.monotonic() > end:
                raise NoAnswer("its answer is too long, or takes too long")
        return body


def _title(isbn: str, book: _Book | None) -> Title | No:
    if book is None:
        return No.UNKNOWN
    try:
        return described(
            isbn,
            ": ".join(each for each in (book.title.strip(), book.subtitle.strip()) if each),
            authors=[each.name for each in book.authors],
            publisher=book.publishers[0].name if book.publishers else "",
            year=book.publish_date,
            source=OpenLibrary.name,
        )
    except ValueError:
        return No.UNKNOWN
