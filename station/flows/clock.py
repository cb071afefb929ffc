"""A clock that jumps: due dates that were given by the wrong one are for staff to look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct, structs

from station.decision import Decision, Draft
from station.model import Moment

SMALLEST = timedelta(hours=12)
"""A jump that is shorter moves no due date by more than a day."""
MOST_NAMED = 20


class Jump(Struct, frozen=True):
    """From what the clock would have shown to what it shows. `corrected`: it was synchronised just now."""

    before: datetime
    after: datetime
    corrected: bool


class ClockWatch(Struct, frozen=True):
    """The last look at the clock; wall and monotonic time go together as long as nobody sets the clock."""

    seen: Moment | None = None

    def look(self, now: Moment) -> tuple[ClockWatch, Jump | None]:
        """The next watch, and the jump since the last look, if there was one within this boot."""
        fresh = structs.replace(self, seen=now)
        if self.seen is None or self.seen.boot != now.boot:
            return fresh, None
        expected = self.seen.wall + timedelta(seconds=now.mono - self.seen.mono)
        if abs(now.wall - expected) < SMALLEST:
            return fresh, None
        return fresh, Jump(expected, now.wall, now.trusted and not self.seen.trusted)


def jumped(draft: Draft, jump: Jump, provisional: Sequence[str]) -> Decision:
    """`provisional`: books that were lent under the clock that has been corrected.

    A Pi without a battery clock is corrected at each start: that alone is nothing to look at.
    """
    if not jump.corrected or provisional:
        note = f"the clock jumped from {jump.before:%Y-%m-%d %H:%M} to {jump.after:%Y-%m-%d %H:%M} UTC"
        if provisional:
            named = ", ".join(provisional[:MOST_NAMED])
            more = len(provisional) - MOST_NAMED
            note += f"; lent by the wrong clock: {named}" + (f" and {more} more" if more > 0 else "")
        draft.raise_incident("clock_jumped", note)
    return draft.decide(None)
