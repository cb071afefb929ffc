"""A report's figures: what counts, on which day, and what doesn't."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from station.events import Borrowed, Event, Renewed, Returned, Started, Stopped, Undone
from station.model import Incident, Item, Loan, Moment, Policy, Reader, Title
from station.report.figures import Day, Idle, Late, Lent, Report, Uptime
from station.report.gather import gather
from station.store import Store
from tests.report.log import Log
from tests.stores import save, stock

NOW = Moment(datetime(2026, 11, 24, 12, tzinfo=UTC), 0.0, True, "boot-1", UTC)
TODAY = date(2026, 11, 24)


@pytest.fixture
def log(store: Store) -> Log:
    return Log(store)


def made(log: Log, first: date = date(2026, 11, 22), last: date = TODAY, **options: Any) -> Report:
    return gather(log.store, log.events(), NOW, first, last, **{"idle_days": 30, "most": 10, **options})


def borrowed(item: str = "BK-1", reader: str = "RD-1", **more: Any) -> Borrowed:
    return Borrowed(item=item, reader=reader, due="2026-12-08", **more)


def on_loan(item: str, due: date, **more: Any) -> Item:
    return Item(id=item, loan=Loan(reader="RD-1", since="", due=due), **more)


def test_loans_returns_and_renewals_are_counted_by_day(log: Log) -> None:
    stock(log.store)
    log.at("2026-11-21 23:59", borrowed())
    log.at("2026-11-22 00:00", borrowed(), borrowed("BK-2"), Returned(item="BK-1", overdue_days=0))
    log.at("2026-11-24 11:00", Renewed(item="BK-2", reader="RD-1", due="2026-12-08", renewals=1))
    report = made(log)
    assert report.days == (
        Day(date(2026, 11, 22), borrowed=2, returned=1),
        Day(date(2026, 11, 23)),
        Day(TODAY, renewed=1),
    )
    assert [report.total(each) for each in ("borrowed", "returned", "renewed")] == [2, 1, 1]


def test_a_day_is_one_where_the_library_is(log: Log) -> None:
    stock(log.store, policy=Policy(timezone="Asia/Shanghai"))
    log.at("2026-11-22 16:30", borrowed())
    report = made(log)
    assert [(each.day, each.borrowed) for each in report.days if each.borrowed] == [(date(2026, 11, 23), 1)]
    assert report.hours[0][0] == 1  # Monday, half past midnight


def test_what_was_undone_has_not_happened(log: Log) -> None:
    stock(log.store, items=["BK-1"])
    log.at("2026-01-01 09:00", borrowed())
    (loan,) = log.at("2026-11-24 09:00", borrowed())
    log.at("2026-11-24 09:01", Undone(item="BK-1", undoes=loan, reader="RD-1"))
    report = made(log)
    assert (report.total("borrowed"), sum(map(sum, report.hours)), report.popular) == (0, 0, ())
    assert report.readers.active == 0
    assert report.idle == (Idle("BK-1", None, date(2026, 1, 1)),)


def test_undone_return_leaves_the_loan_counted(log: Log) -> None:
    stock(log.store)
    _, back = log.at("2026-11-24 09:00", borrowed(), Returned(item="BK-1", overdue_days=0))
    log.at("2026-11-24 09:01", Undone(item="BK-1", undoes=back))
    assert made(log).days[-1] == Day(TODAY, borrowed=1)


def test_popular_books_are_titles_and_not_copies(log: Log) -> None:
    items = [Item(id="BK-1", isbn="9787020002207"), Item(id="BK-2", isbn="9787020002207")]
    stock(log.store, items=[*items, Item(id="BK-3", title="小王子")])
    save(log.store, Title(isbn="9787020002207", title="红楼梦"))
    log.at("2026-11-24 09:00", borrowed("BK-3"), borrowed("BK-1", isbn="9787020002207"))
    log.at("2026-11-24 10:00", borrowed("BK-2", isbn="9787020002207"), borrowed("0-ATLAS"))
    assert made(log).popular == (
        Lent("9787020002207", "红楼梦", 2),
        Lent("0-ATLAS", None, 1),
        Lent("BK-3", "小王子", 1),
    )


def test_overdue_books_come_longest_first_and_are_all_counted(log: Log) -> None:
    late = [on_loan("BK-1", date(2026, 11, 23)), on_loan("BK-2", date(2026, 11, 3), title="活着")]
    stock(log.store, items=[*late, on_loan("BK-3", TODAY)])
    report = made(log, most=1)
    assert (report.overdue, report.late) == ((Late("BK-2", "活着", date(2026, 11, 3), 21),), 2)


def test_idle_books_are_on_the_shelf_and_were_not_lent_for_long(log: Log) -> None:
    away = [on_loan("BK-3", TODAY), Item(id="BK-4", status="lost"), Item(id="BK-7", status="reference")]
    stock(log.store, items=["BK-1", "BK-2", "BK-5", "BK-6", *away])
    log.at("2026-10-01 09:00", borrowed("BK-2"), borrowed("BK-6"))
    log.at("2026-10-24 09:00", borrowed("BK-1"))
    log.at("2026-10-25 09:00", borrowed("BK-6"))
    assert made(log).idle == (
        Idle("BK-5", None, None),
        Idle("BK-2", None, date(2026, 10, 1)),
        Idle("BK-1", None, date(2026, 10, 24)),
    )


def test_readers_are_counts_only(log: Log) -> None:
    staff = Reader(id="RD-9", kind="staff")
    stock(log.store, readers=["RD-1", "RD-2", Reader(id="RD-3", status="blocked"), staff])
    log.at("2026-11-24 09:00", borrowed(reader="RD-2"), *[borrowed() for _ in range(5)])
    log.at("2026-11-24 09:30", borrowed(reader="erased"))
    report = made(log)
    assert report.readers.by_status == {"active": 2, "blocked": 1}
    assert report.readers.active == 2
    assert report.readers.borrowing == {"1": 1, "2–4": 0, "5–9": 1, "10+": 0}
    assert "RD-" not in repr(report)


def test_stock_and_open_exceptions_are_counted(log: Log) -> None:
    stock(log.store, items=["BK-1", on_loan("BK-2", TODAY), Item(id="BK-3", status="lost")])
    resolved = Incident(id="y", kind="odd", note="", status="resolved")
    save(log.store, Incident(id="x", kind="odd", note=""), resolved)
    report = made(log)
    assert (report.stock.by_status, report.stock.on_loan, report.stock.titles) == (
        {"available": 2, "lost": 1},
        1,
        3,
    )
    assert report.exceptions == 1


def started(reason: str = "after_stop") -> Event:
    return Started(station="desk_1", version="0", reason=reason)


STOPPED = Stopped(station="desk_1", version="0", reason="sigterm")
HOUR = 3600


def test_uptime_counts_from_the_first_start(log: Log) -> None:
    stock(log.store)
    log.at("2026-11-23 12:00", started("first_start"))
    log.at("2026-11-23 18:00", STOPPED)
    log.at("2026-11-24 00:00", started())
    log.at("2026-11-24 06:00", STOPPED)
    uptime = made(log).uptime
    assert uptime == Uptime(running=12 * HOUR, of=24 * HOUR, starts=2, cuts=0)
    assert uptime.share == 0.5


def test_station_that_was_cut_off_ran_until_its_last_event(log: Log) -> None:
    stock(log.store)
    log.at("2026-11-24 00:00", started("first_start"))
    log.at("2026-11-24 03:00", borrowed())
    log.at("2026-11-24 10:00", started("after_cut"))
    log.at("2026-11-24 11:00", STOPPED)
    assert made(log).uptime == Uptime(running=4 * HOUR, of=12 * HOUR, starts=2, cuts=1)


def test_station_that_runs_is_up_until_now(log: Log) -> None:
    stock(log.store)
    log.at("2026-11-01 00:00", started("first_start"))
    log.store.journal.live("running")
    assert made(log).uptime == Uptime(running=60 * HOUR, of=60 * HOUR, starts=0, cuts=0)


def test_station_that_never_ran_has_no_share(log: Log) -> None:
    stock(log.store)
    assert made(log).uptime.share is None
