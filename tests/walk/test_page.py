"""What docs/walk.md says of lamps and sounds is what a station shows."""

from __future__ import annotations

import re

import pytest

from station.lights import Pattern, Steps
from station.patterns import load
from station.signals import Reason, Shown, Signal
from tests.walk.page import PAGE, is_as_shown

SHIPPED = load()
LONG = 400
"""Milliseconds from which a beep is a long one, and a silence a pause."""
ROW = re.compile(r"^\| (\S+) \| ([·– /]+) \| ([a-z, ]+) \|", re.MULTILINE)
HEARD = re.compile(r"→ (\w+)(?: (\w+))? +([·–](?: [·–/])*)(?:  |$)", re.MULTILINE)


def test_the_table_of_signals_is_true() -> None:
    rows = ROW.findall(PAGE.read_text("utf-8"))
    assert len(rows) == 14
    for name, beeps, lamps in rows:
        shown = SHIPPED.by_name[name]
        assert (name, spoken(shown.buzzer), lit(shown)) == (name, beeps, lamps)


def test_the_sound_beside_a_scan_is_true() -> None:
    found = HEARD.findall(PAGE.read_text("utf-8"))
    assert len(found) > 20
    for signal, reason, beeps in found:
        shown = SHIPPED.of(Shown(Signal(signal), Reason(reason) if reason else None))
        assert (signal, spoken(shown.buzzer)) == (signal, beeps)


@pytest.mark.parametrize(
    ("shown", "said", "same"),
    [
        ("1 taken in\n", "1 taken in\n", True),
        ("1 taken in\n", "2 taken in\n", False),
        ("", "a word\n", False),
        ("a …\nc\n", "a word\nand more\n\nc\n", True),
        ("a …\nc\n", "a word\nc\nd\n", False),
    ],
)
def test_only_what_the_page_leaves_open_may_differ(shown: str, said: str, same: bool) -> None:
    assert is_as_shown(shown, said) is same


def spoken(steps: Steps) -> str:
    """On, off, on … as the page writes it."""
    beeps = ["–" if each >= LONG else "·" for each in steps[::2]]
    pauses = [" / " if each >= LONG else " " for each in steps[1::2]]
    return "".join(a + b for a, b in zip(beeps, [*pauses, ""], strict=True))


def lit(shown: Pattern) -> str:
    return ", ".join(lamp for lamp in ("green", "amber", "red") if getattr(shown, lamp))
