"""Signals as lines for people at a terminal: the lamps as dots, the sound in words."""

from __future__ import annotations

import logging
from typing import TextIO

from station import masks
from station.patterns import Pattern, Patterns
from station.rhythms import in_words
from station.signals import Shown

log = logging.getLogger("station.panel")

COLORS = {"green": "32", "amber": "33", "red": "31"}
"""ANSI colours of the lamps, in their order on the line."""


class TerminalPanel:
    """Writes `● ○ ○  borrowed  BK-1  …1001  (beep beeep)`: green, amber and red, lit at any time or not.

    `color` None: where the stream is a terminal. Without colour the lamps that are lit are named as well.
    """

    def __init__(self, stream: TextIO, patterns: Patterns, color: bool | None = None) -> None:
        self._stream = stream
        self._patterns = patterns
        self._color = stream.isatty() if color is None else color
        self._failing = False

    def show(self, shown: Shown) -> None:
        """Never raises: a terminal that is gone is logged once, until it works again."""
        try:
            self._stream.write(_writable(self._line(shown), self._stream.encoding) + "\n")
            self._stream.flush()
            self._failing = False
        except (OSError, ValueError) as error:
            if not self._failing:
                log.error("the terminal panel cannot write: %s", error)
            self._failing = True

    def close(self) -> None:
        """The stream stays open: it is the caller's."""

    def _line(self, shown: Shown) -> str:
        pattern = self._patterns.of(shown)
        sound = in_words(pattern.sound())
        reader = None if shown.reader is None else masks.code(shown.reader)
        words = (shown.signal, shown.reason, shown.item, reader, sound and f"({sound})")
        return "  ".join([self._lamps(pattern), *(_visible(word) for word in words if word)])

    def _lamps(self, pattern: Pattern) -> str:
        lit = [color for color in COLORS if any(getattr(pattern, color)[0::2])]
        if not self._color:
            return " ".join("●" if color in lit else "○" for color in COLORS) + "  " + "+".join(lit)
        dots = (f"\x1b[{code}m●\x1b[0m" if color in lit else "○" for color, code in COLORS.items())
        return " ".join(dots)


def _visible(text: str) -> str:
    """Without what a terminal would take for a command; ids may hold anything."""
    return "".join(char if char.isprintable() else "�" for char in text)


def _writable(text: str, encoding: str | None) -> str:
    """With `?` for what the stream's encoding lacks."""
    encoding = encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)
