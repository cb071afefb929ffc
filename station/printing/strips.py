"""A signal's pattern as a strip over time: a lane for each lamp in it, and the notes of the buzzer below."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from station.lights import TONE, Pattern, Steps
from station.printing.page import Area, Box, Ink, Line, Mark, Text

LANE = 2.4
SOUND = 3.0
"""How high the lanes of a lamp and of the buzzer are, in millimetres."""

SECONDS = 4.25
"""What the longest of the shipped signals that pass takes; a longer one is shown so far, with dots."""

LAMPS = {"green": Ink.GREEN, "amber": Ink.AMBER, "red": Ink.RED}
_NOTES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def height(pattern: Pattern) -> float:
    return LANE * len(_lamps(pattern)) + (SOUND if pattern.buzzer else 0)


def draw(pattern: Pattern, box: Box, seconds: float) -> Iterator[Mark]:
    """`pattern` in `box`, whose width stands for so many `seconds`."""
    scale = box.width / seconds
    tall = height(pattern)
    for second in range(int(seconds) + 1):
        at = box.x + second * scale
        yield Line((at, box.y), (at, box.y + tall), 0.1, Ink.PALE)
    y = box.y
    for name, steps in _lamps(pattern).items():
        lane = Box(box.x, y + 0.3, box.width, LANE - 0.6)
        for start, end in _spans(pattern, steps, seconds):
            yield Area(Box(lane.x + start * scale, lane.y, (end - start) * scale, lane.height), LAMPS[name])
        y += LANE
    yield from _sound(pattern, Box(box.x, y, box.width, SOUND), seconds)
    if pattern.times is not None and pattern.duration > seconds:
        yield Text(box.right + 0.4, box.y + 2, "…", 7, True)


def lamps(pattern: Pattern) -> list[str]:
    """The lamps of its lanes, from above."""
    return list(_lamps(pattern))


def _lamps(pattern: Pattern) -> dict[str, Steps]:
    lanes = {"green": pattern.green, "amber": pattern.amber, "red": pattern.red}
    return {name: steps for name, steps in lanes.items() if steps}


def _sound(pattern: Pattern, lane: Box, seconds: float) -> Iterator[Mark]:
    """Each beep as long as it sounds, and a step higher for each higher note."""
    tones = [_pitch(each) for each in pattern.tones or (TONE,)]
    steps = sorted(set(tones))
    scale = lane.width / seconds
    for number, (start, end) in enumerate(_spans(pattern, pattern.buzzer, seconds)):
        up = steps.index(tones[number % len(tones)]) / max(len(steps) - 1, 1)
        y = lane.bottom - 1.0 - up * (lane.height - 1.6)
        yield Area(Box(lane.x + start * scale, y, (end - start) * scale, 0.6))


def _spans(pattern: Pattern, steps: Steps, seconds: float) -> Iterator[tuple[float, float]]:
    """From when to when it is on, in seconds, so far as the strip goes; a loop is shown once round."""
    edges = [0, *accumulate(steps)]
    for turn in range(pattern.times or 1):
        for start, end in zip(edges[0::2], edges[1::2], strict=False):
            begin, until = ((turn * pattern.every + each) / 1000 for each in (start, end))
            if begin < until and begin < seconds:
                yield begin, min(until, seconds)


def _pitch(tone: str) -> int:
    """A note's number in half tones, as in `C#6` or `Eb5`, counted from C0."""
    sharp = {"#": 1, "b": -1}.get(tone[1], 0)
    return 12 * int(tone[-1]) + _NOTES[tone[0]] + sharp
