"""What is done to a picture before it is decoded: averaged to a smaller one, turned. Owns the arrays.

A picture is its luma plane: bytes in rows, black 0, white 255.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct
from PIL import Image

Luma = np.ndarray[Any, np.dtype[np.uint8]]
Corners = tuple[tuple[float, float], ...]
Points = np.ndarray[Any, np.dtype[np.float64]]


class View(Struct, frozen=True):
    """A picture made `smaller` so many times, then turned by `angle` degrees around its middle.

    Of what is turned only the middle square is kept: a code is held there, and the rest costs as much again.
    """

    smaller: int = 1
    angle: int = 0

    def of(self, luma: Luma) -> Luma:
        if self == View():
            return luma
        picture = Image.fromarray(luma)
        if self.smaller > 1:
            picture = picture.reduce(self.smaller)
        if self.angle:
            left, top, side = _square(*picture.size)
            picture = picture.crop((left, top, left + side, top + side))
            picture = picture.rotate(self.angle, Image.Resampling.BILINEAR)
        return np.asarray(picture)

    def back(self, corners: Corners, size: tuple[int, int]) -> Points:
        """Where points of the view are in the picture, whose width and height are `size`."""
        points = np.array(corners, dtype=np.float64)
        if self.angle:
            left, top, side = _square(*(each // self.smaller for each in size))
            turn = np.deg2rad(self.angle)
            turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
            points = (points - side / 2) @ turned + side / 2 + (left, top)
        return np.asarray(points * self.smaller)


def _square(width: int, height: int) -> tuple[int, int, int]:
    """The square in the middle: its left, its top, its side."""
    side = min(width, height)
    return (width - side) // 2, (height - side) // 2, side


def cut(luma: Luma, corners: Corners, margin: float) -> Luma:
    """The part of a picture around a code, with `margin` of its longer side on each side."""
    points = np.array(corners)
    low, high = points.min(axis=0), points.max(axis=0)
    more = margin * float((high - low).max())
    left, top = (max(0, int(each - more)) for each in low)
    right, bottom = (int(each + more) + 1 for each in high)
    return luma[top:bottom, left:right]


def resized(luma: Luma, halve: bool) -> Luma:
    """Half as large, or twice."""
    picture = Image.fromarray(luma)
    if halve:
        return np.asarray(picture.reduce(2))
    twice = (2 * picture.width, 2 * picture.height)
    return np.asarray(picture.resize(twice, Image.Resampling.BICUBIC))
