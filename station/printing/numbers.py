"""Numbers for cards and labels that don't exist yet: the ones after the highest that is known or was printed.

What has been printed is remembered in the station's data folder, since a printed label is on nobody's list
until its book is taken in, and two books with one number can't be told apart ever after.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count, islice
from pathlib import Path

import msgspec
from msgspec import Struct

from station.backup.files import held, settle
from station.printing import PrintError

FIRST = "1001"
"""The first number of a library that has none: four digits, so that a thousand sort as they count."""

MARKS = "printed.json"
_SERIES = re.compile(r"(.*?)([0-9]{1,12})", re.DOTALL)
_LITERAL = re.compile(r"[A-Za-z0-9_-]*(?![*+?{|])")

Marks = dict[str, str]
"""The highest number that was printed, by what stands before its digits: `{"BK-": "BK-1024"}`."""


class Series(Struct, frozen=True):
    """The `pattern` that numbers match, those that there are, and all that something has, `taken`."""

    pattern: str
    known: set[str]
    taken: set[str]


def coming(many: int, series: Series, marks: Marks, first: str | None) -> list[str]:
    """The next numbers, `many` of them: none is taken. They go on from `first`, else from what was printed.

    Raises PrintError.
    """
    start = first or _after(series.known, marks, _beginning(series.pattern))
    parts = _SERIES.fullmatch(start)
    if not parts or not re.fullmatch(series.pattern, start):
        raise PrintError(
            f"{start!r} can't be the first number: it has to end in digits and to match {series.pattern!r}."
            " Name another one with --first."
        )
    prefix, digits = parts.groups()
    free = (each for n in count(int(digits)) if (each := f"{prefix}{n:0{len(digits)}}") not in series.taken)
    return list(islice(free, many))


def remembered(data: Path, draw: Callable[[Marks], list[str]]) -> list[str]:
    """Let `draw` make numbers, given what was printed before, and remember them.

    They are remembered before they are printed: a number may be skipped so, and never printed twice.
    Raises PrintError, and StoreError if somebody else is at it.
    """
    try:
        with held(data / "printed.lock", "somebody else is printing new numbers just now."):
            marks = _read(data / MARKS)
            numbers = draw(marks)
            _write(data / MARKS, marked(marks, numbers[-1]))
    except OSError as error:
        raise PrintError(
            f"what was printed can't be kept in {data}: {error.strerror}. Look at the folder's owner."
        ) from error
    return numbers


def marked(marks: Marks, number: str) -> Marks:
    """`marks` with `number`, where it is the highest of its series: a reprint brings no mark back."""
    prefix, _ = _parts(number)
    return {**marks, prefix: max(marks.get(prefix, number), number, key=lambda each: int(_parts(each)[1]))}


def _after(known: set[str], marks: Marks, prefix: str) -> str:
    """The number after the highest that begins with `prefix`, at its width."""
    series = (parts for each in (*known, *marks.values()) if (parts := _SERIES.fullmatch(each)))
    digits = [parts.group(2) for parts in series if parts.group(1) == prefix]
    if not digits:
        return prefix + FIRST
    highest = max(digits, key=int)
    return f"{prefix}{int(highest) + 1:0{len(highest)}}"


def _parts(number: str) -> tuple[str, str]:
    parts = _SERIES.fullmatch(number)
    if not parts:
        raise PrintError(f"{number!r} does not end in digits.")
    return parts[1], parts[2]


def _beginning(pattern: str) -> str:
    """What every text begins with that matches: the plain characters at the pattern's head, if it has any."""
    if "|" in pattern:
        return ""
    found = _LITERAL.match(pattern)
    return found.group() if found else ""


def _read(file: Path) -> Marks:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Marks)
    except FileNotFoundError:
        return {}
    except msgspec.MsgspecError as error:
        raise PrintError(
            f"{file} can't be read: {error}. Remove it, and say with --first where to go on."
        ) from error


def _write(file: Path, marks: Marks) -> None:
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_bytes(msgspec.json.encode(marks))
    settle(unfinished, file)
