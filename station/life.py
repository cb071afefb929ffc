"""A station's start and stop, as events."""

from __future__ import annotations

from station import __version__
from station.decision import Decision, Shelf
from station.events import Started, Stopped
from station.model import Moment
from station.session import State
from station.store.journal import Journal

AFTER = {None: "first_start", "stopped": "after_stop", "running": "after_cut", "restored": "after_restore"}
"""How the station had ended, by what it had said last: never begun, stopped in order, or cut off.

In a backup the station of its time mostly still runs; after a restore it was not cut off all the same."""


def started(shelf: Shelf, journal: Journal, now: Moment, board: str | None = None) -> Decision:
    """On another computer than before, the store may be a copy of one that runs on elsewhere: under an epoch
    of its own, no event of it is taken for another's. None: which computer this is can't be said.
    """
    if board and journal.board() not in (None, board):
        journal.begin_epoch(now)
    if board:
        journal.belong_to(board)
    event = Started(station=shelf.station, version=__version__, reason=AFTER[journal.life()])
    journal.live("running")
    return Decision(state=State(), record=(event,))


def stopped(shelf: Shelf, journal: Journal, reason: str) -> Decision:
    journal.live("stopped")
    event = Stopped(station=shelf.station, version=__version__, reason=reason)
    return Decision(state=State(), record=(event,))
