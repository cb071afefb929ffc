"""Pictures of codes as a camera sees them: drawn, turned, tilted, blurred, dark and noisy, and each known.

A picture is the luma plane, an array of bytes. All chance comes from the generator that is passed in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import zxingcpp
from msgspec import Struct
from PIL import Image, ImageDraw, ImageFilter

from station.drivers.camera.luma import Luma

Random = np.random.Generator
Size = tuple[int, int]
"""Width and height in pixels."""

FULL_HD: Size = (1920, 1080)
DRAWN = 3
"""Pixels that a module is drawn with at least, before it is brought to its place in the picture."""
FINER = 2
"""How many times finer than the picture the code is brought to its place, as a lens would average it."""
WHITE = 255
NOISE_LENGTH = 1 << 23


class Label(Struct, frozen=True):
    """What is on the label, and how: `ean13`, `code128`, `qr`, or one that the station doesn't read."""

    text: str
    kind: str


class Place(Struct, frozen=True):
    """Where a code is, `x` and `y` being its middle in parts of the picture, and how it lies, in degrees."""

    module: float = 3.0
    turn: float = 0.0
    tilt: float = 0.0
    tilt_towards: float = 0.0
    x: float = 0.5
    y: float = 0.5


class Optics(Struct, frozen=True):
    """What lens, light and sensor make of it. Blurs are pixels; the rest are levels of 0 to 255.

    `dark` and `light` are the levels of black and white; `noise` is one standard deviation; `shade` is by how
    much one side of the picture is darker than the other.
    """

    blur: float = 0.5
    motion: float = 0.0
    motion_along: float = 0.0
    noise: float = 2.0
    dark: float = 40.0
    light: float = 200.0
    shade: float = 0.0


FORMATS = {
    "ean13": zxingcpp.EAN13,
    "code128": zxingcpp.Code128,
    "qr": zxingcpp.QRCode,
    "micro qr": zxingcpp.MicroQRCode,
    "rmqr": zxingcpp.RMQRCode,
    "ean5": zxingcpp.EAN5,
    "code39": zxingcpp.Code39,
    "itf": zxingcpp.ITF,
    "datamatrix": zxingcpp.DataMatrix,
    "aztec": zxingcpp.Aztec,
}


def ean13(twelve: str) -> str:
    """The thirteen digits: with the check digit."""
    weighted = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(twelve))
    return f"{twelve}{-weighted % 10}"


def picture(
    codes: Sequence[tuple[Label, Place]],
    optics: Optics = Optics(),  # noqa: B008
    size: Size = FULL_HD,
    random: Random | None = None,
    desk: Luma | None = None,
) -> Luma:
    """`codes` in their places on a `desk` (by default a plain one), seen through `optics`."""
    chance = random or np.random.default_rng(0)
    canvas = Image.fromarray(desk) if desk is not None else Image.new("L", size, 120)
    for code, place in codes:
        _put(canvas, code, place)
    if optics.blur > 0:
        canvas = canvas.filter(ImageFilter.GaussianBlur(optics.blur))
    levels = np.asarray(canvas, dtype=np.float32)
    if optics.motion >= 1:
        levels = _moved(levels, optics.motion, optics.motion_along)
    levels *= (optics.light - optics.dark) / WHITE
    levels += optics.dark
    if optics.shade:
        levels -= np.linspace(0, optics.shade, size[0], dtype=np.float32)
    if optics.noise:
        levels += optics.noise * _noise(levels.shape, chance)
    return np.clip(levels, 0, WHITE).astype(np.uint8)


