"""A staff card that is blocked elsewhere while its session is open here."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import structs

from station.desk import Desk
from station.flows.observed import CENTRAL
from station.flows.orders import Block
from station.model import Item, Reader
from station.orders import Orders
from station.replica import Replica
from station.signals import Reason, Shown, Signal
from station.store import Store
from tests.stores import SetClock, stock

STAFF = Reader(id="RD-9000", kind="staff")


def by_order(store: Store, clock: SetClock) -> None:
    Orders(store, clock, lambda _: None).carry_out(Block(id="1", reader=STAFF.id))


def by_document(store: Store, clock: SetClock) -> None:
    held = store.shelf.reader(STAFF.id)
    assert held
    stamp = f"{int(clock.now().wall.timestamp() * 1000) + 5000:013d}-0000-{CENTRAL}"
    blocked = structs.replace(
        held, status="blocked", stamp=stamp, parent=held.stamp, stamps=(stamp, *held.stamps)
    )
    Replica(store).received(blocked, clock.now())


@pytest.mark.parametrize("block", [by_order, by_document])
def test_staff_who_is_blocked_from_afar_commands_nothing_more(
    store: Store, block: Callable[[Store, SetClock], None]
) -> None:
    stock(store, readers=[STAFF], items=["BK-1"])
    desk, clock = Desk(store), SetClock()

    def scan(text: str) -> list[tuple[Signal, Reason | None]]:
        return said(desk.scan("s", text, clock.step(2)))

    assert scan("RD-9000") == [(Signal.STAFF, None)]
    block(store, clock)
    assert scan("CMD-WITHDRAW") == [(Signal.REFUSED, Reason.READER_BLOCKED)]
    assert scan("CMD-WITHDRAW") == [(Signal.REFUSED, Reason.NOT_STAFF)]


def test_what_ends_the_session_is_said_before_the_answer_to_the_reader(store: Store) -> None:
    stock(store, readers=[STAFF, "RD-1"], items=[Item(id="BK-1")])
    desk, clock = Desk(store), SetClock()
    desk.scan("s", "RD-9000", clock.step(2))
    by_order(store, clock)
    shown = desk.scan("s", "RD-1", clock.step(2))
    assert said(shown) == [(Signal.REFUSED, Reason.READER_BLOCKED), (Signal.WELCOME, None)]
    assert [each.reader for each in shown] == ["RD-9000", "RD-1"]
    assert desk.state.staff is None


def said(shown: list[Shown]) -> list[tuple[Signal, Reason | None]]:
    return [(each.signal, each.reason) for each in shown]
