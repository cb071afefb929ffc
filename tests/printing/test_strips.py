"""A strip shows when lamps and buzzer are on, to scale."""

from __future__ import annotations

from station.lights import Pattern
from station.printing import strips
from station.printing.page import Area, Box, Ink, Text

TEN_A_SECOND = Box(20, 50, 40, 0)


def areas(pattern: Pattern, ink: Ink, seconds: float = 4.0) -> list[tuple[float, float]]:
    """From where to where it is on, in millimetres from the strip's beginning."""
    marks = strips.draw(pattern, TEN_A_SECOND, seconds)
    found = [mark.box for mark in marks if isinstance(mark, Area) and mark.ink is ink]
    return [(round(box.x - 20, 3), round(box.right - 20, 3)) for box in found]


def test_a_lamp_is_drawn_from_when_it_is_on_to_when_it_is_off() -> None:
    pattern = Pattern(every=1100, green=(100, 200, 400), red=(0, 700, 300))
    assert areas(pattern, Ink.GREEN) == [(0, 1), (3, 7)]
    assert areas(pattern, Ink.RED) == [(7, 10)]
    assert areas(pattern, Ink.AMBER) == []


def test_a_repeated_pattern_is_drawn_as_often_as_it_is_played_and_a_loop_once() -> None:
    assert areas(Pattern(every=1000, times=3, red=(500,)), Ink.RED) == [(0, 5), (10, 15), (20, 25)]
    assert areas(Pattern(every=1000, times=None, red=(500,)), Ink.RED) == [(0, 5)]


def test_what_is_longer_than_the_strip_ends_with_it_and_has_dots() -> None:
    pattern = Pattern(every=1000, times=10, red=(600,))
    assert areas(pattern, Ink.RED, 2.0)[-1] == (20, 32)
    assert areas(pattern, Ink.RED, 1.3)[-1][1] <= 40
    dots = [mark.text for mark in strips.draw(pattern, TEN_A_SECOND, 2.0) if isinstance(mark, Text)]
    assert dots == ["…"]


def test_a_higher_note_is_drawn_higher() -> None:
    pattern = Pattern(every=500, buzzer=(100, 100, 100, 100, 100), tones=("C6", "G6", "C6"))
    notes = [mark.box.y for mark in strips.draw(pattern, TEN_A_SECOND, 4.0) if isinstance(mark, Area)]
    assert notes[0] == notes[2] > notes[1]


def test_a_strip_is_as_high_as_it_has_lanes() -> None:
    assert strips.height(Pattern(every=100, red=(100,))) == strips.LANE
    assert (
        strips.height(Pattern(every=100, red=(100,), green=(50,), buzzer=(30,)))
        == 2 * strips.LANE + strips.SOUND
    )
