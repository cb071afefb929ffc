"""What staff orders from afar: done as at the shelf, answered, and done once."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from msgspec import structs

from station.commands import COMMANDS
from station.decision import Act
from station.flows import orders
from station.flows.orders import Order
from station.model import Incident, Item, Loan, Policy, Reader
from station.orders import KEPT, Orders
from station.store import Store
from tests.stores import SetClock, events, save, stock

LOAN = Loan(reader="RD-1", since="", due=date(2026, 12, 1))


class Central:
    """Gives orders to a station, and hears what it is to do itself."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.acts: list[Act] = []
        self.orders = Orders(store, SetClock(), self.acts.append)
        self.count = 0

    def __call__(self, order: type[Order], **fields: Any) -> str:
        """The signal of the answer, with its reason, and a mark where it is not done."""
        self.count += 1
        answer = self.orders.carry_out(order(**{"id": f"c-{self.count}", **fields}))
        said = answer.get("signal", answer.get("error"))
        words = [said, answer.get("reason"), None if answer["ok"] else "no"]
        return " ".join(each for each in words if each)

    def types(self) -> list[str]:
        return [each["type"].removeprefix("shelfpost.").removesuffix(".v1") for each in events(self.store)]


@pytest.fixture
def central(store: Store) -> Central:
    readers = [Reader(id="RD-1"), Reader(id="RD-2", status="applied"), Reader(id="RD-9", kind="staff")]
    copies = [Item(id="BK-1"), Item(id="BK-2", loan=LOAN), Item(id="BK-3", status="reference")]
    stock(store, readers=readers, items=copies)
    save(store, Incident(id="x-1", kind="odd", note="what happened", item="BK-1"))
    return Central(store)


def test_readers_are_reviewed(central: Central) -> None:
    said = [
        central(orders.Admit, reader="RD-2"),
        central(orders.Admit, reader="RD-7"),
        central(orders.Block, reader="RD-1"),
        central(orders.Unblock, reader="RD-1"),
        central(orders.Reject, reader="RD-8"),
        central(orders.Reject, reader="RD-1"),
        central(orders.Admit, reader="BK-1"),
        central(orders.Admit, reader=" RD-6\n"),
    ]
    refused = ["unknown no", "refused wrong_kind no", "refused wrong_kind no", "unknown no"]
    assert said == ["admitted", "admitted", "done_ok", "done_ok", *refused]
    changes = ["reader.applied", "reader.admitted", "reader.blocked", "reader.unblocked"]
    assert central.types() == ["reader.admitted", *changes]


def test_stock_is_kept(central: Central) -> None:
    said = [
        central(orders.Add, item="BK-7", isbn="978-7-02-000220-7", title="红楼梦", location="A1"),
        central(orders.Add, item="BK-7"),
        central(orders.Add, item="RD-1"),
        central(orders.Add, item="BK-8", isbn="978-7-02-000220-8"),
        central(orders.Add, item="BK-9\u200b"),
        central(orders.Lost, item="BK-7"),
        central(orders.Found, item="BK-7"),
        central(orders.Withdraw, item="BK-7"),
        central(orders.Lost, item="BK-0"),
    ]
    wrong = ["refused wrong_kind no", "refused wrong_kind no", "unknown no", "unknown no"]
    assert said == ["added", *wrong, "done_ok", "done_ok", "done_ok", "unknown no"]
    assert central.types() == ["item.added", "item.lost", "item.found", "item.withdrawn"]
    item = central.store.shelf.item("BK-7")
    assert item and (item.isbn, item.title, item.location) == ("9787020002207", "红楼梦", "A1")


def test_contact_is_the_number_of_nothing(central: Central) -> None:
    card = "MECARD:N:曹,雪芹;;"
    said = [central(orders.Admit, reader=card), central(orders.Add, item=card)]
    assert said == ["unknown no", "unknown no"]


def test_books_are_lent_renewed_and_taken_back_for_a_reader(central: Central) -> None:
    said = [
        central(orders.Lend, item="BK-1", reader="RD-1", staff="RD-9"),
        central(orders.Lend, item="BK-1", reader="RD-1"),
        central(orders.Renew, item="BK-1"),
        central(orders.Renew, item="BK-1"),
        central(orders.Return, item="BK-1"),
        central(orders.Return, item="BK-1"),
        central(orders.Renew, item="BK-1"),
    ]
    late = ["refused renewal_limit no", "returned", "refused not_on_loan no", "refused not_on_loan no"]
    assert said == ["borrowed", "borrowed", "renewed", *late]
    assert central.types() == ["loan.borrowed", "loan.renewed", "loan.returned"]
    assert [each["data"].get("staff") for each in events(central.store)] == ["RD-9", None, None]


