"""A card that is blocked while its PIN is awaited."""

from __future__ import annotations

from msgspec import structs

from station import pins
from station.desk import Desk
from station.model import Policy, Reader
from station.signals import Reason, Signal
from station.store import Store
from tests.stores import SetClock, save, stock


def test_card_that_is_blocked_while_its_pin_is_typed_opens_no_session(store: Store) -> None:
    reader = Reader(id="RD-1", pin=pins.hashed("1234", store.journal.secret()))
    stock(store, readers=[reader], policy=Policy(reader_pin="required"))
    desk, clock = Desk(store), SetClock()
    assert desk.scan("s", "RD-1", clock.step(2))[-1].signal is Signal.PIN
    save(store, structs.replace(reader, status="blocked"))
    shown = desk.scan("s", "1234", clock.step(2))[-1]
    assert (shown.signal, shown.reason, desk.state.session) == (
        Signal.REFUSED,
        Reason.READER_BLOCKED,
        None,
    )
