"""QR codes, as squares in millimetres. The only file that imports segno."""

from __future__ import annotations

from itertools import groupby

import segno

from station.printing import PrintError
from station.printing.page import Area, Box

QUIET = 4
"""Modules of white around it (ISO/IEC 18004)."""

SMALLEST_MM = 0.5
"""A module that a scanner or a telephone still reads from an arm's length."""


def squares(text: str, box: Box) -> list[Area]:
    """The QR code of `text`, as large as `box` allows and in its middle, with its quiet zone inside it."""
    try:
        rows = list(segno.make(text, error="m", micro=False, boost_error=False).matrix)
    except segno.DataOverflowError:
        raise PrintError(f"{len(text)} characters are too many for a QR code.") from None
    module = min(box.width, box.height) / (len(rows) + 2 * QUIET)
    if module < SMALLEST_MM:
        raise PrintError(f"a QR code of {len(text)} characters needs more room than there is on this sheet.")
    left = box.x + (box.width - len(rows) * module) / 2
    top = box.y + (box.height - len(rows) * module) / 2
    return [
        Area(Box(left + start * module, top + y * module, length * module, module))
        for y, row in enumerate(rows)
        for start, length in _dark(row)
    ]


def _dark(row: bytearray) -> list[tuple[int, int]]:
    """Start and length of each run of dark modules."""
    runs, at = [], 0
    for dark, run in groupby(row):
        length = len(list(run))
        runs += [(at, length)] if dark else []
        at += length
    return runs
