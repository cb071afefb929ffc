"""How often the camera takes a code that isn't there: 20,000 decodes, the station's own way to a scan.

Not among those that run without a name: it takes some twenty minutes.
"""

from __future__ import annotations

from bench import report
from tests.camera.counting import Counts, count

DECODES = 20_000
EACH = 2_000
"""Decodes between two lines."""


def run() -> None:
    counts = Counts()
    for counts in count(DECODES):
        if counts.decodes % EACH == 0:
            report.say(f"{counts.decodes:,} decodes, {len(counts.misread)} misread")
    read = counts.read / counts.readable
    report.say(f"{counts.scenes:,} scenes, of {counts.readable:,} with a code {read:.1%} were read")
    for each in counts.misread:
        report.say(f"misread: {each}")
    report.gate(f"misreads that were accepted in {counts.decodes:,} decodes", len(counts.misread), 0, 0)
