"""Which column of a list is which, by its header: names in English or Chinese, in any order."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from station.imports import Unreadable

OUR_OWN = frozenset({"row", "why", "line"})
"""Columns of a report of rejected rows, which may be imported again once it is corrected."""


class Column(Struct, frozen=True):
    name: str
    others: tuple[str, ...] = ()
    required: bool = False


class Header(Struct, frozen=True):
    """`places`: which cell each column has. `ignored`: names of columns that are not read."""

    places: dict[str, int]
    ignored: tuple[str, ...]
    width: int


def header_of(path: Path, cells: Sequence[str], columns: Sequence[Column]) -> Header:
    """Raises Unreadable for a header that lacks what must be there, or has a name that is misspelt."""
    names = {_plain(other): each.name for each in columns for other in (each.name, *each.others)}
    places: dict[str, int] = {}
    strays = []
    for place, cell in enumerate(cells):
        name = names.get(_plain(cell))
        if name is None:
            strays.append(cell.strip())
        elif name in places:
            raise Unreadable(f"{path}: the column {name} is there twice.")
        else:
            places[name] = place
    _check(path, places, strays, columns)
    ignored = tuple(each for each in strays if each and _plain(each) not in OUR_OWN)
    return Header(places, ignored, len(cells))


def known(cells: Sequence[str], columns: Sequence[Column]) -> int:
    """How many of `cells` are names of columns."""
    names = {_plain(other) for each in columns for other in (each.name, *each.others)}
    return sum(_plain(each) in names for each in cells)


def _check(path: Path, places: dict[str, int], strays: list[str], columns: Sequence[Column]) -> None:
    absent = [each.name for each in columns if each.name not in places]
    for stray in strays:
        near = difflib.get_close_matches(_plain(stray), absent, n=1)
        if near:
            raise Unreadable(f"{path}: the column {stray!r} is unknown; did you mean {near[0]}?")
    missing = [each.name for each in columns if each.required and each.name in absent]
    if missing or not places:
        lacks = " and ".join(missing) or "them all"
        raise Unreadable(
            f"{path}: the first line must name the columns, and it lacks {lacks}."
            f" Known are {', '.join(each.name for each in columns)}."
        )


def _plain(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").replace("-", "_")
