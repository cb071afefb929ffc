"""Rhythm alone: when things come and go, whatever their colour or note, and whether two can be told apart."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from msgspec import Struct

Span = tuple[int, int]
"""From when to when something is on, in milliseconds."""

Beat = tuple[int, int]
"""How long something is on, and how long it is then off, in milliseconds."""

LONGER = 2.0
"""A length is heard as another one from twice the length on. Smaller steps are noticed when both are at
hand, but not recognised on their own: Morse code takes three times."""

LONGER_MS = 100
"""Short lengths have to differ by this much as well, or a quick blink is a blink like any other."""

COUNTED = 4
"""So many beats are counted without thinking; of more, only half as many again are noticed."""


FOR_EVER = 10**9
"""The length of what never ends, in milliseconds."""


class Rhythm(Struct, frozen=True):
    """The beats of a signal. Of a loop, one round; else the off time of the last beat means nothing."""

    beats: tuple[Beat, ...]
    loops: bool = False


def rhythm(spans: Iterable[Span], period: int | None) -> Rhythm:
    """The rhythm of what is on during any of `spans`; `period` is a loop's, in milliseconds."""
    joined = _joined(spans)
    if period is None:
        return Rhythm(_beats(joined))
    if joined == [(0, period)]:
        return Rhythm(((FOR_EVER, 0),), loops=True)
    if joined and joined[0][0] == 0 and joined[-1][1] == period:
        (_, end), *between, (start, _) = joined
        joined = [*between, (start, period + end)]
    again = [(start + period, end + period) for start, end in joined[:1]]
    return Rhythm(_beats(joined + again)[:-1], loops=True)


def _beats(spans: list[Span]) -> tuple[Beat, ...]:
    """Each span with the pause up to the next one; after the last one there is none."""
    starts = [start for start, _ in spans[1:]] + [end for _, end in spans[-1:]]
    return tuple((end - start, then - end) for (start, end), then in zip(spans, starts, strict=True))


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def alike(one: Rhythm, other: Rhythm) -> bool:
    """Whether somebody who knows both could take one for the other.

    They are told apart by a number of beats that is noticed, or by the first beat or pause that is heard
    as longer. A loop is met at any moment, so all its turns count, and as many rounds as the other lasts.
    """
    if not one.beats or not other.beats:
        return one.beats == other.beats
    if one.loops and other.loops:
        rounds = len(one.beats) * len(other.beats)
        mine = one.beats * len(other.beats)
        return any(_same(mine, turn, last=True) for turn in _turns(other, rounds))
    if other.loops:
        one, other = other, one
    if one.loops:
        return any(_same(turn, other.beats, last=False) for turn in _turns(one, len(other.beats)))
    return _same_number(len(one.beats), len(other.beats)) and _same(one.beats, other.beats, last=False)


def _turns(loop: Rhythm, length: int) -> list[tuple[Beat, ...]]:
    endless = loop.beats * (length // len(loop.beats) + 2)
    return [endless[first : first + length] for first in range(len(loop.beats))]


def _same(some: tuple[Beat, ...], others: tuple[Beat, ...], *, last: bool) -> bool:
    shared = min(len(some), len(others))
    ons = all(_same_length(some[n][0], others[n][0]) for n in range(shared))
    pauses = range(shared if last else shared - 1)
    return ons and all(_same_length(some[n][1], others[n][1]) for n in pauses)


def _same_number(one: int, other: int) -> bool:
    fewer, more = sorted((one, other))
    return fewer == more or (fewer >= COUNTED and more < fewer * 1.5)


def _same_length(one: int, other: int) -> bool:
    shorter, longer = sorted((one, other))
    return longer < shorter * LONGER or longer - shorter < LONGER_MS


def in_words(sound: Rhythm) -> str:
    """A sound for those who read it: `beep beeep`, `beep … beep`, `10 × beep`, or nothing for silence."""
    words: list[str] = []
    for on, off in sound.beats:
        words += ["beep" if on < 200 else "beeep" if on < 800 else "beeeeep"] + ["…"] * (off >= 250)
    if words and words[-1] == "…":
        words.pop()
    runs = [(word, len(list(run))) for word, run in groupby(words)]
    return " ".join(f"{count} × {word}" if count > 4 else " ".join([word] * count) for word, count in runs)
