"""A transcript's line cut into words, quoted as in a shell. Pure."""

from __future__ import annotations

import re

from msgspec import Struct

_PIECE = re.compile(
    r"""
      (?P<plain>(?:[^ \t'"\\$]|\$(?!'))+)
    | '(?P<single>[^']*)'
    | "(?P<double>(?:[^"\\]|\\.)*)"
    | \$'(?P<coded>(?:[^'\\]|\\.)*)'
    | \\(?P<escaped>.)
    """,
    re.VERBOSE,
)
_SPACE = re.compile(r"[ \t]*")
_CODES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", '"': '"'}
_CODE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))")


class Word(Struct, frozen=True):
    """`plain` is what stands before any quote: an arrow or a key counts only there.

    `start` and `end` are its place in the line.
    """

    text: str
    plain: str
    start: int
    end: int


def words(line: str) -> list[Word]:
    r"""The words of `line` up to a comment, which a `#` at the beginning of a word starts.

    '…', "…" and \ are the shell's; $'…' knows \n, \r, \t, \\, \', \" and \uXXXX besides.
    Raises ValueError for a quote that is not closed and for an escape that says nothing.
    """
    found: list[Word] = []
    at = _after_space(line, 0)
    while at < len(line) and line[at] != "#":
        word = _word(line, at)
        found.append(word)
        at = _after_space(line, word.end)
    return found


def _word(line: str, start: int) -> Word:
    pieces: list[re.Match[str]] = []
    at = start
    while at < len(line) and line[at] not in " \t":
        piece = _PIECE.match(line, at)
        if piece is None:
            raise ValueError(_broken(line[at:]))
        pieces.append(piece)
        at = piece.end()
    return Word("".join(map(_text, pieces)), pieces[0]["plain"] or "", start, at)


def _after_space(line: str, at: int) -> int:
    found = _SPACE.match(line, at)
    return found.end() if found else at


def _text(piece: re.Match[str]) -> str:
    if piece["double"] is not None:
        return re.sub(r'\\([\\"$`])', r"\1", piece["double"])
    if piece["coded"] is not None:
        return _CODE.sub(_character, piece["coded"])
    return piece["plain"] or piece["single"] or piece["escaped"] or ""


def _character(code: re.Match[str]) -> str:
    number, letter = code.groups()
    character = chr(int(number, 16)) if number else _CODES.get(letter, "")
    if not character or "\ud800" <= character <= "\udfff":
        raise ValueError(rf"{code.group()} stands for no character; there are \n \r \t \\ \' \" and \uXXXX")
    return character


def _broken(rest: str) -> str:
    if rest == "\\":
        return "the line ends with a backslash; a step is one line"
    quote = rest[1] if rest.startswith("$") else rest[0]
    return f"a quote is not closed: {quote} needs another {quote} on the same line"
