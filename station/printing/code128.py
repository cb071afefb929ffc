"""Code 128, as bars in millimetres. The only file that imports python-barcode.

A bar is a whole number of dots wide at 300 dots an inch, so that a laser printer makes equal bars equal.
"""

from __future__ import annotations

from itertools import groupby

from barcode.charsets.code128 import START_CODES
from barcode.codex import Code128

from station.printing import PrintError
from station.printing.page import Area, Box

DOT = 25.4 / 300
MODULES_MM = (5 * DOT, 4 * DOT, 3 * DOT)
"""How wide the narrowest bar is: 0.42 or 0.34 mm where that fits, else 0.25 mm, the least that GS1 allows in
general use and that cheap scanners read."""

QUIET = 10
"""Modules of white that a scanner needs on either side (ISO/IEC 15417)."""

LONGEST = 80
TO_PAIRS = 99
"""The value by which charsets A and B switch to C, where two digits are one sign."""


def bars(text: str, box: Box, *, left: bool = False) -> list[Area]:
    """The bars of `text`, as high as `box`, in its middle or on its left, their quiet zones inside it.

    Raises PrintError where `text` is no text for Code 128 or too long for the box.
    """
    runs = _runs(text)
    wide = sum(runs) + 2 * QUIET
    module = next((each for each in MODULES_MM if wide * each <= box.width), None)
    if module is None:
        raise PrintError(
            f"the code {text} takes {wide * MODULES_MM[-1]:.0f} mm at least, and there are {box.width:.0f} mm"
            " for it. Take a sheet with wider cells (`station print sheets` shows them)."
        )
    spare = box.width - wide * module
    at = box.x + QUIET * module + (0 if left else spare / 2)
    made = []
    for number, run in enumerate(runs):
        if number % 2 == 0:
            made.append(Area(Box(at, box.y, run * module, box.height)))
        at += run * module
    return made


def check(text: str) -> None:
    """Raises PrintError, in words, where Code 128 can't hold `text`."""
    wrong = sorted({each for each in text if not " " <= each <= "~"})
    if wrong:
        raise PrintError(
            f"{text!r} can't be a bar code: Code 128 holds letters without accents, digits and signs, and not"
            f" {' '.join(wrong)}"
        )
    if not 0 < len(text) <= LONGEST or text != text.strip():
        raise PrintError(
            f"{text[:40]!r} can't be a bar code: it takes 1 to {LONGEST} characters, no space at the ends."
        )


class _Pairs(Code128):  # type: ignore[misc]
    """python-barcode takes a first pair of digits 99 for a switch to pairs, which has the same value.

    It drops it then: `9912` would be printed as 12.
    """

    def _try_to_optimize(self, encoded: list[int]) -> list[int]:
        if encoded[:2] == [START_CODES["C"], TO_PAIRS]:
            return encoded
        optimized: list[int] = super()._try_to_optimize(encoded)
        return optimized


def _runs(text: str) -> list[int]:
    """Bar, gap, bar …, each in modules."""
    check(text)
    (modules,) = _Pairs(text).build()
    return [len(list(run)) for _, run in groupby(modules)]
