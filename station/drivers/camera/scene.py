"""Whether anything has changed before the camera, seen in rough: light and contrast of some hundred cells.

A cell averages so many pixels that noise is gone. Light alone is not enough: a label of black and white may
be as grey, on the whole, as the desk that it is laid on.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct

from station.drivers.camera import Box
from station.drivers.camera.luma import Luma

STEP = 4
"""Every fourth pixel of every fourth row is looked at."""
CELL = 16
"""Of these, each way, in a cell: 64 × 64 of the picture's pixels, a small label's size."""
LEVELS = 6.0
"""Of 256, by which a cell has to change, its mean or its standard deviation; noise of 20 changes it by 1."""

Cells = np.ndarray[Any, np.dtype[np.float32]]
"""Two planes, means and standard deviations; then rows and columns."""


Span = tuple[int, int]


class Part(Struct, frozen=True, eq=False):
    """A place in the scene, as rows and columns of cells, and the whole scene as it was then."""

    rows: Span
    columns: Span
    cells: Cells


class Scene:
    """What the last picture showed. A picture in which the light alone has changed, all over, is the same."""

    def __init__(self) -> None:
        self._cells: Cells = np.zeros((2, 1, 1), np.float32)
        self._kept: Cells | None = None

    def show(self, luma: Luma) -> bool:
        """Take a picture in, which may be the camera's own buffer; says whether it has changed.

        It is compared to the last that had changed, so that slow movement is noticed too.
        """
        self._cells = _cells(luma)
        if self._kept is None or _change(self._cells, self._kept).max() > LEVELS:
            self._kept = self._cells
            return True
        return False

    def part(self, box: Box) -> Part:
        _, rows, columns = self._cells.shape
        return Part(_span(box.top, box.bottom, rows), _span(box.left, box.right, columns), self._cells)

    def is_as(self, part: Part) -> bool:
        """Whether a place looks as it did."""
        there = slice(None), slice(*part.rows), slice(*part.columns)
        return bool(_change(self._cells, part.cells)[there].max() <= LEVELS)


def _cells(luma: Luma) -> Cells:
    pixels = luma[::STEP, ::STEP]
    rows, columns = (max(1, side // CELL) for side in pixels.shape)
    height, width = (side // count for side, count in zip(pixels.shape, (rows, columns), strict=True))
    whole = pixels[: rows * height, : columns * width].reshape(rows, height, columns, width)
    levels = np.ascontiguousarray(whole).astype(np.float32)
    mean, square = (_sums(each) / (height * width) for each in (levels, levels * levels))
    return np.stack([mean, np.sqrt(np.maximum(square - mean * mean, 0))])


def _sums(levels: Cells) -> Cells:
    """Of each cell. As a product of matrices it takes a fifth of the time that `sum` takes."""
    return np.asarray((levels @ np.ones(levels.shape[3], np.float32)).sum(axis=1))


def _change(one: Cells, other: Cells) -> Cells:
    """What most cells have in common is the light, or the camera's exposure, and is left out."""
    change = one - other
    return np.asarray(np.abs(change - np.median(change, axis=(1, 2), keepdims=True)))


def _span(low: float, high: float, count: int) -> Span:
    first = min(max(int(low * count), 0), count - 1)
    return first, min(max(int(high * count) + 1, first + 1), count)
