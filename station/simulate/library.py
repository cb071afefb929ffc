"""The sample library: real books, made-up readers. Every case of a shelf that is worth a try has one."""

from __future__ import annotations

from pathlib import Path

from station.config import BrokerConfig, Config, LookupConfig, StationConfig
from station.decision import Decision
from station.model import Document, Item, Library, Moment, Policy, Reader, Title
from station.session import State
from station.store import Store

LIBRARY = Library(
    id="sample",
    name="Sample library",
    policy=Policy(
        admission="review",
        loan_days=14,
        max_loans=3,
        max_renewals=1,
        block_overdue=True,
        on_loan_elsewhere="hand_over",
        lend_by="copy",
    ),
)

READERS = (
    Reader(id="RD-1001"),
    Reader(id="RD-1002", limit=1),
    Reader(id="RD-1003", status="blocked"),
    Reader(id="RD-9000", kind="staff"),
)

TITLES = (
    Title(isbn="9787020002207", title="红楼梦", authors=("曹雪芹", "高鹗"), language="zh"),
    Title(isbn="9787020008735", title="西游记", authors=("吴承恩",), language="zh"),
    Title(isbn="9787020008728", title="三国演义", authors=("罗贯中",), language="zh"),
    Title(isbn="9787020024759", title="围城", authors=("钱锺书",), language="zh"),
    Title(isbn="9787506365437", title="活着", authors=("余华",), language="zh"),
    Title(isbn="9787536692930", title="三体", authors=("刘慈欣",), language="zh"),
    Title(isbn="9780141439518", title="Pride and Prejudice", authors=("Jane Austen",), language="en"),
    Title(isbn="9780451524935", title="1984", authors=("George Orwell",), language="en"),
    Title(isbn="9780547928227", title="The Hobbit", authors=("J. R. R. Tolkien",), language="en"),
    Title(isbn="9780156012195", title="The Little Prince", authors=("A. de Saint-Exupéry",), language="en"),
    Title(isbn="9780064400558", title="Charlotte's Web", authors=("E. B. White",), language="en"),
    Title(isbn="9780205309023", title="The Elements of Style", authors=("W. Strunk",), language="en"),
)

HELD, REFERENCE = "9780064400558", "9780205309023"
"""A book that somebody waits for, and one that stays in the room."""


def items() -> list[Item]:
    """One copy of each title: BK-1001, BK-1002 and so on."""
    return [
        Item(
            id=f"BK-{number}",
            isbn=each.isbn,
            title=each.title,
            status="reference" if each.isbn == REFERENCE else "available",
            hold_for="RD-1002" if each.isbn == HELD else None,
        )
        for number, each in enumerate(TITLES, 1001)
    ]


def stock(store: Store, now: Moment) -> None:
    """Put the sample library into a store that has none; leaves alone one that has."""
    documents: tuple[Document, ...] = (LIBRARY, *READERS, *TITLES, *items())
    if store.shelf.library() is None:
        store.decide(lambda _: Decision(state=State(), save=documents), now)


def config(data_dir: Path, broker: BrokerConfig) -> Config:
    """A configuration for a station of the sample library, which asks nobody on the internet."""
    station = StationConfig(id="desk_1", library=LIBRARY.id, data_dir=data_dir)
    return Config(station=station, broker=broker, lookup=LookupConfig(providers=("catalogue", "broker")))
