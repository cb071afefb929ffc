"""MARC records (ISO 2709) in a file, as plain fields: the only file that imports pymarc.

A record is read by itself, from one end mark to the next, so that a broken one costs no other its place.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from station.imports import Unreadable, Unusable
from station.imports.text import MARC_LONGEST

if TYPE_CHECKING:
    from pymarc import Record

END = b"\x1d"
"""Of a record; it stands nowhere else."""
PIECE = 65_536


class Field(Struct, frozen=True):
    """A field of a record: `data` where it is of one piece, else `parts`, each with its subfield's code."""

    tag: str
    data: str = ""
    parts: tuple[tuple[str, str], ...] = ()

    def first(self, code: str) -> str:
        return next((value for each, value in self.parts if each == code), "")


class Raw(Struct, frozen=True):
    """A record's bytes; `end` is the file's length up to its end."""

    data: bytes
    end: int


def need() -> None:
    """Raises Unreadable where pymarc is not installed."""
    try:
        import pymarc
    except ImportError:
        raise Unreadable(
            "MARC files need pymarc, which is not installed: pip install 'shelfpost[marc]'"
        ) from None
    logging.getLogger(pymarc.__name__).setLevel(logging.CRITICAL)


def fields(raw: Raw, encoding: str | None) -> list[Field]:
    """The record's fields. Raises Unusable, in words."""
    return [
        Field(each.tag, each.data or "")
        if each.control_field
        else Field(each.tag, parts=tuple((part.code, part.value) for part in each.subfields))
        for each in _record(raw.data, encoding).fields
    ]


def records(path: Path) -> Iterator[Raw]:
    """Each record, without the line ends that some have between them."""
    with path.open("rb") as file:
        rest, end = b"", 0
        while piece := file.read(PIECE):
            *whole, rest = (rest + piece).split(END)
            for each in whole:
                end += len(each) + 1
                if each.strip():
                    yield Raw(each.lstrip() + END, end)
            if len(rest) > 2 * MARC_LONGEST:
                yield Raw(rest, end + len(rest))
                return
        if rest.strip():
            yield Raw(rest, end + len(rest))


def _record(raw: bytes, encoding: str | None) -> Record:
    from pymarc import Record

    if not raw.endswith(END):
        raise Unusable("the file ends in the middle of it")
    try:
        coded = encoding or _encoding(raw)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if coded == "utf-8":
                return Record(raw, force_utf8=True)
            return Record(_as_if_marc8(raw), file_encoding=coded, hide_utf8_warnings=True)
    except UnicodeDecodeError:
        raise Unusable("its text is not in the encoding that it says") from None
    except Exception as error:  # pymarc raises what it meets, down to IndexError
        raise Unusable(f"it is no MARC record: {error or type(error).__name__}") from None


def _encoding(raw: bytes) -> str:
    """What a record is really in. Many say MARC-8 and hold UTF-8, and Chinese ones GB18030.

    MARC-8 has its letters with accents as pairs, and its Chinese after an escape: neither is valid UTF-8 or
    GB18030 for long. `iso8859-1` is pymarc's word for MARC-8.
    """
    if raw[9:10] == b"a" or _is_in(raw, "utf-8"):
        return "utf-8"
    return "gb18030" if _is_unimarc(raw) and b"\x1b" not in raw and _is_in(raw, "gb18030") else "iso8859-1"


def _as_if_marc8(raw: bytes) -> bytes:
    """pymarc believes a record that says UTF-8 more than whoever names another encoding."""
    return raw[:9] + b" " + raw[10:]


def _is_in(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_unimarc(raw: bytes) -> bool:
    """By the fields in its directory: the title is 200 there, and 245 in MARC 21."""
    start, _, _ = raw[24:].partition(b"\x1e")
    tags = {start[place : place + 3] for place in range(0, len(start), 12)}
    return b"200" in tags and b"245" not in tags
