"""Pages as a PDF, and how wide text is in it. The only file that imports fpdf2.

Latin text is set in Helvetica, which every viewer and printer has; all other characters in the first font
that has them, of which the characters that were used are embedded.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from fpdf import FPDF
from fpdf.enums import TextMode
from fpdf.fonts import TTFFont
from fpdf.prefs import ViewerPreferences

from station.printing import PrintError
from station.printing.fonts import FontFile, missing
from station.printing.page import Area, Ink, Line, Page, Text

LATIN = "helvetica"
_STROKE = 0.03
"""How much wider, by the type size, the strokes of a bold character are where the font has no bold."""


class Pdf:
    """Measure text with `width`, then `write` the pages that were laid out by it, once."""

    def __init__(self, named: FontFile | None, installed: Iterable[FontFile]) -> None:
        """`installed` is only looked into for characters that Helvetica and `named` don't have.

        Raises PrintError where `named` is no font.
        """
        logging.getLogger("fontTools").setLevel(logging.ERROR)
        self._pdf = FPDF(unit="mm")
        self._pdf.set_auto_page_break(False)
        self._pdf.viewer_preferences = ViewerPreferences(print_scaling="None")
        self._pdf.core_fonts_encoding = "windows-1252"
        self._installed = iter(installed)
        self._named = named is not None
        self._fonts: dict[str, TTFFont] = {}
        self._missing: dict[str, None] = {}
        if named:
            self._open(named)

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """How many millimetres `text` is wide at `size` points. What no font has is a question mark."""
        return sum(self._run_width(font, run, size, bold) for font, run in self._runs(text))

    def write(self, pages: Iterable[Page], title: str, made: datetime) -> bytes:
        """Raises PrintError where there was text that no font has."""
        self._pdf.set_title(title)
        self._pdf.set_creator("Shelfpost")
        self._pdf.set_creation_date(made)
        for page in pages:
            self._pdf.add_page(format=(page.width, page.height))
            for mark in page.marks:
                self._draw(mark)
        if self._missing:
            raise missing("".join(self._missing), named=self._named)
        return bytes(self._pdf.output())

    def _draw(self, mark: Area | Line | Text) -> None:
        match mark:
            case Area(box, ink):
                self._ink(ink)
                self._pdf.rect(box.x, box.y, box.width, box.height, style="F")
            case Line(start, end, width, ink):
                self._ink(ink)
                self._pdf.set_line_width(width)
                self._pdf.line(*start, *end)
            case Text():
                self._text(mark)

    def _text(self, mark: Text) -> None:
        self._ink(mark.ink)
        x = mark.x
        for font, run in self._runs(mark.text):
            stroked = mark.bold and font != LATIN
            mode = TextMode.FILL_STROKE if stroked else TextMode.FILL
            with self._pdf.local_context(text_mode=mode, line_width=mark.size * _STROKE):
                self._set(font, mark.size, mark.bold)
                self._pdf.text(x, mark.y, run)
            x += self._run_width(font, run, mark.size, mark.bold)

    def _ink(self, ink: Ink) -> None:
        self._pdf.set_fill_color(*ink.value)
        self._pdf.set_draw_color(*ink.value)
        self._pdf.set_text_color(*ink.value)

    def _run_width(self, font: str, run: str, size: float, bold: bool) -> float:
        self._set(font, size, bold)
        return float(self._pdf.get_string_width(run))

    def _set(self, font: str, size: float, bold: bool) -> None:
        self._pdf.set_font(font, "B" if bold and font == LATIN else "", size)

    def _runs(self, text: str) -> Iterator[tuple[str, str]]:
        """`text` in runs of one font each."""
        set_in = ((self._font_of(each), each) for each in text)
        for font, run in groupby(set_in, lambda pair: pair[0]):
            yield font or LATIN, "".join(each if font else "?" for _, each in run)

    def _font_of(self, character: str) -> str | None:
        """None where there is none: then nothing is written in the end."""
        if _is_latin(character):
            return LATIN
        while True:
            for name, font in self._fonts.items():
                if ord(character) in font.cmap:
                    return name
            coming = next(self._installed, None)
            if coming is None:
                self._missing.setdefault(character)
                return None
            self._open(coming)

    def _open(self, file: FontFile) -> None:
        name = f"font{len(self._fonts)}"
        try:
            self._pdf.add_font(name, "", file.path, collection_font_number=file.number)
        except Exception as error:
            raise PrintError(
                f"{file.path} can't be used as a font. Name a TrueType or OpenType file (.ttf, .otf, .ttc)."
            ) from error
        font = self._pdf.fonts[name]
        assert isinstance(font, TTFFont)
        self._fonts[name] = font


def _is_latin(character: str) -> bool:
    """Whether Helvetica has it, in the encoding that PDF calls WinAnsi."""
    try:
        character.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
