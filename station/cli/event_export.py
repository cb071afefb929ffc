"""Events as a table for a spreadsheet, or as the JSON lines that they are: written as they are read."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any, BinaryIO

import click
from msgspec import Struct

from station.events import EVENTS, short
from station.model import instant

FIELDS = tuple(dict.fromkeys(name for each in EVENTS for name in each.__struct_fields__))
"""What the data of this station's events may say, each once."""
COLUMNS = tuple(
    dict.fromkeys(("time", "type", "station", "subject", *FIELDS, "other", "clocktrusted", "event"))
)
"""`event` is the event's own id; `other` holds as JSON what no column is named after."""
ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet would take for a formula (OWASP, CSV injection)."""


class Period(Struct, frozen=True):
    """Whole days where the library is, as an event's `time` says them; None: no beginning, or no end."""

    start: str | None
    end: str | None

    @classmethod
    def of(cls, first: date | None, last: date | None, zone: tzinfo | None) -> Period:
        return cls(
            _midnight(first, zone) if first else None,
            _midnight(last + timedelta(days=1), zone) if last else None,
        )

    def holds(self, event: Mapping[str, Any]) -> bool:
        return (self.start is None or self.start <= event["time"]) and (
            self.end is None or event["time"] < self.end
        )


def write_csv(events: Iterable[dict[str, Any]], file: BinaryIO, zone: tzinfo | None, *, mark: bool) -> None:
    """`mark`: begin with the byte order mark by which a spreadsheet knows that the text is UTF-8."""
    if mark:
        file.write(codecs.BOM_UTF8)
    table = csv.writer(_Encoded(file))
    table.writerow(COLUMNS)
    table.writerows(_row(each, zone) for each in events)


class _Encoded:
    """Text for a binary file. It holds nothing back: nothing is left to flush when its reader has gone."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        self._file.write(text.encode())


def write_lines(events: Iterable[dict[str, Any]], file: BinaryIO) -> None:
    for each in events:
        file.write(json.dumps(each, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file that gets its name when it is whole. What is no regular file, as a FIFO, is written as it is.

    Raises click.ClickException, in words.
    """
    try:
        regular = path.is_file() or not path.exists()
        target = path.with_name(f".{path.name}.unfinished") if regular else path
        try:
            with target.open("wb") as file:
                yield file
            target.replace(path)
        finally:
            if regular:
                target.unlink(missing_ok=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror}.") from error


def _row(event: dict[str, Any], zone: tzinfo | None) -> list[str]:
    data = event["data"]
    at = datetime.fromisoformat(event["time"]).astimezone(zone)
    cells: dict[str, Any] = {
        **data,
        "time": f"{at:%Y-%m-%d %H:%M:%S}",
        "type": short(event["type"]),
        "subject": event["subject"],
        "other": {name: value for name, value in data.items() if name not in FIELDS} or None,
        "station": event["source"].rpartition("/")[2],
        "clocktrusted": event["clocktrusted"],
        "event": event["id"],
    }
    return [_cell(cells.get(name)) for name in COLUMNS]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value).lower()
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if text.startswith(ACTIVE) else text


def _midnight(day: date, zone: tzinfo | None) -> str:
    """The day's beginning; without a zone in the system's own."""
    return instant(datetime.combine(day, time(), zone).astimezone(UTC))
