"""A PDF as a printer makes it: pixels, what a scanner reads in them, and the text that can be searched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageOps
from pyzbar import pyzbar

from station.printing.fonts import FontFile, installed
from station.printing.page import Box, Page
from station.printing.pdf import Pdf

DPI = 200
"""Fewer dots than a printer makes."""

MM = DPI / 25.4
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
_SYMBOLS = [pyzbar.ZBarSymbol.CODE128, pyzbar.ZBarSymbol.QRCODE]


class Code:
    """What was read, and the box that it was read in, in millimetres."""

    def __init__(self, found: Any) -> None:
        self.text = found.data.decode()
        self.kind = found.type
        rect = found.rect
        self.box = Box(rect.left / MM, rect.top / MM, rect.width / MM, rect.height / MM)


class Rendered:
    """Pages are made when they are looked at."""

    def __init__(self, pdf: bytes | Path) -> None:
        self._document = pypdfium2.PdfDocument(pdf)
        self._pages: dict[int, Image.Image] = {}
        self.texts = [page.get_textpage().get_text_range() for page in self._document]
        self.sizes = [page.get_size() for page in self._document]

    def page(self, number: int) -> Image.Image:
        if number not in self._pages:
            picture = self._document[number].render(scale=DPI / 72, grayscale=True).to_pil()
            self._pages[number] = picture.convert("L")
        return self._pages[number]

    @property
    def text(self) -> str:
        """All text, without line ends: what is broken into lines can be found whole."""
        return "".join("".join(self.texts).split("\r\n"))

    def codes(self, page: int) -> list[Code]:
        """Row by row, as a reader would see them."""
        found = [Code(each) for each in pyzbar.decode(self.page(page), symbols=_SYMBOLS)]
        return sorted(found, key=lambda code: (round(code.box.y), code.box.x))

    def read(self) -> list[str]:
        return [code.text for page in range(len(self.texts)) for code in self.codes(page)]

    def outside(self, page: int, boxes: Iterable[Box]) -> tuple[int, int, int, int] | None:
        """Where there is ink outside of `boxes`, in pixels; None: nowhere."""
        rest = self.page(page).copy()
        draw = ImageDraw.Draw(rest)
        for box in boxes:
            draw.rectangle((box.x * MM, box.y * MM, box.right * MM, box.bottom * MM), fill=255)
        return ImageOps.invert(rest).getbbox()


def pdf_with_chinese() -> Pdf:
    """Skips the test on a machine that has no Chinese font."""
    fonts = list(installed())
    if not any(font.path.name != "DejaVuSans.ttf" for font in fonts):
        pytest.skip("no Chinese font is installed: apt install fonts-wqy-microhei")
    return Pdf(None, fonts)


def latin_pdf(named: FontFile | None = None) -> Pdf:
    """As on a machine without any font."""
    return Pdf(named, ())


def rendered(pages: Sequence[Page], pdf: Pdf) -> Rendered:
    return Rendered(pdf.write(pages, "A test", NOON))
