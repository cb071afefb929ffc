"""Two plots as SVG, which a page holds inside itself: the days, and the hours of the week."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from msgspec import Struct

from station.report.figures import Day, Report
from station.report.words import Words

WIDTH, HEIGHT, FOOT, SIDE = 720, 180, 22, 34
"""Of the days' plot, in CSS pixels; `FOOT` and `SIDE` are for its labels."""
MOST = 123
"""Pairs of bars that can be told apart: four months of days, or two years of weeks."""
CELL, GAP, NAME = 24, 3, 48
"""Of the week's plot: a cell's side, the gap between two, the width of a weekday's name."""


def days(report: Report, words: Words) -> str:
    """A pair of bars a day, or a week or a month of a longer time: lent, and returned in a lighter tone."""
    spans = _spans(report.days)
    top = _top(max(max(each.borrowed, each.returned) for each in spans))
    step = (WIDTH - SIDE) / len(spans)
    parts = [_grid(value, top) for value in (0, top // 2, top)]
    for index, each in enumerate(spans):
        left = SIDE + index * step
        bars = _bar(left + step * 0.1, step * 0.4, each.borrowed, top, "lent")
        bars += _bar(left + step * 0.5, step * 0.4, each.returned, top, "back")
        said = f"{each.name}: {each.borrowed} {words('borrowed')}, {each.returned} {words('returned')}"
        parts.append(f"<g><title>{escape(said)}</title>{bars}</g>")
        if index % _every(len(spans)) == 0:
            parts.append(_label(left + step / 2, HEIGHT + FOOT - 6, each.label))
    return _svg(WIDTH, HEIGHT + FOOT, words("days"), parts)


class _Span(Struct, frozen=True):
    """A pair of bars: of one day, or of several together."""

    name: str
    label: str
    borrowed: int
    returned: int


def _spans(days: Sequence[Day]) -> list[_Span]:
    size = next((each for each in (1, 7) if len(days) <= MOST * each), 30)
    chunks = [days[start : start + size] for start in range(0, len(days), size)]
    return [
        _Span(
            str(each[0].day) if size == 1 else f"{each[0].day} – {each[-1].day}",
            f"{each[0].day:%m-%d}" if len(days) <= 366 else f"{each[0].day:%y-%m}",
            sum(day.borrowed for day in each),
            sum(day.returned for day in each),
        )
        for each in chunks
    ]


def hours(report: Report, words: Words) -> str:
    """A square an hour of the week, the darker the more was lent; only the hours in which anything was."""
    used = [hour for hour in range(24) if any(day[hour] for day in report.hours)]
    span = range(min(used), max(used) + 1)
    most = max(max(day) for day in report.hours)
    parts = [_label(NAME + column * CELL + CELL / 2, 14, str(hour)) for column, hour in enumerate(span)]
    for row, (name, day) in enumerate(zip(words("weekdays").split(), report.hours, strict=True)):
        y = 20 + row * CELL
        parts.append(f'<text x="0" y="{y + 16}">{escape(name)}</text>')
        for column, hour in enumerate(span):
            shade = f"{0.06 + 0.94 * day[hour] / most:.2f}"
            said = f"{name} {hour}:00 – {day[hour]} {words('borrowed')}"
            parts.append(
                f'<rect class="lent" x="{NAME + column * CELL}" y="{y}" width="{CELL - GAP}"'
                f' height="{CELL - GAP}" rx="3" fill-opacity="{shade}"><title>{escape(said)}</title></rect>'
            )
    return _svg(NAME + len(span) * CELL, 20 + 7 * CELL, words("hours"), parts)


def _svg(width: int, height: int, title: str, parts: list[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def _bar(x: float, width: float, value: int, top: int, name: str) -> str:
    high = (HEIGHT - 10) * value / top
    if not value:
        return ""
    place = f'x="{x:.1f}" y="{HEIGHT - high:.1f}" width="{width:.1f}" height="{high:.1f}"'
    return f'<rect class="{name}" {place}/>'


def _grid(value: int, top: int) -> str:
    y = HEIGHT - (HEIGHT - 10) * value / top
    line = f'<line class="grid" x1="{SIDE}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
    return f'{line}<text x="{SIDE - 6}" y="{y + 4:.1f}" text-anchor="end">{value}</text>'


def _label(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y}" text-anchor="middle">{text}</text>'


def _top(most: int) -> int:
    """The next even number from 4 on that people count in."""
    scale = 1
    while True:
        for each in (4, 6, 10, 20):
            if most <= each * scale:
                return each * scale
        scale *= 10


def _every(count: int) -> int:
    """Days between two labels, so that they do not touch."""
    return max(1, -(-count * 42 // WIDTH))
