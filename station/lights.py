"""Light and sound over time: pure values that panels play, and that a simulator or a test can sample."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from math import inf

from msgspec import Struct, structs

from station.rhythms import Rhythm, Span, rhythm

Steps = tuple[int, ...]
"""Milliseconds on, off, on …; only the first may be 0, for what begins with a pause."""

TONE = "C6"
"""The note of a beep that names none: near where small buzzers are loud."""


class Lights(Struct, frozen=True):
    """What a panel shows at one moment. `buzzer` is the note that sounds, or None for silence."""

    green: bool = False
    amber: bool = False
    red: bool = False
    buzzer: str | None = None


DARK = Lights()


class Pattern(Struct, frozen=True, kw_only=True):
    """What lamps and buzzer do, again `every` milliseconds: `times` times, or for ever (None).

    No list is longer than `every`, and there are no tones, one, or one for each beep.
    """

    every: int
    times: int | None = 1
    green: Steps = ()
    amber: Steps = ()
    red: Steps = ()
    buzzer: Steps = ()
    tones: tuple[str, ...] = ()

    @property
    def duration(self) -> float:
        """Seconds until it is over; infinite for a loop."""
        return inf if self.times is None else self.times * self.every / 1000

    def state_at(self, t: float) -> Lights:
        """What it shows `t` seconds after its beginning; nothing when it is over."""
        if t >= self.duration:
            return DARK
        at = round(t * 1_000_000) % (self.every * 1000)
        green, amber, red = (_beat_at(steps, at) is not None for steps in (self.green, self.amber, self.red))
        return Lights(green, amber, red, self._tone(_beat_at(self.buzzer, at)))

    def _tone(self, beep: int | None) -> str | None:
        if beep is None:
            return None
        return self.tones[beep % len(self.tones)] if self.tones else TONE

    def silenced(self) -> Pattern:
        """The same for the eye, and nothing for the ear."""
        return structs.replace(self, buzzer=(), tones=())

    def changes(self) -> list[tuple[float, Lights]]:
        """When it shows something else, from 0 seconds to the end; of a loop, in its first round."""
        changes: list[tuple[float, Lights]] = []
        for t in self._edges():
            shown = self.state_at(t)
            if not changes or shown != changes[-1][1]:
                changes.append((t, shown))
        return changes

    def _edges(self) -> list[float]:
        lists = (self.green, self.amber, self.red, self.buzzer)
        once = {0, *(edge for steps in lists for edge in accumulate(steps) if edge < self.every)}
        rounds = range(self.times or 1)
        edges = sorted(turn * self.every + edge for turn in rounds for edge in once)
        return [edge / 1000 for edge in edges] + ([] if self.times is None else [self.duration])

    def next_change(self, t: float) -> float:
        """When, after `t`, something has to be done, the end of the pattern included; infinite if never."""
        times = [time for time, _ in self.changes()]
        if self.times is not None:
            return next((time for time in times if _later(time, t)), self.duration)
        if self.state_at(0) == self.changes()[-1][1]:
            times = times[1:]
        rounds = round(t * 1_000_000) // (self.every * 1000)
        coming = ((rounds + more) * self.every / 1000 + time for more in (0, 1) for time in times)
        return next((time for time in coming if _later(time, t)), inf)

    def lamps(self) -> Rhythm:
        """Its rhythm to the eye, with all colours one."""
        return rhythm(self._spans(self.green, self.amber, self.red), self._period)

    def sound(self) -> Rhythm:
        """Its rhythm to the ear, with all notes one."""
        return rhythm(self._spans(self.buzzer), self._period)

    @property
    def _period(self) -> int | None:
        return self.every if self.times is None else None

    def _spans(self, *lists: Steps) -> Iterator[Span]:
        for turn in range(self.times or 1):
            for steps in lists:
                edges = [turn * self.every + edge for edge in (0, *accumulate(steps))]
                yield from ((a, b) for a, b in zip(edges[0::2], edges[1::2], strict=False) if a < b)


def _beat_at(steps: Steps, at: int) -> int | None:
    """Which on of `steps`, from 0, the microsecond `at` falls into, if any."""
    ends = [end * 1000 for end in accumulate(steps)]
    step = next((n for n, end in enumerate(ends) if at < end), None)
    if step is None or step % 2:
        return None
    return step // 2 - (steps[0] == 0)


def _later(time: float, t: float) -> bool:
    """Times are sums of floats; what differs by less than a microsecond is the same moment."""
    return time - t > 0.000_000_5
