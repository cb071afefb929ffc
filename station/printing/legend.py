"""The legend of the signals: what lamps and buzzer do, and what it means, drawn from the patterns in use."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from station.lights import Pattern
from station.patterns import Patterns
from station.printing import strips
from station.printing.legend_words import GROUPS, REASONS, REFUSALS, SIGNALS
from station.printing.page import POINT, Box, Ink
from station.printing.sketch import LEADING, Sketch
from station.printing.words import LEGEND, LEGEND_HOW, Language, Words
from station.rhythms import Rhythm
from station.signals import Signal

LAMP_NAMES = {"green": Words("green", "绿"), "amber": Words("amber", "黄"), "red": Words("red", "红")}
SOUND_NAME = Words("sound", "音")

LANES, STRIP, NAME = 12.0, 56.0, 27.0
"""Millimetres across: the lanes' names, the strip, and the signal's name with its rhythm."""

SIZE = 7.0
WIDEST_GAP = 1.5
"""Millimetres between two rows."""


class Row(Struct, frozen=True):
    name: str
    pattern: Pattern
    meaning: Words


def draw(sketch: Sketch, page: Box, patterns: Patterns, language: Language) -> None:
    """All of the signals on `page`, with as much air between them as it has."""
    groups = {
        head: [row for signal in signals for row in _rows(signal, patterns)]
        for head, signals in GROUPS.items()
    }
    dense = _laid_out(sketch.trial(), page, groups, language, 0.0)
    gap = (page.bottom - dense) / sum(map(len, groups.values()))
    _laid_out(sketch, page, groups, language, max(0.0, min(gap, WIDEST_GAP)))


def _laid_out(
    sketch: Sketch, page: Box, groups: dict[Words, list[Row]], language: Language, gap: float
) -> float:
    """Returns where it ends, downwards."""
    y = sketch.line(page, LEGEND.line(language), 14, bold=True) + 1
    for line in LEGEND_HOW.lines(language):
        y = sketch.line(Box(page.x, y, page.width, 4), line, 7, ink=Ink.GREY)
    for head, rows in groups.items():
        y = _head(sketch, Box(page.x, y + 2.0, page.width, 5), head.line(language))
        for row in rows:
            y = _row(sketch, Box(page.x, y, page.width, 0), row, _seconds(rows), language) + gap
    return y


def _head(sketch: Sketch, box: Box, text: str) -> float:
    y = sketch.line(box, text, 8.5, bold=True)
    sketch.rule(box.x, y, box.width, 0.3, Ink.BLACK)
    return y + 1.0


def _row(sketch: Sketch, box: Box, row: Row, seconds: float, language: Language) -> float:
    """Returns where it ends, downwards."""
    strip = Box(box.x + LANES, box.y, STRIP, 0)
    sketch.put(strips.draw(row.pattern, strip, seconds))
    _lane_names(sketch, Box(box.x, box.y, LANES - 1, 0), row.pattern, language)
    name = Box(strip.right + 4, box.y, NAME, 0)
    y = sketch.line(name, row.name, SIZE + 0.5, bold=True)
    sketch.line(Box(name.x, y, NAME, 0), in_signs(row.pattern.sound()), SIZE + 1, bold=True, ink=Ink.GREY)
    end = _meaning(sketch, Box(name.right + 2, box.y, box.right - name.right - 2, 0), row.meaning, language)
    return max(end, box.y + strips.height(row.pattern), box.y + 2 * LEADING * SIZE * POINT)


def _meaning(sketch: Sketch, box: Box, meaning: Words, language: Language) -> float:
    """In both languages side by side, or in one."""
    texts = meaning.lines(language)
    width = (box.width - 2.0 * (len(texts) - 1)) / len(texts)
    ends = []
    for number, text in enumerate(texts):
        column = Box(box.x + number * (width + 2), box.y, width, 0)
        ends.append(sketch.lines(column, text, SIZE, most=6))
    return max(ends)


def _lane_names(sketch: Sketch, box: Box, pattern: Pattern, language: Language) -> None:
    lanes = [(LAMP_NAMES[name], strips.LANE) for name in strips.lamps(pattern)]
    lanes += [(SOUND_NAME, strips.SOUND)] if pattern.buzzer else []
    y = box.y
    for name, height in lanes:
        middle = Box(box.x, y + (height - 5.5 * POINT) / 2, box.width, 0)
        sketch.line(middle, name.line(language, " "), 5.5, ink=Ink.GREY, align="right")
        y += height


def _rows(signal: Signal, patterns: Patterns) -> Iterator[Row]:
    """A signal's row; of `refused` one for each group, with its reasons."""
    if signal is not Signal.REFUSED:
        yield Row(signal, patterns.by_name[signal], SIGNALS[signal])
        return
    for group in dict.fromkeys(patterns.groups.values()):
        reasons = [REASONS[reason] for reason, its in patterns.groups.items() if its == group]
        who = refusal(group)
        en = f"No, {who.en}: {', '.join(each.en for each in reasons)}."
        zh = f"不行，{who.zh}：{'、'.join(each.zh for each in reasons)}。"
        yield Row(group.replace(".", ": "), patterns.by_name[group], Words(en, zh))


def refusal(group: str) -> Words:
    """What a group of refusals is about, by its name in signals.toml."""
    short = group.removeprefix("refused.")
    return REFUSALS.get(short, Words(short, short))


def _seconds(rows: list[Row]) -> float:
    """What a group's strips are long: a round of its longest loop, or what a passing signal takes."""
    loops = [row.pattern.every / 1000 for row in rows if row.pattern.times is None]
    return max(loops, default=strips.SECONDS)


def in_signs(sound: Rhythm) -> str:
    """A rhythm as in the head of signals.toml: • is short, — long, / a longer pause."""
    signs: list[str] = []
    for on, off in sound.beats:
        signs += ["•" if on < 200 else "—"] + ["/"] * (off >= 250)
    if signs[-1:] == ["/"]:
        signs.pop()
    if len(signs) > 8:
        return f"{len(sound.beats)} × {signs[0]}"
    return " ".join(signs)
