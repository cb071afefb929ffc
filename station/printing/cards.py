"""A reader's or staff's card: whose library, the code, its number, and the one rule to know."""

from __future__ import annotations

from msgspec import Struct

from station.printing import code128
from station.printing.labels import SIDE, Label
from station.printing.labels import draw as draw_label
from station.printing.page import Box, Ink
from station.printing.sketch import Sketch
from station.printing.words import FOUND, READER_CARD, RULE, STAFF_CARD, STAFF_RULE, Language

SMALLEST = (74.0, 45.0)
"""In a smaller cell a card looks like a label."""

BAND = 12.0
CODE_HEIGHT = 15.0


class Card(Struct, frozen=True):
    """`code` is what a scanner reads: the number, and where cards are signed its signature."""

    code: str
    owner: str
    staff: bool = False
    contact: str = ""


def draw(sketch: Sketch, cell: Box, card: Card, language: Language) -> None:
    """Raises PrintError where the code can't be printed in this cell."""
    kind = STAFF_CARD if card.staff else READER_CARD
    if cell.width < SMALLEST[0] or cell.height < SMALLEST[1]:
        draw_label(sketch, cell, Label(card.code, kind.line(language), card.owner))
        return
    _band(sketch, Box(cell.x, cell.y, cell.width, BAND), card, kind.line(language))
    bars = Box(cell.x + SIDE, cell.y + BAND + 4.0, cell.width - 2 * SIDE, CODE_HEIGHT)
    sketch.put(code128.bars(card.code, bars))
    room = Box(cell.x + 5, bars.bottom + 1.2, cell.width - 10, cell.bottom - bars.bottom - 4)
    at = sketch.line(room, card.code, 10, bold=True, align="centre")
    foot = Box(room.x, at + 1.8, room.width, room.bottom - at)
    for line in (STAFF_RULE if card.staff else RULE).lines(language):
        at = sketch.line(foot, line, 7, align="centre")
        foot = Box(foot.x, at, foot.width, foot.bottom - at)
    if card.contact:
        found = f"{FOUND.line(language, ' ')} {card.contact}"
        sketch.line(Box(foot.x, at + 0.6, foot.width, 3), found, 6, ink=Ink.GREY, align="centre")


def _band(sketch: Sketch, band: Box, card: Card, kind: str) -> None:
    """The card's head: white on black for staff, so that the two are never taken for each other."""
    ink = Ink.WHITE if card.staff else Ink.BLACK
    if card.staff:
        sketch.fill(band, Ink.BLACK)
    room = band.inset(5, 3.6)
    taken = sketch.width(kind, 8) + 4
    sketch.line(Box(room.x + room.width - taken, room.y + 0.7, taken, 5), kind, 8, ink=ink, align="right")
    sketch.line(Box(room.x, room.y, room.width - taken, 5), card.owner, 11, bold=True, ink=ink)
    if not card.staff:
        sketch.rule(room.x, band.bottom, room.width, 0.3, Ink.BLACK)
