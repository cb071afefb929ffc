"""A report's figures, as plain values: what `--json` prints and what the text and the page are made of."""

from __future__ import annotations

from datetime import date

from msgspec import Struct


class Day(Struct, frozen=True):
    """What was lent, taken back and renewed at this station on one day, where the library is."""

    day: date
    borrowed: int = 0
    returned: int = 0
    renewed: int = 0


class Lent(Struct, frozen=True):
    """A book by its ISBN, or by its copy where it has none, and how often it was lent."""

    book: str
    title: str | None
    loans: int


class Late(Struct, frozen=True):
    """A copy that should be back. `days` since its due day."""

    item: str
    title: str | None
    due: date
    days: int


class Idle(Struct, frozen=True):
    """A copy on the shelf that nobody borrows. `last` is the day of its last loan here; None: never."""

    item: str
    title: str | None
    last: date | None


class Readers(Struct, frozen=True):
    """Counts only. `borrowing` says how many readers borrowed so many books: `1`, `2–4`, `5–9`, `10+`."""

    by_status: dict[str, int]
    active: int
    borrowing: dict[str, int]


class Stock(Struct, frozen=True):
    """Copies in the whole library. `on_loan` are among the available ones and those for reading here."""

    by_status: dict[str, int]
    on_loan: int
    titles: int


class Uptime(Struct, frozen=True):
    """Seconds in service and in all, of the period since the station's first start. A cut: power cut or kill.

    `share` is None where the station never ran in the period.
    """

    running: int
    of: int
    starts: int
    cuts: int

    @property
    def share(self) -> float | None:
        return self.running / self.of if self.of else None


class Report(Struct, frozen=True, kw_only=True):
    library: str
    station: str
    first: date
    last: date
    days: tuple[Day, ...]
    hours: tuple[tuple[int, ...], ...]
    """Loans by weekday, Monday first, and by hour of the day."""
    popular: tuple[Lent, ...]
    overdue: tuple[Late, ...]
    late: int
    """Copies that are overdue, also those that the list has no room for."""
    idle: tuple[Idle, ...]
    idle_days: int
    readers: Readers
    stock: Stock
    uptime: Uptime
    exceptions: int
    """Those that are open."""

    def total(self, what: str) -> int:
        """Over the period, of `borrowed`, `returned` or `renewed`."""
        return sum(getattr(each, what) for each in self.days)
