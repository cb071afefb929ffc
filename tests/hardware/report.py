"""What a run has to say: a line for each check, and one at the end with what was made in all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

MADE = ("scans", "unplugs", "cuts", "decodes")
"""What is counted over all checks."""


Verdict = Literal["passed", "FAILED", "skipped"]


class Figures(Struct, frozen=True):
    """What a check that has passed says of itself, and how many of `MADE` it has made."""

    text: str
    made: Mapping[str, int] = {}


class Result(Struct, frozen=True):
    name: str
    verdict: Verdict
    figures: Figures
    seconds: float = 0.0

    def __str__(self) -> str:
        took = f" ({self.seconds:.0f} s)" if self.seconds else ""
        return f"{self.verdict:8} {self.name}{took}: {self.figures.text}"


def closing(results: Iterable[Result]) -> str:
    results = list(results)
    verdicts = Counter(each.verdict for each in results)
    made = Counter[str]()
    for each in results:
        made.update(each.figures.made)
    counts = ", ".join(f"{made[name]:,} {name}" for name in MADE)
    said = ", ".join(f"{verdicts[each]} {each.lower()}" for each in ("passed", "FAILED", "skipped"))
    return f"hardware: {said}; {counts}"
