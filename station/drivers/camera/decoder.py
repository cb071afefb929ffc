"""Which codes are in a picture: a cascade of passes, cheapest first, that ends when it has read something.

docs/decisions/07-camera.md says what each pass reads and costs; `python -m bench camera` measures it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Protocol

from msgspec import Struct, structs

from station.drivers.camera import EAN13, QR, Box, Code, Found
from station.drivers.camera.fitting import has_check_digit
from station.drivers.camera.luma import Luma, View, cut, resized
from station.drivers.camera.zbar import Zbar
from station.drivers.camera.zxing import Zxing

MARGIN = 0.15
"""Of a code's longer side: what the other decoder is given around it, its quiet zone included."""


SEPARATOR = "\x1d"
"""GS1's, between two fields of variable length."""

Enough = Callable[[Code], bool]
Size = tuple[int, int]
"""A picture's width and height."""


class Engine(Protocol):
    def read(self, luma: Luma) -> list[Found]: ...


class Pass(Struct, frozen=True):
    """One look at the picture, by `zxing` or `zbar`."""

    engine: str
    view: View

    @property
    def name(self) -> str:
        size = {1: "whole", 2: "half"}[self.view.smaller]
        return f"{self.engine} {size}" + (f" turned {self.view.angle}°" if self.view.angle else "")


ZXING, ZBAR = "zxing", "zbar"
PASSES = (
    Pass(ZXING, View(2)),
    Pass(ZXING, View(2, 45)),
    Pass(ZXING, View()),
    Pass(ZBAR, View(2, 45)),
    Pass(ZBAR, View(2)),
    Pass(ZXING, View(1, 45)),
)


class Decoder:
    """Raises DecoderMissing, with what to install, where one of the two libraries isn't there."""

    def __init__(self, passes: Sequence[Pass] = PASSES) -> None:
        self._passes = passes
        self._engines: dict[str, Engine] = {ZXING: Zxing(), ZBAR: Zbar()}

    def read(self, luma: Luma, enough: Enough | None = None) -> list[Code]:
        """The codes in a picture, each once, with the decoders that agree on it.

        The passes end with the first that reads a code which is `enough`, by default any that is sure.
        """
        views: dict[View, Luma] = {}
        codes: dict[str, Code] = {}
        for each in self._passes:
            if each.view not in views:
                views[each.view] = each.view.of(luma)
            for code in self._codes(each, views[each.view], (luma.shape[1], luma.shape[0])):
                known = codes.get(code.text, code)
                codes[code.text] = structs.replace(code, by=code.by | known.by)
            if any(map(enough or is_sure, codes.values())):
                break
        return _without_rivals(codes.values())

    def _codes(self, by: Pass, seen: Luma, size: Size) -> Iterator[Code]:
        for found in self._found(by.engine, seen):
            if found.symbology != EAN13 or has_check_digit(found.text):
                agree = {by.engine} | self._others(by, found, seen)
                yield Code(found.text, found.symbology, _box(found, by.view, size), frozenset(agree))

    def _others(self, by: Pass, found: Found, seen: Luma) -> set[str]:
        """The other decoder, if it reads the same in the same place, at this size or at another."""
        if found.symbology == QR:
            return set()
        other = ZBAR if by.engine == ZXING else ZXING
        place = cut(seen, found.corners, MARGIN)
        agrees = self._reads(other, place, found.text) or self._reads(
            other, resized(place, halve=by.view.smaller == 1), found.text
        )
        return {other} if agrees else set()

    def _reads(self, engine: str, luma: Luma, text: str) -> bool:
        return any(each.text == text for each in self._found(engine, luma))

    def _found(self, engine: str, luma: Luma) -> list[Found]:
        """What it reads there, spelled as both can: else they would never agree."""
        spelled = (
            structs.replace(each, text=_spelled(each.text)) for each in self._engines[engine].read(luma)
        )
        return [each for each in spelled if each.text]


def _spelled(text: str) -> str:
    """With the line ends of every reading, and without the separator that zxing-cpp alone makes of an FNC1 at
    the end, where it separates nothing."""
    return text.replace("\r\n", "\n").rstrip(SEPARATOR)


def is_sure(code: Code) -> bool:
    """Whether the passes may end with it. A QR code checks itself; of ten misread EAN-13 one has a right
    check digit, and of a hundred misread Code 128 one: it takes both decoders."""
    return len(code.by) > 1 or code.symbology == QR


def _without_rivals(codes: Collection[Code]) -> list[Code]:
    """Without what lies where something sure lies: there is one code in one place, and that is another."""
    sure = [each for each in codes if is_sure(each)]
    return sure + [
        each
        for each in codes
        if not is_sure(each) and not any(other.box.holds(*each.box.middle) for other in sure)
    ]


def _box(found: Found, view: View, size: Size) -> Box:
    points = view.back(found.corners, size) / size
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return Box(float(left), float(top), float(right), float(bottom))
