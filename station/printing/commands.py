"""The command sheet: every command's code with its meaning, the test codes, and the legend of the signals."""

from __future__ import annotations

from functools import partial

from msgspec import Struct

from station.patterns import Patterns
from station.printing import PrintError, code128, legend, qr
from station.printing.labels import SIDE
from station.printing.layout import filled
from station.printing.page import Box, Ink, Page
from station.printing.sheets import Sheet
from station.printing.sketch import Measure, Sketch
from station.printing.words import (
    COMMANDS,
    COMMANDS_HOW,
    EVERYONE,
    MEANINGS,
    STAFF,
    TEST,
    TEST_HOW,
    TEST_WHOLE,
    Language,
)
from station.scan import FOR_ANYONE, TEST_PARTS, TEST_TEXT

CELL = (91.0, 31.0)
MARGIN = 12.0


class Task(Struct, frozen=True):
    """What the sheet is made for."""

    owner: str
    prefix: str
    language: Language


def sheet(paper: tuple[float, float]) -> Sheet:
    return Sheet("commands", paper, 2, 8, CELL, cut=True)


def pages(paper: tuple[float, float], patterns: Patterns, task: Task, measure: Measure) -> list[Page]:
    """Raises PrintError where the command prefix can't be in a bar code, or makes it too long."""
    try:
        code128.check(task.prefix + "DONE")
    except PrintError as error:
        raise PrintError(f"[patterns] command_prefix: {error}") from None
    codes = filled(
        sheet(paper), list(MEANINGS), partial(_command, task), measure, head=partial(_head, task, paper)
    )
    return [*codes, _legend_page(paper, patterns, task, measure), _test_page(paper, task, measure)]


def _head(task: Task, paper: tuple[float, float], sketch: Sketch) -> None:
    margin = (paper[0] - 2 * CELL[0]) / 2
    top = Box(margin, 6.5, paper[0] - 2 * margin, 6)
    title = COMMANDS.line(task.language)
    sketch.line(top, title, 13, bold=True)
    taken = sketch.width(title, 13, bold=True) + 6
    sketch.line(
        Box(top.x + taken, top.y + 1, top.width - taken, 4), task.owner, 9, ink=Ink.GREY, align="right"
    )
    y = paper[1] - 4.0 - 3.4 * len(COMMANDS_HOW.lines(task.language))
    for line in COMMANDS_HOW.lines(task.language):
        y = sketch.line(Box(margin, y, top.width, 4), line, 7.5, ink=Ink.GREY, align="centre")


def _command(task: Task, sketch: Sketch, cell: Box, name: str) -> None:
    code = task.prefix + name
    room = cell.inset(5.2, 2.2)
    who = (EVERYONE if name in FOR_ANYONE else STAFF).line(task.language)
    sketch.line(room, name, 12, bold=True)
    taken = sketch.width(name, 12, bold=True) + 3
    rest = Box(room.x + taken, room.y + 1.3, room.width - taken, 4)
    sketch.line(rest, who, 7, ink=Ink.BLACK if name in FOR_ANYONE else Ink.GREY, align="right")
    bars = Box(cell.x + SIDE, room.y + 5.6, cell.width - 2 * SIDE, 10.6)
    sketch.put(code128.bars(code, bars, left=True))
    y = sketch.line(Box(room.x, bars.bottom + 0.6, room.width, 3), code, 6.5, ink=Ink.GREY) + 0.3
    for line in MEANINGS[name].lines(task.language):
        y = sketch.line(Box(room.x, y, room.width, 3), line, 7.5)


def _legend_page(paper: tuple[float, float], patterns: Patterns, task: Task, measure: Measure) -> Page:
    sketch = Sketch(measure)
    legend.draw(sketch, Box(0, 0, *paper).inset(MARGIN, 9), patterns, task.language)
    return Page(*paper, tuple(sketch.marks))


def _test_page(paper: tuple[float, float], task: Task, measure: Measure) -> Page:
    sketch = Sketch(measure)
    room = Box(0, 0, *paper).inset(MARGIN + 4, 16)
    y = sketch.line(room, TEST.line(task.language), 14, bold=True) + 2
    for text in TEST_HOW.lines(task.language):
        y = sketch.lines(Box(room.x, y, room.width, 0), text, 9, most=9) + 1.5
    for part in TEST_PARTS:
        sketch.put(code128.bars(part, Box(room.x - 4, y + 6, room.width + 8, 14)))
        y = sketch.line(Box(room.x, y + 21, room.width, 4), part, 8, align="centre") + 3
    sketch.put(qr.squares(TEST_TEXT, Box(room.x + (room.width - 46) / 2, y + 6, 46, 46)))
    sketch.lines(
        Box(room.x, y + 54, room.width, 0), TEST_WHOLE.line(task.language), 9, most=2, align="centre"
    )
    return Page(*paper, tuple(sketch.marks))
