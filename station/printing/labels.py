"""A book's label in a cell of any size: title, code, number, and whose book it is."""

from __future__ import annotations

from msgspec import Struct

from station.printing import code128
from station.printing.page import POINT, Box, Ink
from station.printing.sketch import ASCENT, LEADING, Sketch

SIDE = 1.0
"""Millimetres of a cell's edge that no bar's quiet zone reaches into: printers shift paper by as much."""

TALLEST = 16.0
"""Beyond this a code's height helps no scanner."""


class Label(Struct, frozen=True):
    """`code` is what a scanner reads, and stands below in letters too."""

    code: str
    title: str = ""
    owner: str = ""


class _Style(Struct, frozen=True):
    """Type size in points; margins in millimetres. Big cells lie at the paper's very edge on some sheets,
    where no printer reaches the last 4 mm."""

    size: float
    across: float
    down: float
    left: bool


def _style(cell: Box) -> _Style:
    if cell.height < 24:
        return _Style(6.5, 2.0, 1.4, left=False)
    return _Style(7.5, 3.0, 2.0, left=False) if cell.height < 32 else _Style(9.0, 5.2, 4.5, left=True)


def draw(sketch: Sketch, cell: Box, label: Label) -> None:
    """Raises PrintError where the code can't be printed in this cell."""
    style = _style(cell)
    room = cell.inset(style.across, style.down)
    top, below = label.title or label.owner, label.owner if label.title else ""
    line = LEADING * style.size * POINT
    sketch.lines(room, top, style.size, most=2, bold=True)
    height = min(TALLEST, room.height - 3 * line - 1.2)
    bars = Box(cell.x + SIDE, room.y + 2 * line + 0.4, cell.width - 2 * SIDE, height)
    sketch.put(code128.bars(label.code, bars, left=style.left))
    _foot(sketch, Box(room.x, bars.bottom + 0.8, room.width, line), label.code, below, style.size)


def _foot(sketch: Sketch, box: Box, number: str, owner: str, size: float) -> None:
    """The number on the left, and the library's name in what is left of the line."""
    sketch.line(box, number, size, bold=True)
    taken = sketch.width(number, size, bold=True) + 2.0
    if owner and taken < box.width * 0.8:
        smaller = size * 0.85
        same_baseline = box.y + (size - smaller) * ASCENT * POINT
        rest = Box(box.x + taken, same_baseline, box.width - taken, box.height)
        sketch.line(rest, owner, smaller, ink=Ink.GREY, align="right")
