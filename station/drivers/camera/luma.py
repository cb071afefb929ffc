"""What is done to a picture before it is decoded: averaged to a smaller one, turned. Owns the arrays.

A picture is its luma plane: bytes in rows, black 0, white 255.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct
from PIL import Image

Luma = np.ndarray[Any, np.dtype[np.uint8]]
Points = np.ndarray[Any, np.dtype[np.float64]]


class View(Struct, frozen=True):
    """A picture made `smaller` so many times, then turned by `angle` degrees around its middle.

    What turns out of the frame is lost: near its ends, where no code is held.
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
            picture = picture.rotate(self.angle, Image.Resampling.BILINEAR)
        return np.asarray(picture)

    def back(self, corners: tuple[tuple[float, float], ...], size: tuple[int, int]) -> Points:
        """Where points of the view are in the picture; `size` is the view's width and height."""
        points = np.array(corners, dtype=np.float64)
        turn = np.deg2rad(self.angle)
        middle = np.array(size) / 2
        turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        return np.asarray(((points - middle) @ turned + middle) * self.smaller)


def cut(luma: Luma, corners: tuple[tuple[float, float], ...], margin: float) -> Luma:
    """The part of a picture around a code, with `margin` of its longer side on each side."""
    points = np.array(corners)
    low, high = points.min(axis=0), points.max(axis=0)
    more = margin * float((high - low).max())
    left, top = (max(0, int(each - more)) for each in low)
    right, bottom = (int(each + more) + 1 for each in high)
    return luma[top:bottom, left:right]
