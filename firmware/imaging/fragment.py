"""config.txt: the line that takes shelfpost.txt in, and what stands in that for this station's pins."""

from __future__ import annotations

import re

from station.config import GpioPanelConfig

NAME = "shelfpost.txt"
HEAD = "[all]\n# Shelfpost: lamps and buzzer from power-on, the watchdog.\n"
INCLUDE = f"include {NAME}\n"
WIRING = {17: "green", 27: "amber", 22: "red", 18: "buzzer"}
"""The pins of firmware/config.txt, as in docs/wiring.md."""
LEVELS = re.compile(r"^gpio=([\d,]+)=op,d([hl])$", re.MULTILINE)


def included(config: str) -> str:
    """config.txt with the line at its end, behind [all]: a filter further up would make it one model's."""
    if INCLUDE in config.splitlines(keepends=True):
        return config
    return f"{config.rstrip()}\n\n{HEAD}{INCLUDE}"


def for_pins(text: str, panel: GpioPanelConfig) -> str:
    """firmware/config.txt with this station's pins; high is low where a low pin lights a lamp."""

    def line(found: re.Match[str]) -> str:
        names = [WIRING[int(each)] for each in found[1].split(",")]
        low = panel.active_low and not (names == ["buzzer"] and panel.buzzer_kind == "tonal")
        level = {"h": "l", "l": "h"}[found[2]] if low else found[2]
        return f"gpio={','.join(str(getattr(panel, each)) for each in names)}=op,d{level}"

    return LEVELS.sub(line, text)
