"""Lines of a text file that anybody may have saved: which encoding it has, and whether it is text at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from station.imports import Unreadable

LONGEST_LINE = 65_536
"""Bytes. A row of a list has some hundred; what is longer is something else."""
MARC_LONGEST = 100_000
"""Bytes. The length of a MARC record has five digits."""
MOSTLY = 0.9
"""Part of the lines beyond ASCII that must fit an encoding for the file to be in it."""
SAVE_AS = "open it in the spreadsheet program and save it as CSV UTF-8"
NOT_TEXT = {
    b"PK\x03\x04": f"is a spreadsheet or another packed file: {SAVE_AS}",
    b"\xd0\xcf\x11\xe0": f"is an old Excel workbook: {SAVE_AS}",
    b"%PDF": "is a PDF: export the list as CSV instead",
    b"\xff\xfe": f"is UTF-16 text: {SAVE_AS}",
    b"\xfe\xff": f"is UTF-16 text: {SAVE_AS}",
}
ENCODINGS = ("utf-8", "gb18030")
"""Those that are found out, in this order: Chinese in GB18030 hardly ever looks like UTF-8."""
HEADER = b'ISBN;title,2008\t"1"+/-?\r\n'
"""Every encoding whose lines can be told apart has this as ASCII has it."""
HALF = b"\\ud800"
"""Python's own way of writing half a character. No list means that by it, and no store takes it."""


def encoding_of(path: Path, wanted: str | None) -> str:
    """The encoding to read `path` in. Raises Unreadable where it is no text, or none is known for it."""
    with path.open("rb") as file:
        head = file.read(LONGEST_LINE)
    if not head.strip():
        raise Unreadable(f"{path} is empty.")
    for start, what in NOT_TEXT.items():
        if head.startswith(start):
            raise Unreadable(f"{path} {what}.")
    if b"\0" in head.partition(b"\n")[0]:
        raise Unreadable(f"{path} is not text: export the list as CSV UTF-8.")
    return named(wanted) if wanted else _guess(path)


def named(encoding: str) -> str:
    """`encoding` itself. Raises Unreadable where a list can't be in it."""
    with suppress(LookupError, UnicodeError):
        if HEADER.decode(encoding) == HEADER.decode("ascii"):
            HALF.decode(encoding).encode()
            return encoding
    raise Unreadable(
        f"there is no encoding {encoding[:40]!r} for lists: name one as utf-8, gb18030, big5 or cp1252,"
        " or none: then it is found out."
    )


def lines(path: Path) -> Iterator[tuple[bytes | None, int]]:
    """Each line with the file's length up to its end; None for a line that is too long."""
    with path.open("rb") as file:
        end = 0
        while line := file.readline(LONGEST_LINE):
            end += len(line)
            if len(line) < LONGEST_LINE or line.endswith(b"\n"):
                yield line, end
                continue
            while rest := file.readline(LONGEST_LINE):
                end += len(rest)
                if rest.endswith(b"\n"):
                    break
            yield None, end


def _guess(path: Path) -> str:
    """A few lines that don't fit are the list's mistakes; each is told when its turn comes."""
    fits, beyond_ascii = dict.fromkeys(ENCODINGS, 0), 0
    for line, _ in lines(path):
        if line is None or line.isascii():
            continue
        beyond_ascii += 1
        for each in ENCODINGS:
            fits[each] += _is_in(line, each)
    for each in ENCODINGS:
        if fits[each] >= MOSTLY * beyond_ascii:
            return each
    raise Unreadable(
        f"{path} is neither UTF-8 nor GB18030. Save it as UTF-8, or say what it is: --encoding big5 …"
    )


def _is_in(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def is_marc(path: Path) -> bool:
    """Whether `path` holds MARC records (ISO 2709): a length in five digits, fields, the end of a record."""
    with path.open("rb") as file:
        head = file.read(MARC_LONGEST).lstrip()
    return len(head) > 24 and head[:5].isdigit() and head[12:17].isdigit() and b"\x1e" in head
