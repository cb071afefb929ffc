"""The signals' patterns: read from a TOML file, checked, and found for what is to be shown.

The head of config/signals.toml explains the format, to those who change it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

import station
from station.lights import DARK, Lights, Pattern
from station.pattern_rules import nearest, pattern_of, problems_of
from station.rhythms import Rhythm, alike
from station.signals import RESTING, Reason, Shown, Signal

__all__ = ["DARK", "Lights", "Pattern", "PatternError", "Patterns", "load", "too_alike"]

Tables = dict[str, Any]
"""What a file says, by the name of the signal; a group of `refused` is named as in `refused.you`."""


class PatternError(ValueError):
    """A file of patterns that cannot be used. `problems` has one sentence for each mistake."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        super().__init__("\n".join(f"{path}: {problem}" for problem in problems))
        self.problems = problems


class Patterns(Struct, frozen=True):
    """All patterns by name, and the name of each refusal's group."""

    by_name: Mapping[str, Pattern]
    groups: Mapping[Reason, str]

    def of(self, shown: Shown) -> Pattern:
        """The pattern to play; a refusal without a reason is shown as any of them."""
        pattern = self.by_name[self._name(shown)]
        return pattern.silenced() if shown.silent else pattern

    def _name(self, shown: Shown) -> str:
        if shown.signal is not Signal.REFUSED:
            return shown.signal
        reason = shown.reason or next(iter(self.groups))
        return self.groups[reason]


def load(path: Path | None = None) -> Patterns:
    """The shipped patterns, and in place of them those of the file at `path`. Raises PatternError."""
    problems: list[str] = []
    tables = _tables(_shipped(), problems)
    if path is not None:
        for name, table in _tables(path, problems).items():
            tables[name] = _with_reasons(table, tables.get(name, {}))
    for name, table in tables.items():
        problems += [f"{name}: {problem}" for problem in problems_of(name, table)]
    groups = _groups(tables, problems)
    if problems:
        raise PatternError(path or _shipped(), problems)
    return Patterns({name: pattern_of(name, table) for name, table in tables.items()}, groups)


def too_alike(patterns: Patterns, sense: Literal["eye", "ear"] = "eye") -> list[tuple[str, str]]:
    """Pairs of signals that somebody could take for each other, by `rhythms.alike`.

    Colours are one to the eye here, and notes one to the ear: not everybody tells red from green, and an
    active buzzer has a single note. Silence is as good as a sound of its own for resting signals only.
    """
    rhythms: dict[str, Rhythm] = {}
    for name, pattern in patterns.by_name.items():
        rhythm = pattern.lamps() if sense == "eye" else pattern.sound()
        if rhythm.beats or name not in RESTING:
            rhythms[name] = rhythm
    return [(one, other) for one, other in combinations(rhythms, 2) if alike(rhythms[one], rhythms[other])]


def _shipped() -> Path:
    """The project's own file: inside the package where it was installed, else in the checkout."""
    package = Path(station.__file__).parent
    installed = package / "_config" / "signals.toml"
    return installed if installed.exists() else package.parent / "config" / "signals.toml"


def _tables(path: Path, problems: list[str]) -> Tables:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PatternError(path, [f"cannot be read: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PatternError(path, [f"is not TOML: {error}"]) from error
    refused = raw.pop("refused", {})
    if not isinstance(refused, dict):
        problems.append("refused: has groups, as in [refused.you]")
        refused = {}
    for name in [name for name in raw if name not in set(Signal)]:
        problems.append(f"{name}: there is no such signal{nearest(name, Signal)}")
        del raw[name]
    return {**raw, **{f"refused.{group}": table for group, table in refused.items()}}


def _with_reasons(table: Any, shipped: Mapping[str, Any]) -> Any:
    """A group keeps its reasons unless the file names others."""
    if isinstance(table, dict) and "reasons" in shipped:
        return {"reasons": shipped["reasons"], **table}
    return table


def _groups(tables: Tables, problems: list[str]) -> dict[Reason, str]:
    """The group of each reason; each has to be in exactly one."""
    groups: dict[Reason, str] = {}
    refusals = [name for name in tables if name.startswith("refused.")]
    for name in refusals:
        if isinstance(tables[name], dict) and "reasons" not in tables[name]:
            others = [other for other in refusals if other != name]
            problems.append(f"{name}: names no reasons{nearest(name, others)}")
        for reason in _reasons(tables[name]):
            if reason not in set(Reason):
                problems.append(f"{name}: there is no reason {reason}{nearest(reason, Reason)}")
            elif groups.setdefault(Reason(reason), name) != name:
                problems.append(f"{name}: {reason} is among the reasons of {groups[Reason(reason)]} already")
    problems.extend(f"refused: no group has the reason {reason}" for reason in Reason if reason not in groups)
    return groups


def _reasons(table: Any) -> list[str]:
    reasons = table.get("reasons") if isinstance(table, dict) else None
    return [reason for reason in reasons if isinstance(reason, str)] if isinstance(reasons, list) else []
