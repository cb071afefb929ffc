"""How a layout is written down: rows of characters, key by key as they lie on a PC keyboard."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

KEYS = (
    (41, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13),
    (16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27),
    (30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 43),
    (86, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53),
)
"""Key codes (linux/input-event-codes.h) of the four rows; 43 is beside ENTER, 86 beside the left SHIFT."""

SPACE = 57

KEYPAD = {71: "7", 72: "8", 73: "9", 75: "4", 76: "5", 77: "6", 79: "1", 80: "2", 81: "3", 82: "0"} | {
    55: "*", 74: "-", 78: "+", 98: "/", 117: "=", 121: ".", 179: "(", 180: ")"
}  # fmt: skip
"""The keypad but for its point. NUM LOCK is ignored: a scanner sends these keys for their digits."""

POINT = 83

DEAD = {"^": "\u0302", "´": "\u0301", "`": "\u0300", "¨": "\u0308"}
"""Dead keys by what is printed on them, and the combining mark that each stands for."""

Rows = tuple[str, str, str, str]
NO_ROWS: Rows = (" " * 13, " " * 12, " " * 12, " " * 11)


class Layout(Struct, frozen=True):
    """Key code to character, by what is held: nothing, SHIFT, AltGr. A dead key gives its combining mark."""

    plain: Mapping[int, str]
    shifted: Mapping[int, str]
    altgr: Mapping[int, str]


def layout(*, plain: Rows, shifted: Rows, altgr: Rows = NO_ROWS, dead: str = "", point: str = ".") -> Layout:
    """A layout from its rows, one character a key; in `altgr` a space says that there is none.

    `dead` names the characters of `plain` and `shifted` that are dead keys; `point` is the keypad's.
    """
    everywhere = KEYPAD | {POINT: point, SPACE: " "}
    marks = {each: DEAD[each] for each in dead}
    return Layout(
        plain={code: marks.get(char, char) for code, char in _keys(plain)} | everywhere,
        shifted={code: marks.get(char, char) for code, char in _keys(shifted)} | everywhere,
        altgr={code: char for code, char in _keys(altgr) if char != " "} | everywhere,
    )


def _keys(rows: Rows) -> list[tuple[int, str]]:
    return [pair for codes, row in zip(KEYS, rows, strict=True) for pair in zip(codes, row, strict=True)]
