"""The keyboard layouts that a scanner can be set to, as xkeyboard-config has them in their basic variants."""

from __future__ import annotations

import re
from unicodedata import normalize

from station.drivers.layouts.de import DE
from station.drivers.layouts.fr import FR
from station.drivers.layouts.gb import GB
from station.drivers.layouts.table import DEAD, Layout
from station.drivers.layouts.us import US

__all__ = ["LAYOUTS", "Layout", "composed", "layout"]

LAYOUTS = {"us": US, "gb": GB, "de": DE, "fr": FR}

_SPACING = {mark: char for char, mark in DEAD.items()}
_MARKS = "".join(_SPACING)
_DEAD_KEY = re.compile(f"([{_MARKS}])([^{_MARKS}]?)", re.DOTALL)


def layout(name: str) -> Layout:
    """The layout called `name`. Raises ValueError for a name that is none."""
    try:
        return LAYOUTS[name]
    except KeyError:
        raise ValueError(f"no keyboard layout {name!r}: use one of {', '.join(LAYOUTS)}") from None


def composed(text: str) -> str:
    """`text` with its dead keys resolved: with a space the character itself, with a letter the two as one.

    It looks at a whole scan, so that no dead key can reach into the next one. Where no such letter exists,
    both characters stand.
    """
    return _DEAD_KEY.sub(_resolved, text)


def _resolved(typed: re.Match[str]) -> str:
    mark, base = typed.groups()
    if base == " ":
        return _SPACING[mark]
    both = normalize("NFC", base + mark)
    return both if base and len(both) == 1 else _SPACING[mark] + base
