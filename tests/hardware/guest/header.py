"""The pins of the header, as gpio-sim has them: what the station drives is read back from sysfs."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from types import TracebackType

from tests.hardware.guest.talk import PATIENCE

PINS = {"green": 17, "amber": 27, "red": 22, "buzzer": 18}
"""As in config/station.toml."""

SAMPLE_SECONDS = 0.002
SETTLING_SECONDS = 0.02
"""The lines of a panel change one after the other; what lasts less than this is one change."""

Levels = tuple[bool, ...]
"""Green, amber, red, buzzer."""

DARK: Levels = (False, False, False, False)
YES: Levels = (True, False, False, True)
"""Green and the buzzer together: an answer, since no signal that rests has both."""

Run = tuple[Levels, float]
"""Levels, and for how many seconds they stayed."""


def line_folder(name: str) -> Path:
    return next(Path("/sys/devices/platform").glob(f"gpio-sim.0/gpiochip*/sim_gpio{PINS[name]}"))


class Watch:
    """Samples the four lines, in a thread, for as long as its `with` lasts."""

    def __init__(self) -> None:
        self._files = [os.open(line_folder(name) / "value", os.O_RDONLY) for name in PINS]
        self._changes: list[tuple[float, Levels]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()
        for each in self._files:
            os.close(each)

    def levels(self) -> Levels:
        return tuple(os.pread(each, 1, 0) == b"1" for each in self._files)

    def until(self, levels: Levels) -> None:
        """Wait until the lines are so."""
        end = time.monotonic() + PATIENCE
        while (now := self.levels()) != levels:
            assert time.monotonic() < end, f"the lines never were {levels}: they are {now}"
            time.sleep(0.001)

    def until_not(self, levels: Levels) -> None:
        end = time.monotonic() + PATIENCE
        while self.levels() == levels:
            assert time.monotonic() < end, f"the lines stay {levels}"
            time.sleep(0.001)

    def _sample(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            levels = self.levels()
            if not self._changes or levels != self._changes[-1][1]:
                self._changes.append((time.monotonic(), levels))

    def runs(self, since: float) -> list[Run]:
        """What was seen from `since` (monotonic seconds) until now, from the first light to the last."""
        changes = [*self._changes, (time.monotonic(), DARK)]
        ends = [at for at, _ in changes[1:]]
        seen = [(levels, end - at) for (at, levels), end in zip(changes, ends, strict=False) if at >= since]
        return lit(joined([each for each in seen if each[1] >= SETTLING_SECONDS]))


def joined(runs: list[Run]) -> list[Run]:
    """With equal neighbours as one."""
    made: list[Run] = []
    for levels, seconds in runs:
        before = made.pop()[1] if made and made[-1][0] == levels else 0.0
        made.append((levels, before + seconds))
    return made


def lit(runs: list[Run]) -> list[Run]:
    """Without the darkness before and after."""
    light = [n for n, (levels, _) in enumerate(runs) if levels != DARK]
    return runs[light[0] : light[-1] + 1] if light else []
