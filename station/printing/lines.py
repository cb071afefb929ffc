"""Breaking text into lines by its measured width, in the ways of Chinese and of Latin text.

Chinese may break between any two characters, but no line begins with a closing mark and none ends with an
opening one (the rules of GB/T 15834 and of the W3C's requirements for Chinese text layout). Latin text
breaks at spaces; a word longer than a line is broken anywhere.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

Width = Callable[[str], float]

_NOT_FIRST = frozenset("、，。．：；！？…‥·～）〉》」』】〕〗〙〛’”,.:;!?)]}%‰℃々ー")
_NOT_LAST = frozenset("（〈《「『【〔〖〘〚‘“([{￥＄＃")
CUT = "…"


def broken(text: str, width: float, width_of: Width, most: int) -> list[str]:
    """At most `most` lines of `text`, none wider than `width`; the rest is cut off, with an ellipsis."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(" ".join(text.split()), width, width_of):
        if line and width_of((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line = line + piece if line else piece.lstrip()
    lines += [line.rstrip()] if line.strip() else []
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], cut(" ".join(lines[most - 1 : most + 1]), width, width_of)]


def cut(text: str, width: float, width_of: Width) -> str:
    """As much of `text` as fits, with an ellipsis in place of the rest."""
    while text and width_of(text + CUT) > width:
        text = text[: _last_start(text)].rstrip()
    return text + CUT


def _pieces(text: str, width: float, width_of: Width) -> Iterator[str]:
    """`text` in pieces that stay together, each with the spaces after it."""
    piece = ""
    for character in text:
        if piece and _may_break(piece[-1], character):
            yield from _halved(piece, width, width_of)
            piece = ""
        piece += character
    yield from _halved(piece, width, width_of)


def _halved(piece: str, width: float, width_of: Width) -> Iterator[str]:
    """A piece that is longer than a line, in parts that aren't."""
    start = 0
    for end in range(1, len(piece)):
        if width_of(piece[start : end + 1].rstrip()) > width and not _joins(piece[end]):
            yield piece[start:end]
            start = end
    if piece[start:]:
        yield piece[start:]


def _may_break(before: str, after: str) -> bool:
    if after == " ":
        return False
    if before == " ":
        return True
    return (_is_wide(before) or _is_wide(after)) and after not in _NOT_FIRST and before not in _NOT_LAST


def _last_start(text: str) -> int:
    """Where the last character begins, with the marks that belong to it."""
    start = len(text) - 1
    while start > 0 and _joins(text[start]):
        start -= 1
    return start


def _joins(character: str) -> bool:
    """Whether it belongs to the character before it: accents, variation selectors, joiners."""
    return unicodedata.category(character) in ("Mn", "Me", "Mc", "Cf")


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
