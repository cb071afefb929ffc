"""What keys mean in a layout, with what is held down and CAPS LOCK. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from station.drivers.framer import END, Key
from station.drivers.layouts import Layout
from station.drivers.layouts.table import KEYPAD

UP, DOWN = 0, 1
"""Values of a key event. A third, 2, is the kernel's repeat of a key that is held: no scanner means it."""

CAPSLOCK = 58
ENDS = frozenset({28, 96, 15})
"""ENTER, the keypad's ENTER, TAB."""

SHIFT = frozenset({42, 54})
ALTGR = frozenset({100})
CONTROL = frozenset({29, 97})
FOREIGN = frozenset({56, 125, 126})
"""Left ALT and the two META keys: with one of these held, a key is a command to a computer, not text."""

MODIFIERS = SHIFT | ALTGR | CONTROL | FOREIGN

SILENT = (
    frozenset({0, 1, *range(59, 71), 87, 88, 99, *range(102, 112), 119, *range(127, 0x300)}) - KEYPAD.keys()
)
"""Keys that type nothing: ESC, function, cursor, lock, media keys. Some scanners send one before a code."""

NO_CHARACTER = "\x1a"
"""ASCII's SUBSTITUTE: a key that has no character here. Left out, it would make another code of this one; a
control character makes it no code at all."""


class Keyboard:
    """One device's keys, in one layout."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._held: set[int] = set()
        self._caps = False

    def event(self, code: int, value: int) -> Key | None:
        """What a key event types: a character, END, or nothing."""
        if code in MODIFIERS:
            self._modify(code, value)
            return None
        if value != DOWN or code in SILENT:
            return None
        if code == CAPSLOCK:
            self._caps = not self._caps
            return None
        return END if code in ENDS else self._character(code)

    def _modify(self, code: int, value: int) -> None:
        if value == UP:
            self._held.discard(code)
        else:
            self._held.add(code)

    def _character(self, code: int) -> Key:
        if self._held & CONTROL:
            return _control(self._layout.plain.get(code, ""))
        char = self._level().get(code, NO_CHARACTER)
        return _other_case(char) if self._caps else char

    def _level(self) -> Mapping[int, str]:
        shift, altgr = self._held & SHIFT, self._held & ALTGR
        if self._held & FOREIGN or (shift and altgr):
            return {}
        if altgr:
            return self._layout.altgr
        return self._layout.shifted if shift else self._layout.plain


def _control(char: str) -> Key:
    """What CONTROL makes of a key: scanners send control characters so, line ends (J, M) and TAB (I) too."""
    upper = char.upper()
    if len(upper) != 1 or not "@" <= upper <= "_":
        return NO_CHARACTER
    control = chr(ord(upper) - ord("@"))
    return END if control in "\t\n\r" else control


def _other_case(char: str) -> str:
    """CAPS LOCK turns letters alone; of `ß` it makes the capital, as the German layout does."""
    return "ẞ" if char == "ß" else char.swapcase()
