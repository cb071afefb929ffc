"""A page as plain values: what is where, in millimetres from its upper left corner. Nothing here draws."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

POINT = 25.4 / 72
"""Millimetres in a point, the unit of type sizes."""


class Ink(Enum):
    """Red, green and blue, from 0 to 255. A code is read in black only."""

    BLACK = (0, 0, 0)
    GREY = (95, 95, 95)
    PALE = (205, 205, 205)
    FAINT = (240, 240, 240)
    WHITE = (255, 255, 255)
    GREEN = (0, 140, 70)
    AMBER = (235, 150, 0)
    RED = (205, 30, 30)


class Box(Struct, frozen=True):
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def inset(self, across: float, down: float | None = None) -> Box:
        down = across if down is None else down
        return Box(self.x + across, self.y + down, self.width - 2 * across, self.height - 2 * down)

    def moved(self, across: float, down: float) -> Box:
        return Box(self.x + across, self.y + down, self.width, self.height)

    def holds(self, other: Box, slack: float = 0.0) -> bool:
        """Whether `other` lies inside, give or take `slack`."""
        return (
            other.x >= self.x - slack
            and other.y >= self.y - slack
            and other.right <= self.right + slack
            and other.bottom <= self.bottom + slack
        )


class Area(Struct, frozen=True):
    """A box filled with ink."""

    box: Box
    ink: Ink = Ink.BLACK


class Line(Struct, frozen=True):
    start: tuple[float, float]
    end: tuple[float, float]
    width: float = 0.2
    ink: Ink = Ink.BLACK


class Text(Struct, frozen=True):
    """One line of text, its baseline's left end at (x, y), its size in points."""

    x: float
    y: float
    text: str
    size: float
    bold: bool = False
    ink: Ink = Ink.BLACK


Mark = Area | Line | Text


class Page(Struct, frozen=True):
    width: float
    height: float
    marks: tuple[Mark, ...]
