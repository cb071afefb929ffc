"""The report for a terminal. rich draws it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TextIO

from station.report.figures import Report
from station.report.words import Words

BAR = 24
"""Columns of the longest bar."""


def write(report: Report, words: Words, file: TextIO) -> None:
    """Tables as wide as the terminal; plain where `file` is none."""
    from rich.console import Console
    from rich.text import Text

    console = Console(file=file, highlight=False, width=None if file.isatty() else 100)
    console.print(Text(f"{report.library} · {report.first} – {report.last}", style="bold"))
    console.print(Text(_headline(report, words)))
    for heading, columns, rows in _tables(report, words):
        console.print()
        console.print(Text(heading, style="bold"))
        console.print(_table(columns, rows) if rows else Text(f"  {words('nothing')}"))
    console.print()
    console.print(Text(uptime(report, words)))
    console.print(Text(words("privacy"), style="dim"))


def uptime(report: Report, words: Words) -> str:
    share = report.uptime.share
    if share is None:
        return f"{words('station')} {report.station}: {words('not_running')}"
    said = words("in_service", share=f"{share:.1%}")
    counts = f"{words('starts')} {report.uptime.starts}, {words('cuts')} {report.uptime.cuts}"
    return f"{words('station')} {report.station}: {said}; {counts}"


def _headline(report: Report, words: Words) -> str:
    totals = [f"{report.total(each)} {words(each)}" for each in ("borrowed", "returned", "renewed")]
    counts = (
        (report.readers.active, "active"),
        (report.stock.on_loan, "on_loan"),
        (report.late, "overdue_now"),
        (report.exceptions, "exceptions"),
    )
    return " · ".join([*totals, *(f"{count} {words(name)}" for count, name in counts)])


def _tables(report: Report, words: Words) -> Iterable[tuple[str, list[str], list[list[str]]]]:
    most = max([each.borrowed for each in report.days], default=0) or 1
    yield (
        words("days"),
        ["", words("borrowed"), words("returned"), words("renewed"), ""],
        [
            [*map(str, (each.day, each.borrowed, each.returned, each.renewed)), _bar(each.borrowed, most)]
            for each in report.days
            if each.borrowed or each.returned or each.renewed
        ],
    )
    yield (
        words("popular"),
        [words("title"), words("book"), words("loans")],
        [[each.title or "–", each.book, str(each.loans)] for each in report.popular],
    )
    yield (
        words("overdue"),
        [words("title"), words("copy"), words("due"), words("late")],
        [[each.title or "–", each.item, str(each.due), str(each.days)] for each in report.overdue],
    )
    yield (
        words("idle", days=report.idle_days),
        [words("title"), words("copy"), words("last")],
        [[each.title or "–", each.item, str(each.last or words("never"))] for each in report.idle],
    )
    yield words("readers"), [words("status"), words("count")], _counts(report.readers.by_status, words)
    yield (
        "",
        [words("books_each"), words("count")],
        [[name, str(count)] for name, count in report.readers.borrowing.items()],
    )
    yield words("stock"), [words("status"), words("copies")], _counts(report.stock.by_status, words)


def _counts(counts: dict[str, int], words: Words) -> list[list[str]]:
    return [[words.status(name), str(count)] for name, count in counts.items()]


def _bar(count: int, most: int) -> str:
    return "█" * round(BAR * count / most) if count else ""


def _table(columns: list[str], rows: list[list[str]]) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for index, each in enumerate(columns):
        is_number = all(row[index].isdigit() for row in rows)
        table.add_column(each, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
