"""The log forgets who read what, at its time and not before; counts and places stay."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from msgspec import structs

from station import history
from station.events import Borrowed, Event, ExceptionRaised, Overdue, ReaderChanged, Returned
from station.model import Item, Loan, Moment, Policy, Reader, instant
from station.store import Store
from tests.stores import EPOCH, LIBRARY, START, SetClock, events, save, stock

DUE = "2026-12-08"


def on(days: float, *, trusted: bool = True) -> Moment:
    now = SetClock(trusted=trusted).now()
    return structs.replace(now, wall=START + timedelta(days=days))


def record(store: Store, *what: Event, now: Moment | None = None) -> None:
    with store.transaction():
        store.journal.write(what, 0, LIBRARY, now or on(0))


def confirm(store: Store, position: int) -> None:
    with store.transaction():
        store.journal.reach("sent", position)
        store.journal.reach("confirmed", position)


def readers(store: Store) -> list[Any]:
    """The reader of each event, oldest first."""
    return [each["data"].get("reader") for each in events(store)]


def borrowed(item: str = "BK-1", reader: str = "RD-1") -> Borrowed:
    return Borrowed(item=item, reader=reader, due=DUE)


def returned(item: str = "BK-1", reader: str = "RD-1") -> Returned:
    return Returned(item=item, reader=reader, overdue_days=0)


def lent(event: str, item: str = "BK-1", reader: str = "RD-1") -> Item:
    loan = Loan(reader=reader, since=instant(START), due=date(2026, 12, 8), event=event)
    return Item(id=item, loan=loan)


def test_finished_loan_loses_its_reader_thirty_days_after_it_was_confirmed(store: Store) -> None:
    stock(store, items=["BK-1"])
    record(store, borrowed(), returned())
    confirm(store, 2)
    assert [history.forget(store, on(day)) for day in (1, 30, 31)] == [0, 0, 2]
    assert readers(store) == ["erased", "erased"]
    assert [(each["id"], each["subject"]) for each in events(store)] == [
        (f"{EPOCH}-1", "BK-1"),
        (f"{EPOCH}-2", "BK-1"),
    ]


def test_open_loan_keeps_its_reader_until_it_is_over(store: Store) -> None:
    stock(store, items=[lent(f"{EPOCH}-1")])
    record(store, borrowed(), Overdue(item="BK-1", reader="RD-1", due=DUE))
    confirm(store, 2)
    assert [history.forget(store, on(day)) for day in (1, 32)] == [0, 0]
    save(store, Item(id="BK-1"))
    assert history.forget(store, on(33)) == 2


def test_loan_before_the_open_one_of_the_same_reader_is_over(store: Store) -> None:
    record_now = on(-1)
    stock(store, items=[lent(f"{EPOCH}-3")])
    record(store, borrowed(), returned(), now=record_now)
    record(store, borrowed())
    confirm(store, 3)
    history.forget(store, on(1))
    history.forget(store, on(40))
    assert readers(store) == ["erased", "erased", "RD-1"]


def test_what_nobody_has_confirmed_keeps_its_reader(store: Store) -> None:
    stock(store, items=["BK-1"])
    record(store, borrowed(), returned())
    confirm(store, 1)
    history.forget(store, on(1))
    history.forget(store, on(40))
    assert readers(store) == ["erased", "RD-1"]


def test_confirmation_of_later_events_does_not_hurry_them(store: Store) -> None:
    stock(store, items=["BK-1"])
    record(store, borrowed(), returned())
    confirm(store, 1)
    history.forget(store, on(1))
    confirm(store, 2)
    history.forget(store, on(20))
    history.forget(store, on(35))
    assert readers(store) == ["erased", "RD-1"]
    history.forget(store, on(50))
    assert readers(store) == ["erased", "erased"]


def test_any_event_loses_its_reader_after_history_days(store: Store) -> None:
    stock(store, policy=Policy(history_days=10))
    note = "RD-1 brought it back though nobody had it"
    record(store, borrowed(), ExceptionRaised(id="x", kind="odd", note=note, reader="RD-1"))
    record(store, borrowed(reader="RD-2"), now=on(1))
    assert history.forget(store, on(11)) == 2
    assert readers(store) == ["erased", "erased", "RD-2"]
    assert events(store)[1]["data"]["note"] == "erased brought it back though nobody had it"
    assert events(store)[1]["subject"] == "erased"


def test_what_the_broker_lacks_waits_for_it(store: Store) -> None:
    stock(store, policy=Policy(history_days=10))
    record(store, borrowed(), borrowed("BK-2"))
    with store.transaction():
        store.journal.reach("sent", 1)
    history.forget(store, on(100))
    assert readers(store) == ["erased", "RD-1"]


def test_clock_that_is_not_synchronised_forgets_nothing(store: Store) -> None:
    stock(store, policy=Policy(history_days=10))
    record(store, borrowed())
    assert history.forget(store, on(20_000, trusted=False)) == 0


def test_event_of_a_wrong_clock_is_as_old_as_the_next_that_is_right(store: Store) -> None:
    stock(store, policy=Policy(history_days=10))
    record(store, borrowed(), now=on(-20_000, trusted=False))
    record(store, borrowed("BK-2"))
    record(store, borrowed("BK-3"), now=on(-20_000, trusted=False))
    assert history.forget(store, on(9)) == 0
    assert history.forget(store, on(12)) == 2
    assert readers(store) == ["erased", "erased", "RD-1"]


def test_erased_reader_is_gone_from_every_log(store: Store) -> None:
    """Here the erasure came as a document from another station."""
    stock(store, readers=[Reader(id="RD-1", status="expired", extra={"erased": True})])
    record(store, borrowed(), borrowed("BK-2", "RD-2"), returned(), ReaderChanged(reader="RD-1"))
    assert [history.forget(store, on(0)) for _ in range(2)] == [2, 0]
    assert readers(store) == ["erased", "RD-2", "erased", "RD-1"]


def test_forgetting_goes_on_where_a_power_cut_has_ended_it(store: Store) -> None:
    stock(store, items=["BK-1"], policy=Policy(history_days=10))
    record(store, *[borrowed(f"BK-{each}") for each in range(history.BATCH * 2)])
    rewritten = history._rewrite(store, range(1, history.BATCH), history.without)
    assert rewritten + history.forget(store, on(20)) == history.BATCH * 2
    assert set(readers(store)) == {"erased"}


def test_round_in_which_nothing_is_to_be_forgotten_writes_nothing(store: Store) -> None:
    stock(store)
    record(store, borrowed())
    history.forget(store, on(1))
    assert store.journal.history() == {}
