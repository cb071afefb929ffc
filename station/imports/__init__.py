"""Lists that the library has in files: titles, copies and readers.

A file is read row by row into `Entry`s, each with what it says or why it can't be used; `run` writes them in
short batches. What is in already is left alone, so that an import that was cut off is simply started again.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Unreadable(Exception):
    """The file as a whole can't be used; the message says why, and what to do."""


class Unusable(Exception):
    """A row can't be used; the message says why."""


class Entry(Struct, frozen=True):
    """What a row says: `values` to be written, or `why` it can't be.

    `number` is the line or record, from 1; `cells` what stands there, or `line` where that can't be told;
    `end` how far the file has been read.
    """

    number: int
    end: int
    cells: tuple[str, ...] = ()
    line: str = ""
    values: tuple[Any, ...] = ()
    why: str | None = None
