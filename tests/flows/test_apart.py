"""What staff hears of when stations that were apart, a clock or an outbox have gone their own ways."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec import structs

from station import calendar
from station.decision import Draft
from station.desk import Desk
from station.events import Borrowed
from station.flows import backlog
from station.flows.advice import ADVICE, advice
from station.flows.clock import ClockWatch, Jump
from station.model import Incident, Item, Loan, Moment, Policy, Reader, instant
from station.replica import Replica
from station.session import State
from station.store import Store
from station.store.stamps import following
from tests.stores import LIBRARY, START, SetClock, events, save, stock

NOW = SetClock().now()


def incidents(store: Store) -> list[tuple[str, str]]:
    return [(each.kind, each.status) for each in store.shelf.all(Incident)]


class Station:
    """A desk that hears of other stations."""

    def __init__(self, store: Store, **policy: Any) -> None:
        stock(store, readers=["RD-1"], items=["BK-1", "BK-2", "BK-3"], policy=Policy(**policy))
        self.store, self.clock = store, SetClock()
        self.desk = Desk(store)
        self.replica = Replica(store, left=self.desk.left)

    def scan(self, *texts: str) -> list[str]:
        return [self.desk.scan("s", each, self.clock.step(2))[-1].signal for each in texts]

    def hears_of_a_loan(self, item: str, minutes: float) -> list[tuple[str, str]]:
        """Another station lent the book so many minutes after the start; it comes twice."""
        mine = self.store.shelf.item(item)
        assert mine
        since = instant(START + timedelta(minutes=minutes))
        loan = Loan(reader="RD-1", since=since, due=date(2026, 12, 8), station="desk_2", event=f"e-{item}")
        stamp = following(mine.stamp, START, "desk_2")
        known = {"stamp": stamp, "stamps": (stamp, *mine.stamps), "loanstamp": stamp}
        for _ in range(2):
            self.replica.received(structs.replace(mine, loan=loan, **known), self.clock.now())
        return incidents(self.store)

    def waits(self, seconds: float) -> None:
        self.desk.tick(self.clock.step(seconds))


@pytest.fixture
def station(store: Store) -> Station:
    return Station(store, max_loans=1)


def test_book_that_was_left_here_while_it_was_lent_elsewhere(station: Station) -> None:
    assert station.scan("BK-1") == ["card_first"]
    station.waits(21)
    assert station.hears_of_a_loan("BK-1", -5) == [("returned_unseen", "open")]
    assert len(events(station.store)) == 1


def test_each_of_a_pile_of_books_was_left(station: Station) -> None:
    station.scan("BK-1", "BK-2")
    station.hears_of_a_loan("BK-1", -5)
    assert incidents(station.store) == [("returned_unseen", "open")]


@pytest.mark.parametrize("minutes", [5, 0.5])
def test_book_that_was_lent_elsewhere_after_it_was_scanned_here_was_not_left(
    station: Station, minutes: float
) -> None:
    station.scan("BK-1")
    station.waits(21)
    assert station.hears_of_a_loan("BK-1", minutes) == []


def test_book_whose_card_came_was_not_left(station: Station) -> None:
    assert station.scan("BK-1", "RD-1") == ["card_first", "borrowed"]
    assert station.desk.left("BK-1") is None


def test_limit_that_two_stations_passed_together(station: Station) -> None:
    station.scan("RD-1", "BK-1")
    assert station.hears_of_a_loan("BK-2", 5) == [("limit_passed", "open")]


def test_limit_passed_by_a_book_with_the_longest_of_names(store: Store) -> None:
    """An exception's id has no more letters than a book's."""
    name = "B" * 512
    station = Station(store, max_loans=1)
    save(store, Item(id=name))
    station.scan("RD-1", "BK-1")
    assert station.hears_of_a_loan(name, 5) == [("limit_passed", "open")]


def test_limit_is_told_by_the_station_that_lent_first(station: Station) -> None:
    station.scan("RD-1", "BK-1")
    assert station.hears_of_a_loan("BK-2", -5) == []


def test_limit_that_is_kept_is_no_exception(store: Store) -> None:
    station = Station(store, max_loans=2)
    station.scan("RD-1", "BK-1")
    assert station.hears_of_a_loan("BK-2", 5) == []


def test_readers_own_limit_counts(store: Store) -> None:
    station = Station(store, max_loans=1)
    save(store, Reader(id="RD-1", limit=2))
    station.scan("RD-1", "BK-1")
    assert station.hears_of_a_loan("BK-2", 5) == []
    assert station.hears_of_a_loan("BK-3", 6) == [("limit_passed", "open")]


def moment(hours: float = 0.0, wall: timedelta = timedelta(0), **more: Any) -> Moment:
    at = structs.replace(NOW, wall=START + timedelta(hours=hours) + wall, mono=NOW.mono + hours * 3600)
    return structs.replace(at, **more)


@pytest.mark.parametrize(
    ("then", "now", "jump"),
    [
        (moment(), moment(30), None),
        (moment(), moment(1, timedelta(hours=11)), None),
        (moment(), moment(1, timedelta(hours=13)), Jump(moment(1).wall, moment(14).wall, False)),
        (moment(), moment(1, timedelta(days=-9)), Jump(moment(1).wall, moment(-215).wall, False)),
        (moment(), moment(1, timedelta(days=-9), boot="another"), None),
        (
            moment(trusted=False),
            moment(0, timedelta(days=2)),
            Jump(moment().wall, moment(48).wall, True),
        ),
    ],
)
def test_clock_that_jumps_is_noticed(then: Moment, now: Moment, jump: Jump | None) -> None:
    watch, first = ClockWatch().look(then)
    assert (first, watch.look(now)[1]) == (None, jump)


def borrow(store: Store, item: str, now: Moment) -> None:
    with store.transaction():
        store.journal.write([Borrowed(item=item, reader="RD-1", due="2026-12-08")], 0, LIBRARY, now)


def test_books_lent_by_a_clock_that_was_corrected_are_named(store: Store) -> None:
    stock(store)
    for item, trusted, boot in (("BK-1", False, "boot-1"), ("BK-2", True, "boot-1"), ("BK-3", False, "x")):
        borrow(store, item, moment(trusted=trusted, boot=boot))
    calendar.jumped(store, Jump(START - timedelta(days=2), START, True), NOW)
    (found,) = store.shelf.all(Incident)
    assert found.note == (
        "the clock jumped from 2026-11-22 09:00 to 2026-11-24 09:00 UTC; lent by the wrong clock: BK-1"
    )


def test_start_without_a_battery_clock_is_no_exception(store: Store) -> None:
    stock(store)
    calendar.jumped(store, Jump(START - timedelta(days=2), START, True), NOW)
    assert incidents(store) == []


def test_desk_tells_of_a_clock_that_was_set(station: Station) -> None:
    station.waits(1)
    station.clock.moment = structs.replace(station.clock.moment, wall=START + timedelta(days=3))
    station.waits(1)
    station.waits(1)
    assert incidents(station.store) == [("clock_jumped", "open")]


def look(
    store: Store, hours: float | None, now: Moment = NOW, *, trusted: bool = True
) -> list[tuple[str, str]]:
    """With an event that the broker lacks, so many hours old."""
    time = instant(START - timedelta(hours=hours or 0))
    oldest = None if hours is None else {"time": time, "clocktrusted": trusted}
    store.decide(lambda shelf: backlog.look(Draft(State(), shelf, now), oldest), now)
    return incidents(store)


def test_outbox_that_grows_old_is_told_once_and_ends_by_itself(store: Store) -> None:
    stock(store)
    assert look(store, 23) == []
    assert [look(store, 24), look(store, 30)] == [[("outbox_old", "open")]] * 2
    assert [look(store, None), look(store, 1)] == [[("outbox_old", "resolved")]] * 2
    assert look(store, 25) == [("outbox_old", "open")]
    told = [each["type"].split(".")[2] for each in events(store)]
    assert told == ["raised", "resolved", "raised"]


def test_wrong_clock_makes_no_outbox_old(store: Store) -> None:
    stock(store)
    assert look(store, 9999, structs.replace(NOW, trusted=False)) == []
    assert look(store, 9999, trusted=False) == []


def test_every_kind_says_what_to_do() -> None:
    at_the_shelf = {"handed_over", "lost_and_found", "withdrawn_returned", "copy_unclear"}
    apart = {"returned_unseen", "limit_passed", "conflict", "title_unknown", "clock_jumped", "outbox_old"}
    assert at_the_shelf | apart == set(ADVICE)
    assert advice("what comes later") == "see the note"
