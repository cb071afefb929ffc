"""`python -m tests.walk.later WORDS…` is the command `station` under a clock of the walk's own.

Nothing else of the program is another: the wall clock is moved on by SHELFPOST_WALK_AHEAD seconds and called
synchronised, so that a whole month is walked through in a few seconds, with the days that the page shows.
"""

from __future__ import annotations

import os
from datetime import timedelta

from msgspec import structs

from station.__main__ import main
from station.drivers.clock import SystemClock
from station.model import Moment

AHEAD = "SHELFPOST_WALK_AHEAD"


def run() -> None:
    ahead = timedelta(seconds=float(os.environ[AHEAD]))
    real = SystemClock.now

    def now(self: SystemClock) -> Moment:
        moment = real(self)
        return structs.replace(moment, wall=moment.wall + ahead, trusted=True)

    SystemClock.now = now  # type: ignore[method-assign]
    main()


if __name__ == "__main__":
    run()
