"""A station's start and stop, as events."""

from __future__ import annotations

from station import __version__
from station.decision import Decision, Shelf
from station.model import EventType, Fact
from station.session import State
from station.store.journal import Journal

STOPPED = f"shelfpost.{EventType.STOPPED}.v1"


def started(shelf: Shelf, journal: Journal) -> Decision:
    """`reason` says how the station had ended: never begun, stopped in order, or cut off."""
    last = journal.after(journal.head - 1, 1)
    reason = "first_start" if not last else "after_stop" if last[0].event["type"] == STOPPED else "after_cut"
    return _said(EventType.STARTED, shelf.station, reason)


def stopped(shelf: Shelf, reason: str) -> Decision:
    return _said(EventType.STOPPED, shelf.station, reason)


def _said(type_: EventType, station: str, reason: str) -> Decision:
    fact = Fact(type_, station, {"version": __version__, "reason": reason})
    return Decision(state=State(), record=(fact,))
