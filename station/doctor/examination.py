"""Runs the checks, one after the other, and lets none of them stop the rest."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import structs

from station.config import EX_CONFIG
from station.doctor.findings import Finding, Status, wrong
from station.doctor.place import Place

Check = Callable[[Place], Iterable[Finding]]

CONFIG = "config"
"""The check whose mistakes have an exit code of their own."""


def examine(place: Place, checks: Mapping[str, Check]) -> Iterator[Finding]:
    """What each check finds, as it finds it."""
    for name, check in checks.items():
        for finding in _guarded(place, check):
            yield structs.replace(finding, check=name)


def exit_code(findings: Iterable[Finding]) -> int:
    """78 for a wrong configuration, 1 for anything else that is wrong, 0 otherwise."""
    bad = [each.check for each in findings if each.status is Status.WRONG]
    if CONFIG in bad:
        return EX_CONFIG
    return 1 if bad else 0


def _guarded(place: Place, check: Check) -> Iterator[Finding]:
    try:
        yield from check(place)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        yield wrong(
            f"this check failed: {type(error).__name__}: {error} ({where.filename}:{where.lineno})",
            "The other checks are good all the same. Please report this line.",
        )
