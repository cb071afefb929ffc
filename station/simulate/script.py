"""The simulator without a terminal: a file of scans, and what comes of them as plain lines."""

from __future__ import annotations

import queue
import re
import time
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from station.drivers.clock import SystemClock
from station.signals import RESTING, Shown
from station.simulate import words
from station.simulate.rig import Arrived, Connected, Failed, Happening, Noted, Plan, Rig
from station.store import Store
from station.watching import about, kind, visible

ANSWER_SECONDS = 10.0
"""How long a scan may take to be answered; it takes as long as a commit."""
DRAIN_SECONDS = 90.0
"""How long the last events may take: a station tries a broker that came back within a minute."""
LOOK_SECONDS = 0.1

_WAIT = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}


class ScriptError(ValueError):
    """A line that can't be read; the text says which, and what would do."""


class Scan(Struct, frozen=True):
    text: str


class Wait(Struct, frozen=True):
    seconds: float


class Broker(Struct, frozen=True):
    up: bool


Step = Scan | Wait | Broker


def read(name: str, lines: Iterable[str], *, has_switch: bool = True) -> list[Step]:
    """The steps of a script; `name` is the file's, for messages. Raises ScriptError.

    `has_switch`: whether the broker is the simulator's own, to be taken away.
    """
    steps: list[Step] = []
    for number, line in enumerate(lines, 1):
        text = line.strip("\r\n")
        if text.startswith(":"):
            steps.append(_command(f"{name}:{number}", text.split(), has_switch))
        elif text.strip() and not text.startswith("#"):
            steps.append(Scan(text))
    return steps


def _command(where: str, said: list[str], has_switch: bool) -> Step:
    match said:
        case [":broker", "up" | "down"] if not has_switch:
            raise ScriptError(f"{where}: the broker of the configuration can't be taken away from here")
        case [":broker", "up" | "down" as state]:
            return Broker(state == "up")
        case [":wait", length] if found := _WAIT.fullmatch(length):
            return Wait(float(found[1]) * _UNITS[found[2]])
    raise ScriptError(
        f"{where}: {' '.join(said)!r} is no step: there are `:wait 2s`, `:broker down` and `:broker up`"
    )


def run(plan: Plan, steps: list[Step], put: Callable[[str], None], complain: Callable[[str], None]) -> bool:
    """Whether every event has arrived at the end. Lines go to `put`, warnings to `complain`.

    Raises what Rig.start does.
    """
    happened: queue.SimpleQueue[Happening] = queue.SimpleQueue()
    rig = Rig(plan, happened.put, SystemClock())
    rig.start()
    try:
        store = rig.open_store()
        play = _Play(rig, store, happened, put, complain)
        drained = play.all(steps)
        store.close()
    finally:
        rig.stop()
    play.rest()
    return drained


class _Play:
    def __init__(
        self,
        rig: Rig,
        store: Store,
        happened: queue.SimpleQueue[Happening],
        put: Callable[[str], None],
        complain: Callable[[str], None],
    ) -> None:
        self._rig = rig
        self._store = store
        self._happened = happened
        self._put = put
        self._complain = complain

    def all(self, steps: list[Step]) -> bool:
        self._until(_is_rest, ANSWER_SECONDS)
        for step in steps:
            match step:
                case Scan(text):
                    self._scan(text)
                case Wait(seconds):
                    self._until(lambda _: False, seconds)
                case Broker(up):
                    self._broker(up)
        return self._drain()

    def rest(self) -> None:
        """What is still to be said, without waiting for more."""
        while not self._happened.empty():
            self._say(self._happened.get())

    def _scan(self, text: str) -> None:
        """The same text again waits until the station takes it for another scan."""
        self._until(lambda _: False, self._rig.wait_for_repeat(text))
        self._put(f"scan    {visible(text)}")
        self._rig.scan(text)
        if not self._until(
            lambda each: isinstance(each, Shown) and each.signal not in RESTING, ANSWER_SECONDS
        ):
            self._complain(f"the station did not answer within {ANSWER_SECONDS:.0f} s")

    def _broker(self, up: bool) -> None:
        embedded = self._rig.plan.embedded
        assert embedded, "a script with a switch is read for an embedded broker only"
        if up:
            embedded.up()
        else:
            embedded.down()
        self._put(f"broker  {'there' if up else 'away'}")

    def _drain(self) -> bool:
        embedded = self._rig.plan.embedded
        if embedded and not embedded.is_up:
            self.rest()
            return self._rig.is_drained(self._store)
        end = time.monotonic() + DRAIN_SECONDS
        while not self._rig.is_drained(self._store):
            if time.monotonic() > end:
                return False
            self._until(lambda _: False, LOOK_SECONDS)
        return True

    def _until(self, is_it: Callable[[Happening], bool], seconds: float) -> bool:
        """Say all that happens until one thing `is_it`, `seconds` at most."""
        for each in self._coming(seconds):
            self._say(each)
            if is_it(each):
                return True
        return False

    def _coming(self, seconds: float) -> Iterator[Happening]:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                yield self._happened.get(timeout=left)
            except queue.Empty:
                return

    def _say(self, happening: Happening) -> None:
        match happening:
            case Shown():
                said = words.sentence(happening, self._store.shelf)
                self._put(f"shown   {words.name(happening)}: {visible(said)}")
            case Arrived(event):
                self._put(f"event   {kind(event)} {about(event)}")
            case Noted(text):
                self._complain(text)
            case Failed(error):
                raise error
            case Connected():
                pass


def _is_rest(happening: Happening) -> bool:
    return isinstance(happening, Shown) and happening.signal in RESTING
