"""A page in the making: text that is measured as it is set, and what else is put where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Protocol

from station.printing.lines import broken
from station.printing.page import POINT, Area, Box, Ink, Line, Mark, Text

Align = Literal["left", "centre", "right"]
LEADING = 1.25
"""The distance of two baselines, by the type size."""

ASCENT = 0.8
"""How far a line of text reaches above its baseline, by the type size, Chinese characters included."""


class Measure(Protocol):
    def width(self, text: str, size: float, bold: bool = False) -> float: ...


class Sketch:
    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self.marks: list[Mark] = []

    def trial(self) -> Sketch:
        """An empty one with the same measure, to find out how much room something takes."""
        return Sketch(self._measure)

    def put(self, marks: Iterable[Mark]) -> None:
        self.marks.extend(marks)

    def fill(self, box: Box, ink: Ink) -> None:
        self.marks.append(Area(box, ink))

    def rule(self, x: float, y: float, width: float, thick: float = 0.2, ink: Ink = Ink.PALE) -> None:
        self.marks.append(Line((x, y), (x + width, y), thick, ink))

    def width(self, text: str, size: float, bold: bool = False) -> float:
        return self._measure.width(text, size, bold)

    def line(
        self,
        box: Box,
        text: str,
        size: float,
        *,
        bold: bool = False,
        ink: Ink = Ink.BLACK,
        align: Align = "left",
    ) -> float:
        """One line at the top of `box`, cut to its width. Returns where it ends, downwards."""
        return self.lines(box, text, size, most=1, bold=bold, ink=ink, align=align)

    def lines(
        self,
        box: Box,
        text: str,
        size: float,
        *,
        most: int,
        bold: bool = False,
        ink: Ink = Ink.BLACK,
        align: Align = "left",
    ) -> float:
        """At most `most` lines from the top of `box` on, cut to its width. Returns where they end."""

        def width_of(some: str) -> float:
            return self._measure.width(some, size, bold)

        made = broken(text, box.width, width_of, most)
        for number, each in enumerate(made):
            spare = box.width - width_of(each)
            x = box.x + {"left": 0.0, "centre": spare / 2, "right": spare}[align]
            y = box.y + (ASCENT + number * LEADING) * size * POINT
            self.marks.append(Text(x, y, each, size, bold, ink))
        return box.y + len(made) * LEADING * size * POINT
