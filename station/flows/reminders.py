"""Due soon and overdue: an event for each loan on the right day, so that central can remind its reader."""

from __future__ import annotations

from datetime import date, timedelta

from station.decision import Decision, Draft
from station.events import DueSoon, Overdue
from station.model import Item, Moment

SOON_DAYS = 2
"""How many days before its due day a loan is due soon."""
FARTHEST_GUESS = 31
"""Days that a clock which is not synchronised may have gone on and still be believed."""

ZONES_APART = 2
"""Days that go back where a library's time zone is changed, at most: what was said is not said again."""


def remind(draft: Draft, since: date, day: date) -> Decision:
    """What fell due in the days after `since` up to `day`: once each, also after a week without power.

    A loan is overdue from the day after its due day. The station that lent it speaks for it.
    """
    for passed in range(1, (day - since).days + 1):
        on = since + timedelta(days=passed)
        for item in _mine(draft, on - timedelta(days=1)):
            draft.record(Overdue(item=item.id, reader=_reader(item), due=_due(item)))
        soon = on + timedelta(days=SOON_DAYS)
        for item in _mine(draft, soon) if soon >= day else ():
            draft.record(DueSoon(item=item.id, reader=_reader(item), due=_due(item)))
    return draft.decide(None)


def is_believable(since: date, day: date, now: Moment) -> bool:
    """Whether the days between really have passed: a clock that was never set may say anything."""
    return day > since and (now.trusted or (day - since).days <= FARTHEST_GUESS)


def is_impossible(since: date, day: date, now: Moment) -> bool:
    """Whether the look at `since` was by a wrong clock, as a synchronised one shows on `day`."""
    return now.trusted and (since - day).days > ZONES_APART


def _mine(draft: Draft, due: date) -> list[Item]:
    found = draft.shelf.loans_due(due)
    return [each for each in found if each.loan and each.loan.station == draft.shelf.station]


def _reader(item: Item) -> str:
    return item.loan.reader if item.loan else ""


def _due(item: Item) -> str:
    return item.loan.due.isoformat() if item.loan else ""
