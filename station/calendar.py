"""The days as a station sees them pass: on each new one the due dates are looked through."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from station.decision import Decision, Draft
from station.events import LENDING
from station.flows import clock, reminders
from station.flows.clock import Jump
from station.model import Moment, Policy
from station.session import State
from station.store import Store
from station.store.shelf import StoredShelf

LOOKED_BACK = 2000
LONGEST = 3600.0
"""Seconds between two looks at most: the clock may have been set, or the library's time zone changed."""


def look(store: Store, now: Moment) -> float:
    """Record what has fallen due since the last look. Returns the seconds until the next."""
    library = store.shelf.library()
    if library is None:
        return LONGEST
    _take_back(store, library.policy.day(now), now)
    if _is_new_day(store, library.policy, now):
        store.decide(lambda shelf: _remind(store, shelf, now), now)
    return _until_midnight(library.policy, now)


def jumped(store: Store, jump: Jump, now: Moment) -> None:
    """Tell staff of a clock that was set. Raises StoreError."""
    if store.shelf.library() is not None:
        lent = _lent_by_the_wrong_clock(store, now) if jump.corrected else []
        store.decide(lambda shelf: clock.jumped(Draft(State(), shelf, now), jump, lent), now)


def _lent_by_the_wrong_clock(store: Store, now: Moment) -> list[str]:
    """The books of this boot's loans and renewals, as far back as a day of a busy library goes."""
    lent = (each.event for each in store.journal.latest(LOOKED_BACK) if each.event["type"] in LENDING)
    found = [each for each in lent if not each["clocktrusted"]]
    return list(dict.fromkeys(each["data"]["item"] for each in found if each["bootid"] == now.boot))


def _is_new_day(store: Store, policy: Policy, now: Moment) -> bool:
    since = store.journal.reminded()
    return since is None or reminders.is_believable(since, policy.day(now), now)


def _take_back(store: Store, day: date, now: Moment) -> None:
    """A look that a wrong clock had in the future would silence all reminders until then."""
    since = store.journal.reminded()
    if since and reminders.is_impossible(since, day, now):
        with store.transaction():
            store.journal.remind_from(day)


def _remind(store: Store, shelf: StoredShelf, now: Moment) -> Decision:
    day = shelf.policy.day(now)
    since = store.journal.reminded() or day
    store.journal.remind_from(day)
    return reminders.remind(Draft(State(), shelf, now), since, day)


def _until_midnight(policy: Policy, now: Moment) -> float:
    zone = policy.zone(now)
    here = now.wall.astimezone(zone)
    midnight = datetime.combine(here.date() + timedelta(days=1), time(), tzinfo=here.tzinfo)
    return min(LONGEST, max(1.0, (midnight - here).total_seconds()))
