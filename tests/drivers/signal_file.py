"""What config/signals.toml says, read as its head explains it and without the code that is tested."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import station
from station.patterns import load
from station.signals import RESTING, Reason, Shown, Signal

SHIPPED = load()
SHIPPED_FILE = Path(station.__file__).parent.parent / "config" / "signals.toml"

Table = dict[str, Any]


def tables() -> dict[str, Table]:
    """The tables by signal; a group of `refused` is named as in `refused.you`."""
    raw = tomllib.loads(SHIPPED_FILE.read_text(encoding="utf-8"))
    refused = raw.pop("refused")
    return {**raw, **{f"refused.{group}": table for group, table in refused.items()}}


def shown_as(name: str) -> Shown:
    if name.startswith("refused."):
        return Shown(Signal.REFUSED, next(Reason(reason) for reason in tables()[name]["reasons"]))
    return Shown(Signal(name))


def written(name: str, until: int) -> list[tuple[bool, ...]]:
    """Green, amber, red and buzzer at every hundredth of a second up to `until` milliseconds."""
    table = tables()[name]
    lists = [table.get(key, []) for key in ("green", "amber", "red", "buzzer")]
    every = table.get("every", max(sum(steps) for steps in lists))
    rounds = until if name in RESTING else table.get("times", 1)
    return [
        tuple(ms < every * rounds and _level(steps, ms % every) for steps in lists)
        for ms in range(5, until, 10)
    ]


def notes(name: str) -> list[str]:
    """The note of each beep, in order."""
    table = tables()[name]
    beeps = len(table.get("buzzer", [])[0::2])
    tones: list[str] = table.get("tones", [])
    return (tones if len(tones) == beeps else tones * beeps) * int(table.get("times", 1))


def _level(steps: list[int], ms: int) -> bool:
    on = True
    for step in steps:
        if ms < step:
            return on
        ms -= step
        on = not on
    return False
