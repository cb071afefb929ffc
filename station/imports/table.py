"""The rows of a CSV file, with commas, semicolons or tabs; one that is broken costs no other its place."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from station.imports import Unreadable, Unusable
from station.imports.columns import Column, Header, header_of, known
from station.imports.text import LONGEST_LINE, encoding_of, lines

DELIMITERS = (",", ";", "\t")
MOST_LINES = 20
"""Lines of one row, where a cell in quotes goes over several."""


class Row(Struct, frozen=True):
    """`cells` are all that stand there, `values` those of known columns.

    `why` it can't be read, and where it can't even be divided, its `line`.
    """

    number: int
    end: int
    cells: tuple[str, ...] = ()
    line: str = ""
    values: dict[str, str] = {}
    why: str | None = None


class _Line(Struct, frozen=True):
    number: int
    end: int
    raw: bytes | None


class Table:
    """Opened at once: a wrong file or header is told before anything is written. Raises Unreadable."""

    def __init__(self, path: Path, columns: Sequence[Column], encoding: str | None = None) -> None:
        self._encoding = encoding_of(path, encoding)
        self._lines = (_Line(number, end, raw) for number, (raw, end) in enumerate(lines(path), 1))
        self._put_back: deque[_Line] = deque()
        self.header_cells, self._delimiter = self._first(path, columns)
        self.header: Header = header_of(path, self.header_cells, columns)

    def __iter__(self) -> Iterator[Row]:
        while line := self._next():
            try:
                cells = self._cells(line)
                if any(each.strip() for each in cells):
                    yield self._row(line, cells)
            except Unusable as why:
                yield Row(line.number, line.end, line=_shown(line.raw), why=str(why))

    def _row(self, line: _Line, cells: list[str]) -> Row:
        if any(each.strip() for each in cells[self.header.width :]):
            why = f"it has {len(cells)} cells, and the header has {self.header.width}"
            return Row(line.number, line.end, tuple(cells), why=why)
        places = self.header.places.items()
        values = {name: cells[place].strip() if place < len(cells) else "" for name, place in places}
        return Row(line.number, line.end, tuple(cells), values=values)

    def _cells(self, line: _Line) -> list[str]:
        """Raises Unusable. Of a row whose quotes never end only the first line is lost."""
        text, taken = self._text(line), list[_Line]()
        try:
            while True:
                try:
                    return _split(text, self._delimiter)
                except _GoesOn as error:
                    further = self._next() if len(taken) < MOST_LINES else None
                    if further is None:
                        raise Unusable(str(error)) from None
                    taken.append(further)
                    text += self._text(further)
        except Unusable:
            self._put_back.extendleft(reversed(taken))
            raise

    def _text(self, line: _Line) -> str:
        if line.raw is None:
            raise Unusable(f"the line has over {LONGEST_LINE} bytes")
        if b"\0" in line.raw:
            raise Unusable("it holds a NUL character")
        try:
            return line.raw.decode(self._encoding).removeprefix("\ufeff")
        except UnicodeError:
            raise Unusable(f"it is not text in {self._encoding}") from None

    def _first(self, path: Path, columns: Sequence[Column]) -> tuple[list[str], str]:
        """The header's cells and the delimiter: the one with which most columns are known."""
        line = self._next()
        try:
            text = self._text(line) if line else ""
            tried = [(_split(text, each), each) for each in DELIMITERS]
        except (Unusable, _GoesOn) as error:
            raise Unreadable(
                f"{path}: the first line must name the columns, and can't be read: {error}."
            ) from None
        return max(tried, key=lambda each: known(each[0], columns))

    def _next(self) -> _Line | None:
        return self._put_back.popleft() if self._put_back else next(self._lines, None)


class _GoesOn(Exception):
    """A cell in quotes goes on in the next line."""

    def __str__(self) -> str:
        return "a quotation mark in it is not closed"


def _split(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise _GoesOn from None
        raise Unusable(f"its quotation marks are wrong ({error})") from None


def _shown(raw: bytes | None) -> str:
    """Enough of a line to find it again."""
    return "" if raw is None else raw[:200].decode("utf-8", "replace").rstrip("\r\n").replace("\0", "\ufffd")
