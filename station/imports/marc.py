"""Titles from MARC records: MARC 21, and UNIMARC or CNMARC as Chinese libraries have it.

Where a record has a text in its own script beside a transcription (field 880), the own script is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from station.imports import Entry, Unusable, values
from station.imports.marc_records import Field, fields, need, records
from station.imports.text import named
from station.imports.titles import SOURCE
from station.model import Title
from station.titles import described

Record = list[Field]

_ISBN = re.compile(r"[0-9][0-9 -]{8,20}[0-9Xx]")
_ENDS = " /:;=,"
"""Punctuation with which a cataloguer divides one part of a title page from the next."""
_FULL_STOP = re.compile(r"(?<=[^\W\d_]{3})\.$|(?<=[\u2e80-\ufaff])\.$")
"""One that ends a field, and not an initial or `Jr.`"""


class Format(Struct, frozen=True):
    """Which field and subfields say what."""

    isbn: tuple[str, str]
    title: tuple[str, str]
    authors: tuple[tuple[str, str], ...]
    publisher: tuple[tuple[str, str], ...]
    year: tuple[tuple[str, str], ...]
    language: tuple[str, str]


MARC21 = Format(
    isbn=("020", "a"),
    title=("245", "abnp"),
    authors=tuple((tag, "a") for tag in ("100", "110", "111", "700", "710")),
    publisher=(("264", "b"), ("260", "b")),
    year=(("264", "c"), ("260", "c")),
    language=("041", "a"),
)
UNIMARC = Format(
    isbn=("010", "a"),
    title=("200", "aehi"),
    authors=tuple((tag, "ab") for tag in ("700", "701", "702", "710", "711")),
    publisher=(("210", "c"), ("214", "c")),
    year=(("210", "d"), ("214", "d")),
    language=("101", "a"),
)


def entries(path: Path, encoding: str | None) -> Iterator[Entry]:
    """Each record as an entry, with one title for each of its ISBNs.

    Raises Unreadable without pymarc, and where no text can be in `encoding`.
    """
    need()
    return _entries(path, named(encoding) if encoding else None)


def _entries(path: Path, encoding: str | None) -> Iterator[Entry]:
    for number, raw in enumerate(records(path), 1):
        shown = raw.data[:200].decode("utf-8", "replace")
        try:
            yield Entry(number, raw.end, line=shown, values=tuple(_titles(fields(raw, encoding))))
        except (Unusable, ValueError) as why:
            yield Entry(number, raw.end, line=shown, why=str(why))


def _titles(record: Record) -> Iterator[Title]:
    """Raises Unusable or ValueError, in words."""
    form = UNIMARC if _has(record, "200") and not _has(record, "245") else MARC21
    isbns = _isbns(record, form)
    if not isbns:
        raise Unusable("it has no ISBN")
    for isbn in isbns:
        yield described(
            isbn,
            _title(record, form),
            authors=[_name(each, codes) for each, codes in _fields(record, form.authors)],
            publisher=_first(record, form.publisher),
            year=_first(record, form.year) or _fixed(record, 7, 11),
            language=_first(record, (form.language,)) or _language(record, form),
            source=SOURCE,
        )


def _isbns(record: Record, form: Format) -> list[str]:
    """Those that are right, each once. Raises Unusable where there are only wrong ones."""
    tag, code = form.isbn
    said = [text for each in record if each.tag == tag for part, text in each.parts if part == code]
    read = [found[0] for each in said if (found := _ISBN.match(each.strip()))]
    right: dict[str, None] = {}
    wrong: Unusable | None = None
    for each in read:
        try:
            right[values.isbn(each) or ""] = None
        except Unusable as error:
            wrong = error
    if not right and wrong:
        raise wrong
    return list(right)


def _title(record: Record, form: Format) -> str:
    tag, codes = form.title
    for field in _own_script(record, tag):
        parts = [_trimmed(text) for code, text in field.parts if code in codes]
        return ": ".join(each for each in parts if each)
    return ""


def _fields(record: Record, wanted: tuple[tuple[str, str], ...]) -> Iterator[tuple[Field, str]]:
    for tag, codes in wanted:
        for field in _own_script(record, tag):
            yield field, codes


def _first(record: Record, wanted: tuple[tuple[str, str], ...]) -> str:
    for field, codes in _fields(record, wanted):
        for code, text in field.parts:
            if code in codes and (found := _trimmed(text)):
                return found
    return ""


def _name(field: Field, codes: str) -> str:
    """A Chinese name in two subfields is one name."""
    parts = [_trimmed(text) for code, text in field.parts if code in codes]
    return ("" if not "".join(parts).isascii() else ", ").join(each for each in parts if each)


def _trimmed(text: str) -> str:
    return _FULL_STOP.sub("", text.strip(_ENDS))


def _own_script(record: Record, tag: str) -> list[Field]:
    """The fields `tag`, each in its own script where a field 880 has that: `$6 880-01` and `$6 245-01/$1`."""
    others = {each.first("6")[:6]: each for each in record if each.tag == "880"}
    return [others.get(f"{tag}-{each.first('6')[4:6]}", each) for each in record if each.tag == tag]


def _fixed(record: Record, start: int, end: int) -> str:
    """Part of field 008, in which MARC 21 has year and language by their place."""
    return next((each.data[start:end] for each in record if each.tag == "008"), "")


def _language(record: Record, form: Format) -> str:
    said = _fixed(record, 35, 38) if form is MARC21 else ""
    return said if said.isalpha() and said not in ("und", "zxx", "mul") else ""


def _has(record: Record, tag: str) -> bool:
    return any(each.tag == tag for each in record)
