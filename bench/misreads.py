"""How often the camera takes a code that isn't there: 20,000 decodes, the station's own way to a scan.

Not among those that run without a name: it takes some ten minutes of each core.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor, as_completed

from bench import report
from tests.camera.counting import Counts, count

DECODES = 20_000
SEEDS = 10
"""Parts of it, which run side by side; each makes its own pictures."""


def run() -> None:
    total = Counts()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        parts = [pool.submit(_part, seed) for seed in range(1, SEEDS + 1)]
        for part in as_completed(parts):
            total = _sum(total, part.result())
            report.say(f"{total.decodes:,} decodes, {len(total.misread)} misread")
    read = total.read / total.readable
    report.say(f"{total.scenes:,} scenes, of {total.readable:,} with a code {read:.1%} were read")
    for each in total.misread:
        report.say(f"misread: {each}")
    report.gate(f"misreads that were accepted in {total.decodes:,} decodes", len(total.misread), 0, 0)


def _part(seed: int) -> Counts:
    *_, counts = count(DECODES // SEEDS, seed)
    return counts


def _sum(one: Counts, other: Counts) -> Counts:
    return Counts(
        one.decodes + other.decodes,
        one.scenes + other.scenes,
        one.readable + other.readable,
        one.read + other.read,
        one.misread + other.misread,
    )
