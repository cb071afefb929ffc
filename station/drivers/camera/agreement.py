"""Which readings of successive pictures are a scan. Pure: pictures' codes and times in, scans out.

A code is taken when both decoders have read it, in one picture or in two; a QR code, which only one of them
reads, in two. It is one scan for as long as it stays in view, and what belongs to it, beside it, is none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Protocol

from station.drivers.camera import QR, Box, Code
from station.drivers.camera.fitting import Fit, fit

DECODERS = 2
PICTURES = 2
WITHIN = 1.0
"""Seconds from one picture of a code to the next."""
GONE = 2.0
"""Seconds unseen after which a code that comes back is scanned again, if its place has changed: a hand
that passes over a book takes less."""
BESIDE = 0.5
"""Seconds for which a code that isn't read in every picture is counted as still there."""

AWAITED = WITHIN
"""Seconds for which what is taken waits for what may fit better. What the second decoder hasn't read by then
is perhaps a code that it spells differently, and never reads."""


class Scene(Protocol):
    """The picture in rough, to tell whether a place still looks as it did."""

    def part(self, box: Box) -> Any: ...

    def is_as(self, part: Any) -> bool: ...


class Track:
    """A code in view."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.by: frozenset[str] = frozenset()
        self.pictures = 0
        self.last = -math.inf
        self.awaited = math.inf
        """Since when something that is taken has waited for it."""
        self.part: Any = None
        self.is_done = False
        """It was scanned, or lay beside one that fits better: nothing more comes of it until it is gone."""

    @property
    def is_taken(self) -> bool:
        checks_itself = self.code.symbology == QR and self.pictures >= PICTURES
        return checks_itself or len(self.by) >= DECODERS

    @property
    def order(self) -> tuple[Fit, float]:
        """The least is the one that is meant: what fits best, then what is nearest to the middle."""
        x, y = self.code.box.middle
        return fit(self.code.text), math.hypot(x - 0.5, y - 0.5)


class Agreement:
    def __init__(self) -> None:
        self._tracks: dict[str, Track] = {}

    def has_done(self, text: str) -> bool:
        """Whether a code in view needs no second look."""
        return text in self._tracks and self._tracks[text].is_done

    def look(self, codes: Iterable[Code], now: float, scene: Scene) -> Code | None:
        """The code that is scanned with this picture, if one is. `now` is seconds, of any clock."""
        self._forget(now, scene)
        seen = [self._see(code, now, scene) for code in codes]
        self._drop_rivals(seen)
        self._pass_over([each for each in seen if each.is_taken])
        best = min(self._beside(now), key=lambda each: each.order, default=None)
        if best is None or best not in seen or best.is_done or _has_to_wait(best, seen, now):
            return None
        best.is_done = True
        return best.code

    def rest(self, now: float) -> None:
        """Nothing has changed up to `now`: what was in view still is."""
        for each in self._tracks.values():
            each.last = now

    def _see(self, code: Code, now: float, scene: Scene) -> Track:
        track = self._tracks.setdefault(code.text, Track(code))
        track.code, track.last, track.part = code, now, scene.part(code.box)
        track.by |= code.by
        track.pictures += 1
        return track

    def _drop_rivals(self, seen: list[Track]) -> None:
        """Two pictures with two texts in one place: one is misread, and the older one begins anew.

        Whatever is read there, it isn't waited for anew: misreadings may follow one another for ever.
        """
        for text, other in tuple(self._tracks.items()):
            rivals = [each for each in seen if each.code.box.holds(*other.code.box.middle)]
            if rivals and other not in seen and not other.is_taken:
                del self._tracks[text]
                for each in rivals:
                    each.awaited = min(each.awaited, other.awaited)

    def _pass_over(self, together: list[Track]) -> None:
        """What is in one picture with a better code belongs to it, and is no scan later."""
        best = min((fit(each.code.text) for each in together), default=None)
        for each in together:
            each.is_done |= fit(each.code.text) != best

    def _beside(self, now: float) -> list[Track]:
        return [each for each in self._tracks.values() if each.is_taken and now - each.last <= BESIDE]

    def _forget(self, now: float, scene: Scene) -> None:
        for text, each in tuple(self._tracks.items()):
            unseen = now - each.last
            is_stale = unseen > WITHIN and not each.is_taken
            if is_stale or (unseen >= GONE and not scene.is_as(each.part)):
                del self._tracks[text]


def _has_to_wait(best: Track, seen: Iterable[Track], now: float) -> bool:
    """Whether something that may fit better is in the picture, has yet to be read again, and may still be."""
    better = [each for each in seen if each.order[0] < best.order[0]]
    for each in better:
        each.awaited = min(each.awaited, now)
    return any(now - each.awaited < AWAITED for each in better)
