"""A scanner that types, made with uinput: a real /dev/input/eventN, to be plugged in and pulled out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any

REPORT_SECONDS = 0.005
"""Between two reports: USB scanners are polled every 1 to 10 ms."""

SHIFT, ENTER = "LEFTSHIFT", "ENTER"
NAMES = {"-": "MINUS", " ": "SPACE"}

Stroke = tuple[str, ...]
"""Names of keys that go down together, as in `linux/input-event-codes.h`, without KEY_."""


def strokes(text: str) -> list[Stroke]:
    """What a scanner that is set to US presses for capitals, small letters, digits, hyphens and spaces."""
    return [(SHIFT, char) if char.isupper() else (NAMES.get(char, char.upper()),) for char in text]


class Typist:
    """One scanner. What it is called is how the station finds it."""

    def __init__(self, name: str) -> None:
        from evdev import UInput, ecodes

        self._ecodes = ecodes
        keys = [code for code in range(1, 120) if code in ecodes.KEY]
        self._device: Any = UInput({ecodes.EV_KEY: keys}, name=name)
        self.path = str(self._device.device.path)

    def __enter__(self) -> Typist:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.unplug()

    def scan(self, text: str) -> None:
        self.press([*strokes(text), (ENTER,)])

    def press(self, keys: Sequence[Stroke]) -> None:
        for stroke in keys:
            codes = [self._ecodes.ecodes[f"KEY_{name}"] for name in stroke]
            self._report(codes, 1)
            self._report(codes[::-1], 0)

    def _report(self, codes: Sequence[int], value: int) -> None:
        for code in codes:
            self._device.write(self._ecodes.EV_KEY, code, value)
        self._device.syn()
        time.sleep(REPORT_SECONDS)

    def unplug(self) -> None:
        """May be called twice."""
        self._device.close()
