"""A list of labels from a file: a number a line, or a table of numbers and titles."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from station.printing import PrintError

LARGEST = 10_000_000
"""Bytes; a hundred thousand titles are half of it."""


def numbers_and_titles(file: Path) -> Iterator[tuple[str, str]]:
    """Each line's number and title, which may be empty: `BK-1` or `BK-1,Title`. Raises PrintError."""
    for number, row in enumerate(csv.reader(io.StringIO(_text(file), newline="")), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) > 2 and any(cells[2:]):
            raise PrintError(
                f"{file}, line {number}: has {len(cells)} cells; write a number, or a number and a title. A"
                ' title with a comma goes in "quotation marks".'
            )
        if not cells[0]:
            raise PrintError(f"{file}, line {number}: has no number.")
        yield cells[0], cells[1] if len(cells) > 1 else ""


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST:
            raise PrintError(f"{file} is larger than {LARGEST // 1_000_000} MB: that is no list of labels.")
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise PrintError(f"{file} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise PrintError(f"{file} is not UTF-8 text; save it as UTF-8.") from None
