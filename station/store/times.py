"""The times of events that were recorded before the clock was right.

A Pi has no battery clock: it comes up in the past. An event has the monotonic time and the boot beside the
wall time, so that one recorded under an unsynchronised clock gets its right time later in the same boot.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec import structs

from station.model import Moment, instant
from station.store.journal import Stored


def corrected(stored: Stored, now: Moment) -> Stored:
    """The event with the time that a clock right by `now` would have shown; else as it is.

    `clocktrusted` stays false: the due date in the event was given under the wrong clock.
    """
    event = stored.event
    if event["clocktrusted"] or not now.trusted or event["bootid"] != now.boot:
        return stored
    ago = timedelta(seconds=now.mono - float(event["monotonic"]))
    return structs.replace(stored, event={**event, "time": instant(now.wall - ago)})
