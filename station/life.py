"""A station's start and stop, as events."""

from __future__ import annotations

from station import __version__
from station.decision import Decision, Shelf
from station.events import Started, Stopped
from station.session import State
from station.store.journal import Journal

AFTER = {None: "first_start", "stopped": "after_stop", "running": "after_cut", "restored": "after_restore"}
"""How the station had ended, by what it had said last: never begun, stopped in order, or cut off.

In a backup the station of its time mostly still runs; after a restore it was not cut off all the same."""


def started(shelf: Shelf, journal: Journal) -> Decision:
    event = Started(station=shelf.station, version=__version__, reason=AFTER[journal.life()])
    journal.live("running")
    return Decision(state=State(), record=(event,))


def stopped(shelf: Shelf, journal: Journal, reason: str) -> Decision:
    journal.live("stopped")
    event = Stopped(station=shelf.station, version=__version__, reason=reason)
    return Decision(state=State(), record=(event,))