def test_renewals_are_counted_as_far_as_a_document_can(store: Store) -> None:
    item = Item(id="BK-2", loan=structs.replace(LOAN, reader="RD-1", renewals=100_000))
    stock(store, readers=["RD-1"], items=[item], policy=Policy())
    central = Central(store)
    assert central(orders.Renew, item="BK-2", override=True) == "renewed"
    found = store.shelf.item("BK-2")
    assert found and found.loan and found.loan.renewals == 100_000


def test_refusals_hold_from_afar_and_can_be_overridden(central: Central) -> None:
    said = [
        central(orders.Lend, item="BK-3", reader="RD-1"),
        central(orders.Lend, item="BK-3", reader="RD-1", override=True),
        central(orders.Lend, item="BK-1", reader="RD-2"),
        central(orders.Lend, item="BK-1", reader="RD-9"),
        central(orders.Lend, item="BK-1", reader="RD-0"),
        central(orders.Lend, item="BK-0", reader="RD-1"),
    ]
    assert said[:2] == ["refused reference_only no", "borrowed"]
    assert said[2:] == ["pending no", "refused wrong_kind no", "unknown no", "unknown no"]
    assert [each["data"]["override"] for each in events(central.store)] == ["reference_only"]


def test_handed_over_book_is_an_exception_from_afar_too(store: Store) -> None:
    stock(store, readers=["RD-1", "RD-2"], items=[Item(id="BK-2", loan=LOAN)], policy=Policy())
    central = Central(store)
    assert central(orders.Lend, item="BK-2", reader="RD-2") == "borrowed"
    assert central.types() == ["loan.returned", "loan.borrowed", "exception.raised"]


def test_exception_is_resolved_once(central: Central) -> None:
    said = [central(orders.Resolve, exception="x-1", note="done"), central(orders.Resolve, exception="x-1")]
    assert [*said, central(orders.Resolve, exception="x-0")] == ["done_ok", "done_ok", "unknown no"]
    assert central.types() == ["exception.resolved"]
    incident = central.store.shelf.incident("x-1")
    assert incident and incident.status == "resolved"


def test_status_says_whether_somebody_waits_for_staff(central: Central) -> None:
    assert central(orders.Status) == "pending"
    central(orders.Resolve, exception="x-1")
    central(orders.Admit, reader="RD-2")
    assert central(orders.Status) == "done_ok"


def test_station_is_told_what_to_do_itself(central: Central) -> None:
    assert [central(each) for each in (orders.Identify, orders.Restart, orders.Shutdown)] == [
        "identify",
        "stopping",
        "stopping",
    ]
    assert central.acts == [Act.IDENTIFY, Act.RESTART, Act.SHUTDOWN]


def test_order_that_comes_twice_is_carried_out_once(central: Central) -> None:
    first = central(orders.Restart, id="same")
    assert (first, central(orders.Restart, id="same")) == ("stopping", "stopping")
    assert central.acts == [Act.RESTART]
    assert central(orders.Lend, id="lend", item="BK-1", reader="RD-1") == "borrowed"
    central(orders.Return, item="BK-1")
    assert central(orders.Lend, id="lend", item="BK-1", reader="RD-1") == "borrowed"
    item = central.store.shelf.item("BK-1")
    assert item and item.loan is None


def test_old_answers_are_forgotten(central: Central) -> None:
    for _ in range(KEPT + 5):
        central(orders.Status)
    kept = central.store.journal.answers()
    assert (len(kept), "c-5" in kept, f"c-{KEPT + 5}" in kept) == (KEPT, False, True)


def test_station_without_a_library_takes_no_order(store: Store) -> None:
    central = Central(store)
    assert central(orders.Admit, reader="RD-1") == "this station has no library yet no"


def test_every_order_is_a_command_of_the_contract(central: Central) -> None:
    assert set(orders.ORDERS) == {each for each in COMMANDS if issubclass(each, Order)}
    described = [each for each in orders.ORDERS if each.__doc__ and each.__struct_config__.tag]
    assert described == list(orders.ORDERS)


@pytest.mark.parametrize(
    "said",
    [
        {"command": "admit"},
        {"command": "admit", "id": "", "reader": "RD-1"},
        {"command": "admit", "id": "c", "reader": ""},
        {"command": "admit", "id": "c", "reader": "R" * 513},
        {"command": "admit", "id": "c", "reader": 7},
        {"command": "lend", "id": "c", "item": "BK-1"},
        {"command": "lend", "id": "c", "item": "BK-1", "reader": "RD-1", "override": "yes"},
        {"command": "explode", "id": "c"},
    ],
)
def test_malformed_order_is_none(said: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(said, orders.Admit | orders.Lend | orders.Add)