def desk(random: Random, size: Size = FULL_HD) -> Luma:
    """A desk with a book on it: planes of different grey, lines of print, stripes."""
    canvas = Image.new("L", size, int(random.integers(60, 160)))
    draw = ImageDraw.Draw(canvas)
    for _ in range(4):
        x, y = (int(random.integers(0, side)) for side in size)
        width, height = (int(random.integers(side // 8, side // 2)) for side in size)
        draw.rectangle((x, y, x + width, y + height), fill=int(random.integers(40, 240)))
    for _ in range(12):
        x, y = (int(random.integers(0, side)) for side in size)
        words = "".join(map(chr, random.integers(0x41, 0x5B, 24)))
        draw.text((x, y), words, fill=int(random.integers(0, 256)), font_size=float(random.integers(12, 60)))
    x, y = (int(random.integers(0, side)) for side in size)
    for at in range(x, x + 200, 8):
        draw.rectangle((at, y, at + 3, y + 120), fill=20)
    return np.asarray(canvas.rotate(float(random.uniform(0, 360)), Image.Resampling.BILINEAR, fillcolor=100))


def _put(canvas: Image.Image, code: Label, place: Place) -> None:
    """Draw a code, on its white label, into its place; the rest of the canvas stays as it is."""
    label = _label(code, max(DRAWN, math.ceil(place.module)))
    per_module = max(DRAWN, math.ceil(place.module))
    corners = _corners(label.size, place, place.module / per_module)
    left, top = (math.floor(each) - 2 for each in corners.min(axis=0))
    right, bottom = (math.ceil(each) + 2 for each in corners.max(axis=0))
    finer = ((right - left) * FINER, (bottom - top) * FINER)
    coefficients = _perspective((corners - (left, top)) * FINER, label.size)
    warp = Image.Transform.PERSPECTIVE
    drawn = label.transform(finer, warp, coefficients, Image.Resampling.BICUBIC)
    mask = Image.new("L", label.size, WHITE).transform(finer, warp, coefficients, Image.Resampling.BILINEAR)
    x, y = round(place.x * canvas.width) + left, round(place.y * canvas.height) + top
    canvas.paste(drawn.reduce(FINER), (x, y), mask.reduce(FINER))


@cache
def _label(code: Label, scale: int) -> Image.Image:
    barcode = zxingcpp.create_barcode(code.text, FORMATS[code.kind])
    return Image.fromarray(np.array(barcode.to_image(scale=scale, add_quiet_zones=True)))


def _corners(size: Size, place: Place, scale: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Where the corners of a label come to lie, around the place's middle. The camera is 3 widths away."""
    width, height = size[0] * scale, size[1] * scale
    flat = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.array([width, height]) / 2
    axis, tilt = math.radians(place.tilt_towards), math.radians(place.tilt)
    along = np.array([math.cos(axis), math.sin(axis)])
    across = np.array([-along[1], along[0]])
    near, far = flat @ along, flat @ across
    depth = 1 + far * math.sin(tilt) / (3 * max(width, height))
    tilted = (near / depth)[:, None] * along + (far * math.cos(tilt) / depth)[:, None] * across
    turn = math.radians(place.turn)
    turned = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    return np.asarray(tilted @ turned)


def _perspective(corners: np.ndarray[Any, np.dtype[np.float64]], size: Size) -> list[float]:
    """Pillow's eight coefficients, which lead from a point of the picture back to one of the label."""
    width, height = size
    label = [(0, 0), (width, 0), (width, height), (0, height)]
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, label, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        values += [u, v]
    return [float(each) for each in np.linalg.solve(np.array(rows), np.array(values))]


def _moved(levels: np.ndarray[Any, Any], pixels: float, along: float) -> np.ndarray[Any, Any]:
    """The mean of the picture at each step of a movement."""
    steps = math.ceil(pixels) + 1
    total = np.zeros_like(levels)
    for step in range(steps):
        away = pixels * (step / (steps - 1) - 0.5)
        shift = (round(away * math.sin(math.radians(along))), round(away * math.cos(math.radians(along))))
        total += np.roll(levels, shift, (0, 1))
    return total / steps


@cache
def _noise_bank() -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(1).standard_normal(NOISE_LENGTH, dtype=np.float32)


def _noise(shape: tuple[int, ...], random: Random) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Normal noise, cut from a long piece of it: drawing it anew would take most of the time."""
    count = shape[0] * shape[1]
    start = int(random.integers(0, NOISE_LENGTH - count))
    return _noise_bank()[start : start + count].reshape(shape)
