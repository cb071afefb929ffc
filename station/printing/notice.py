"""Notices of a whole page: the join code for a fresh station, and the rules for the wall beside the shelf."""

from __future__ import annotations

from msgspec import Struct

from station.lights import Pattern
from station.patterns import Patterns
from station.printing import qr, strips
from station.printing.legend import refusal
from station.printing.notice_words import JOIN, JOIN_HOW, JOIN_SECRET, POSTER, POSTER_NO, POSTER_STEPS
from station.printing.page import Box, Ink, Page
from station.printing.sketch import Measure, Sketch
from station.printing.words import RULE, Language

MARGIN = 22.0
QR_MM = 110.0
INDENT = 16.0
STRIP, STRIP_SECONDS = 52.0, 2.1


class Invitation(Struct, frozen=True):
    """`code` is the join code, `ends` until when it is good, as people say it."""

    code: str
    ends: str
    owner: str
    language: Language


def join(paper: tuple[float, float], invitation: Invitation, measure: Measure) -> Page:
    """The join code as a QR code, until when it is good, and what to do with it. Raises PrintError."""
    sketch, language = Sketch(measure), invitation.language
    room = Box(0, 0, *paper).inset(MARGIN)
    y = sketch.line(room, JOIN.line(language), 20, bold=True, align="centre") + 1
    y = sketch.line(_below(room, y), invitation.owner, 13, ink=Ink.GREY, align="centre") + 4
    sketch.put(qr.squares(invitation.code, Box((paper[0] - QR_MM) / 2, y, QR_MM, QR_MM)))
    y += QR_MM + 4
    until = JOIN_SECRET.filled(ends=invitation.ends)
    for text in until.lines(language):
        y = sketch.lines(_below(room, y), text, 11, most=3, bold=True, align="centre")
    for step in JOIN_HOW:
        y += 2.5
        for text in step.lines(language):
            y = sketch.lines(_below(room, y), text, 11, most=4)
    return Page(*paper, tuple(sketch.marks))


class Rules(Struct, frozen=True):
    """`contact` is whom readers can ask, or nothing; `patterns` are what this station plays."""

    owner: str
    contact: str
    patterns: Patterns
    language: Language


def poster(paper: tuple[float, float], rules: Rules, measure: Measure) -> Page:
    """The rules for readers, to be read from two steps away."""
    sketch, language = Sketch(measure), rules.language
    larger = 1.0 if language == "both" else 1.2
    room = Box(0, 0, *paper).inset(MARGIN)
    y = sketch.lines(room, rules.owner, 16, most=2, ink=Ink.GREY) + 3
    y = _said(sketch, _below(room, y), POSTER.lines(language), 34) + 2
    y = _said(sketch, _below(room, y), RULE.lines(language), 17) + 5
    for number, (do, signal, hear) in enumerate(POSTER_STEPS, 1):
        sketch.rule(room.x, y, room.width, 0.4, Ink.BLACK)
        sketch.line(Box(room.x, y + 3, INDENT, 0), str(number), 30, bold=True)
        step = Box(room.x + INDENT, y + 3, room.width - INDENT, 0)
        y = _said(sketch, step, do.lines(language), 15 * larger) + 1.5
        y = _shown(sketch, _below(step, y), rules.patterns.by_name[signal], hear.line(language)) + 3.5
    sketch.rule(room.x, y, room.width, 0.4, Ink.BLACK)
    y = _said(sketch, _below(room, y + 3), [POSTER_NO.line(language)], 15) + 1.5
    for group in dict.fromkeys(rules.patterns.groups.values()):
        why = refusal(group).line(language)
        y = _shown(sketch, _below(step, y), rules.patterns.by_name[group], why) + 1.5
    sketch.lines(_below(room, y + 3), rules.contact, 13, most=2, bold=True)
    return Page(*paper, tuple(sketch.marks))


def _shown(sketch: Sketch, box: Box, pattern: Pattern, meaning: str) -> float:
    """A signal's strip and, beside it, what it says. Returns where it ends, downwards."""
    sketch.put(strips.draw(pattern, Box(box.x, box.y, STRIP, 0), STRIP_SECONDS))
    words = Box(box.x + STRIP + 5, box.y + 0.2, box.width - STRIP - 5, 0)
    return max(sketch.lines(words, meaning, 11, most=2), box.y + strips.height(pattern))


def _said(sketch: Sketch, box: Box, texts: list[str], size: float) -> float:
    y = box.y
    for text in texts:
        y = sketch.lines(_below(box, y), text, size, most=3, bold=True)
    return y


def _below(box: Box, y: float) -> Box:
    return Box(box.x, y, box.width, box.bottom - y)
