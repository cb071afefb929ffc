"""Sheets by name: paper, and the cells on it. Label sheets lie in the middle of their paper, all of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from itertools import product

from msgspec import Struct

from station.printing import PrintError
from station.printing.page import Box, Line, Mark

A4 = (210.0, 297.0)
LETTER = (215.9, 279.4)
CARD = (85.6, 53.98)
"""ID-1 of ISO/IEC 7810: the size of a bank card, for which there are laminating pouches."""

TICK = 4.0
"""How far a cut mark reaches into the margin."""

CLEAR = 1.0
"""How far it stays away from the cells, and how long the arms of a cross between cells are."""


class Sheet(Struct, frozen=True):
    """`gap` is what lies between two cells, across and down; `cut`: it is plain paper, to be cut at marks."""

    name: str
    paper: tuple[float, float]
    columns: int
    rows: int
    cell: tuple[float, float]
    gap: tuple[float, float] = (0.0, 0.0)
    cut: bool = False
    note: str = ""

    @property
    def count(self) -> int:
        return self.columns * self.rows

    def boxes(self) -> list[Box]:
        """Every cell, row by row."""
        return [Box(x, y, *self.cell) for y in self._tops() for x in self._lefts()]

    def marks(self, offset: tuple[float, float] = (0.0, 0.0)) -> Iterator[Mark]:
        """Cut marks: ticks in the margins, and a small cross where four cells meet."""
        if not self.cut:
            return
        boxes = [each.moved(*offset) for each in self.boxes()]
        xs = sorted({round(edge, 3) for each in boxes for edge in (each.x, each.right)})
        ys = sorted({round(edge, 3) for each in boxes for edge in (each.y, each.bottom)})
        for x in xs:
            yield _tick(x, ys[0] - TICK, x, ys[0] - CLEAR)
            yield _tick(x, ys[-1] + CLEAR, x, ys[-1] + TICK)
        for y in ys:
            yield _tick(xs[0] - TICK, y, xs[0] - CLEAR, y)
            yield _tick(xs[-1] + CLEAR, y, xs[-1] + TICK, y)
        for x, y in product(xs[1:-1], ys[1:-1]):
            yield _tick(x - CLEAR, y, x + CLEAR, y)
            yield _tick(x, y - CLEAR, x, y + CLEAR)

    def _lefts(self) -> list[float]:
        return _spread(self.paper[0], self.columns, self.cell[0], self.gap[0])

    def _tops(self) -> list[float]:
        return _spread(self.paper[1], self.rows, self.cell[1], self.gap[1])


def _tick(x: float, y: float, to_x: float, to_y: float) -> Line:
    return Line((x, y), (to_x, to_y), 0.1)


def _spread(paper: float, count: int, size: float, gap: float) -> list[float]:
    first = (paper - count * size - (count - 1) * gap) / 2
    return [first + n * (size + gap) for n in range(count)]


SHEETS = {
    each.name: each
    for each in (
        Sheet("a4-cards", A4, 2, 5, CARD, cut=True, note="cards of the size of a bank card"),
        Sheet("letter-cards", LETTER, 2, 4, CARD, cut=True, note="cards of the size of a bank card"),
        Sheet("a4-3x8", A4, 3, 8, (70.0, 37.0), note="Avery 3474, HERMA 4464"),
        Sheet("a4-3x7", A4, 3, 7, (63.5, 38.1), (2.54, 0.0), note="Avery L7160"),
        Sheet("a4-2x7", A4, 2, 7, (99.1, 38.1), (2.5, 0.0), note="Avery L7163"),
        Sheet("a4-4x10", A4, 4, 10, (48.5, 25.4), note="Avery 3657"),
        Sheet("a4-4x12", A4, 4, 12, (45.7, 21.2), (2.6, 0.0), note="Avery L4736"),
        Sheet("a4-5x13", A4, 5, 13, (38.1, 21.2), (2.54, 0.0), note="Avery L7651"),
        Sheet("letter-3x10", LETTER, 3, 10, (66.675, 25.4), (3.175, 0.0), note="Avery 5160"),
        Sheet("letter-2x10", LETTER, 2, 10, (101.6, 25.4), (4.7625, 0.0), note="Avery 5161"),
    )
}
PAPERS = {"a4": A4, "letter": LETTER}
"""Whole pages, for command sheets and notices."""


def sheet(name: str) -> Sheet:
    """Raises PrintError, with the nearest names."""
    return SHEETS[_known(name, list(SHEETS))]


def paper(name: str) -> tuple[float, float]:
    return PAPERS[_known(name, list(PAPERS))]


def _known(name: str, names: list[str]) -> str:
    key = name.strip().lower()
    if key in names:
        return key
    near = difflib.get_close_matches(key, names, 3, 0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(names)}."
    raise PrintError(f"{name}: there is no such sheet here; {hint}")
