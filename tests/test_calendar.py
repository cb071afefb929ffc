"""The due dates are looked through each day, also after a day on which the clock was wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from station import calendar
from station.model import Item, Loan, Moment, Policy
from station.store import Store
from tests.stores import STATION, SetClock, events, stock

NOW = SetClock().now()
TODAY = NOW.wall.date()


def reminded(store: Store) -> list[str]:
    return [each["type"].split(".")[2] for each in events(store)]


def lent(store: Store, due: date) -> None:
    loan = Loan(reader="RD-1", since="", due=due, station=STATION)
    stock(store, readers=["RD-1"], items=[Item(id="BK-1", loan=loan)])


def later(days: int) -> Moment:
    return SetClock(NOW.wall + timedelta(days=days)).now()


def test_first_start_under_a_clock_years_ahead_silences_no_reminder(store: Store) -> None:
    lent(store, TODAY + timedelta(days=2))
    calendar.look(store, SetClock(datetime(2036, 2, 7, tzinfo=UTC), trusted=False).now())
    for days in range(4):
        calendar.look(store, later(days))
    assert reminded(store) == ["overdue"]


def test_reminders_of_a_station_whose_clock_is_never_synchronised(store: Store) -> None:
    lent(store, TODAY)
    for days in range(3):
        calendar.look(store, SetClock(NOW.wall + timedelta(days=days), trusted=False).now())
    assert reminded(store) == ["overdue"]


def test_clock_that_is_not_synchronised_takes_no_look_back(store: Store) -> None:
    lent(store, TODAY)
    calendar.look(store, NOW)
    calendar.look(store, SetClock(datetime(1970, 1, 1, tzinfo=UTC), trusted=False).now())
    assert store.journal.reminded() == TODAY


def test_what_was_said_is_not_said_again_where_the_time_zone_moves_a_day_back(store: Store) -> None:
    lent(store, TODAY - timedelta(days=1))
    calendar.look(store, later(-1))
    for days in (0, -1, 0):
        calendar.look(store, later(days))
    assert reminded(store) == ["overdue"]


@pytest.mark.parametrize("zone", ["Nope/Nowhere", "../../etc/passwd", "Europe", "a" * 300, "\0"])
def test_days_are_the_stations_own_where_the_librarys_zone_is_not_known(store: Store, zone: str) -> None:
    stock(store, policy=Policy(timezone=zone))
    assert calendar.look(store, NOW) <= calendar.LONGEST
    assert store.journal.reminded() == TODAY
