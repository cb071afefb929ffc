"""Cells of a sheet, filled one after the other, over as many pages as it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TypeVar

from station.printing import PrintError
from station.printing.page import Box, Page
from station.printing.sheets import Sheet
from station.printing.sketch import Measure, Sketch

T = TypeVar("T")
Offset = tuple[float, float]
"""How far everything is moved to the right and down, in millimetres, for a printer that shifts its paper."""


def filled(
    sheet: Sheet,
    contents: Sequence[T],
    draw: Callable[[Sketch, Box, T], None],
    measure: Measure,
    *,
    start: int = 1,
    offset: Offset = (0.0, 0.0),
    head: Callable[[Sketch], None] | None = None,
) -> list[Page]:
    """Pages with `contents` in the cells, the first one in the cell numbered `start`, from 1, row by row.

    `head` draws what stands outside of the cells. Raises PrintError where there is no such cell.
    """
    check(sheet, start, offset)
    cells = [each.moved(*offset) for each in sheet.boxes()]
    left, first = iter(contents), start - 1
    pages: list[Page] = []
    while here := list(islice(left, sheet.count - first)):
        sketch = Sketch(measure)
        if head:
            head(sketch)
        for cell, content in zip(cells[first:], here, strict=False):
            draw(sketch, cell, content)
        sketch.put(sheet.marks(offset))
        pages.append(Page(*sheet.paper, tuple(sketch.marks)))
        first = 0
    return pages


def check(sheet: Sheet, start: int, offset: Offset) -> None:
    """Raises PrintError where the sheet has no cell `start`, or `offset` takes the cells off the paper.

    Where cells reach to the paper's edge, a few millimetres beyond it are what the printer adds again.
    """
    if not 1 <= start <= sheet.count:
        raise PrintError(f"{sheet.name} has the cells 1 to {sheet.count}: there is no {start} to start at.")
    paper = Box(0, 0, *sheet.paper)
    if not all(paper.holds(each.moved(*offset), slack=5.0) for each in sheet.boxes()):
        raise PrintError(f"with this offset the cells of {sheet.name} lie beyond the paper's edge.")
