"""Titles from MARC records (ISO 2709): MARC 21, and UNIMARC or CNMARC as Chinese libraries have it.

The only file that imports pymarc. A record is read by itself, from one end mark to the next, so that a broken
one costs no other its place. Where a record has a name in its own script beside a transcription (field 880),
the own script is taken.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from station.imports import Entry, Unreadable, Unusable, values
from station.imports.text import MARC_LONGEST
from station.imports.titles import SOURCE
from station.model import Title
from station.titles import described

if TYPE_CHECKING:
    from pymarc import Field, Record

END = b"\x1d"
"""Of a record; it stands nowhere else."""
PIECE = 65_536
_ISBN = re.compile(r"[0-9][0-9 -]{8,20}[0-9Xx]")
_ENDS = " /:;=,"
"""Punctuation with which a cataloguer divides one part of a title page from the next."""


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
    """Each record as an entry, with one title for each of its ISBNs. Raises Unreadable without pymarc."""
    try:
        import pymarc
    except ImportError:
        raise Unreadable(
            "MARC files need pymarc, which is not installed: pip install 'shelfpost[marc]'"
        ) from None
    logging.getLogger(pymarc.__name__).setLevel(logging.CRITICAL)
    return _entries(path, encoding)


def _entries(path: Path, encoding: str | None) -> Iterator[Entry]:
    for number, (raw, end) in enumerate(_records(path), 1):
        shown = (raw[:200].decode("utf-8", "replace"),)
        try:
            yield Entry(number, end, shown, tuple(_titles(_record(raw, encoding))))
        except (Unusable, ValueError) as why:
            yield Entry(number, end, shown, why=str(why))


def _records(path: Path) -> Iterator[tuple[bytes, int]]:
    """Each record with the file's length up to its end; line ends between records are left out."""
    with path.open("rb") as file:
        rest, end = b"", 0
        while piece := file.read(PIECE):
            *whole, rest = (rest + piece).split(END)
            for each in whole:
                end += len(each) + 1
                if each.strip():
                    yield each.lstrip() + END, end
            if len(rest) > 2 * MARC_LONGEST:
                yield rest, end + len(rest)
                return
        if rest.strip():
            yield rest, end + len(rest)


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
    except LookupError:
        raise Unusable(f"there is no encoding {encoding!r}") from None
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


def _titles(record: Record) -> Iterator[Title]:
    """Raises Unusable or ValueError, in words."""
    form = UNIMARC if "200" in record and "245" not in record else MARC21
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
    said = [each for field in record.get_fields(tag) for each in field.get_subfields(code)]
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
        parts = [each.value.strip(_ENDS) for each in field.subfields if each.code in codes]
        return ": ".join(each for each in parts if each)
    return ""


def _fields(record: Record, wanted: tuple[tuple[str, str], ...]) -> Iterator[tuple[Field, str]]:
    for tag, codes in wanted:
        for field in _own_script(record, tag):
            yield field, codes


def _first(record: Record, wanted: tuple[tuple[str, str], ...]) -> str:
    for field, codes in _fields(record, wanted):
        for each in field.get_subfields(*codes):
            if each.strip(_ENDS):
                return str(each.strip(_ENDS))
    return ""


def _name(field: Field, codes: str) -> str:
    """A Chinese name in two subfields is one name."""
    parts = [each.strip(_ENDS) for each in field.get_subfields(*codes)]
    return ("" if not "".join(parts).isascii() else ", ").join(each for each in parts if each)


def _own_script(record: Record, tag: str) -> list[Field]:
    """The fields `tag`, each in its own script where a field 880 has that: `$6 880-01` and `$6 245-01/$1`."""
    others = {str(each.get("6", ""))[:6]: each for each in record.get_fields("880")}
    return [others.get(f"{tag}-{str(each.get('6', ''))[4:6]}", each) for each in record.get_fields(tag)]


def _fixed(record: Record, start: int, end: int) -> str:
    """Part of field 008, in which MARC 21 has year and language by their place."""
    field = record.get("008")
    return str(field.data or "")[start:end] if field is not None and field.control_field else ""


def _language(record: Record, form: Format) -> str:
    said = _fixed(record, 35, 38) if form is MARC21 else ""
    return said if said.isalpha() and said not in ("und", "zxx", "mul") else ""
