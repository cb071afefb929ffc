"""`station loan`: what is on loan."""

from __future__ import annotations

from pathlib import Path

import click

from station.cli.desk_side import as_json, opened, put_out
from station.documents import write
from station.drivers.clock import SystemClock
from station.flows.due import overdue_days
from station.model import Item


@click.group()
def loan() -> None:
    """What is on loan."""


@loan.command("list")
@click.option("--reader", help="Only this reader's.")
@click.option("--overdue", is_flag=True, help="Only what is overdue.")
@as_json
@click.pass_obj
def list_(config_path: Path, reader: str | None, overdue: bool, json_: bool) -> None:
    """List the open loans, the one due first at the top."""
    with opened(config_path) as store:
        items = store.shelf.loans_of(reader) if reader else store.shelf.all(Item)
        day = store.shelf.policy.day(SystemClock().now())
    rows = [
        {"item": each.id, "isbn": each.isbn, "title": each.title}
        | write(each.loan)
        | {"overdue_days": overdue_days(each.loan, day)}
        for each in sorted(
            (each for each in items if each.loan),
            key=lambda each: (str(each.loan and each.loan.due), each.id),
        )
        if each.loan and (overdue_days(each.loan, day) or not overdue)
    ]
    put_out(rows, ("item", "title", "reader", "since", "due", "renewals", "overdue_days"), json_)
