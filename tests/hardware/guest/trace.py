"""What was done to the header's lines, as the kernel's trace has it.

A line that nobody drives is low in gpio-sim, so a level says little of who has turned it off.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.hardware.guest.header import PINS

TRACING = Path("/sys/kernel/tracing")

LIT, OFF, LET_GO = "set 1", "set 0", "in"


def start() -> None:
    """Begin anew: what was done before is forgotten."""
    if not (TRACING / "events").exists():
        subprocess.run(["mount", "-t", "tracefs", "tracing", str(TRACING)], check=True)
    (TRACING / "events/gpio/enable").write_text("1", encoding="ascii")
    (TRACING / "trace").write_text("", encoding="ascii")


def done() -> dict[str, list[str]]:
    """What was done to each line since the start, oldest first."""
    found: dict[str, list[str]] = {}
    text = (TRACING / "trace").read_text(encoding="utf-8")
    for line, deed in re.findall(r"gpio_(?:value|direction): (\d+) +(set \d|in|out)", text):
        found.setdefault(line, []).append(deed)
    return found


def all_turned_off() -> None:
    """Every line was lit since the start, and at the end turned off, and then let go."""
    found = done()
    assert len(found) == len(PINS), f"lines in the trace: {sorted(found)}"
    for line, deeds in found.items():
        assert LIT in deeds and deeds[-2:] == [OFF, LET_GO], f"line {line} went {deeds}"
