"""What one signal's table in a file of patterns may say, and the pattern that it makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from station.lights import Pattern
from station.signals import RESTING

LAMPS = ("green", "amber", "red")
LISTS = (*LAMPS, "buzzer")

LONGEST_MS = 30_000
"""How long a passing signal may take: meanwhile the station's own state is not to be seen."""

CHANGES_A_SECOND = 2
"""What a resting signal may have: each wakes the processor, day and night."""

SHORTEST_MS = 30
"""A shorter blink is not seen, and a shorter beep is a click."""

_STEPS: Any = Annotated[tuple[Annotated[int, Meta(ge=0, le=60_000)], ...], Meta(max_length=100)]
_NOTES: Any = tuple[Annotated[str, Meta(pattern="^[A-G][#b]?[4-7]$")], ...]

_KEYS: dict[str, tuple[Any, str]] = {
    **dict.fromkeys(
        LISTS,
        (
            _STEPS,
            "takes a list like [200, 100, 200]: whole milliseconds on, off, on …, "
            f"each from {SHORTEST_MS} to 60000; only the first may be 0",
        ),
    ),
    "tones": (_NOTES, 'takes a list of notes from C4 to B7, like ["C6", "F#6"]'),
    "every": (Annotated[int, Meta(ge=100, le=600_000)], "takes whole milliseconds, from 100 to 600000"),
    "times": (Annotated[int, Meta(ge=1, le=100)], "takes a whole number, from 1 to 100"),
    "reasons": (tuple[str, ...], 'takes a list of reasons, like ["on_hold"]'),
}
"""What each key takes: its type, and the sentence for whoever wrote something else."""


def problems_of(name: str, table: Any) -> list[str]:
    """All that is wrong with a table, without the signal's name. What single keys say is looked at first."""
    return (
        list(_wrong_keys(name, table))
        or list(_wrong_together(name, table))
        or list(_too_lively(name, pattern_of(name, table)))
    )


def pattern_of(name: str, table: Mapping[str, Any]) -> Pattern:
    """The pattern of a table that has no problems."""
    lists = {key: tuple(table.get(key, ())) for key in (*LISTS, "tones")}
    times = None if name in RESTING else table.get("times", 1)
    return Pattern(every=table.get("every", _length(table)), times=times, **lists)


def nearest(name: str, names: Iterable[str]) -> str:
    """`; did you mean …?` where there is something to mean."""
    near = get_close_matches(name, [str(known) for known in names], n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _wrong_keys(name: str, table: Any) -> Iterator[str]:
    grouped = name.startswith("refused.")
    if not isinstance(table, dict):
        groups = "; refused has groups, as in [refused.you]" if grouped else ""
        yield f"must be a table, with a line [{name}] above its keys{groups}"
        return
    for key, value in table.items():
        if key == "reasons" and not grouped:
            yield "reasons are for the groups of refused only"
        elif key not in _KEYS:
            yield f"there is no key {key}{nearest(key, _KEYS)}"
        elif not _fits(key, value):
            yield f"{key} {_KEYS[key][1]}"


def _fits(key: str, value: Any) -> bool:
    try:
        steps = msgspec.convert(value, _KEYS[key][0])
    except msgspec.ValidationError:
        return False
    if key not in LISTS:
        return True
    return all(step >= SHORTEST_MS or (step == 0 and n == 0) for n, step in enumerate(steps))


def _wrong_together(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    beeps, length = _beats(table.get("buzzer", [])), _length(table)
    every = table.get("every", length)
    if not any(_beats(table.get(lamp, [])) for lamp in LAMPS):
        yield "no lamp is ever on, and not everybody hears"
    if every < length:
        yield f"every is {every}, but its longest list takes {length}"
    if len(table.get("tones", [])) not in {0, 1, beeps}:
        yield f"tones takes one note, or one for each beep, of which there are {beeps}"
    if name in RESTING and "every" not in table:
        yield "every is missing: a resting signal starts again and again"
    if name in RESTING and "times" in table:
        yield "times is not for a resting signal, which goes on until another comes"
    if name not in RESTING and every * table.get("times", 1) > LONGEST_MS:
        yield f"takes longer than {LONGEST_MS // 1000} seconds"


def _too_lively(name: str, pattern: Pattern) -> Iterator[str]:
    changes = pattern.changes()
    number = len(changes) - (changes[0][1] == changes[-1][1])
    if name in RESTING and number * 1000 > CHANGES_A_SECOND * pattern.every:
        yield f"changes {number} times in {pattern.every} ms; a resting signal may do so twice a second"


def _length(table: Mapping[str, Any]) -> int:
    return max(int(sum(table.get(key, ()))) for key in LISTS)


def _beats(steps: list[int]) -> int:
    return sum(1 for on in steps[0::2] if on)
