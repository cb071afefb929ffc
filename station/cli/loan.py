"""`station loan`: what is on loan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from station.cli.desk_side import as_json, change, number, opened, put_out, the_library
from station.decision import Draft
from station.documents import write
from station.drivers.clock import SystemClock
from station.flows import orders
from station.flows.due import overdue_days
from station.model import Item
from station.signals import Signal
from station.store.shelf import StoredShelf


@click.group()
def loan() -> None:
    """What is on loan; lend and return for a reader."""


@loan.command("list")
@click.option("--reader", help="Only this reader's.")
@click.option("--overdue", is_flag=True, help="Only what is overdue.")
@as_json
@click.pass_obj
def list_(config_path: Path, reader: str | None, overdue: bool, json_: bool) -> None:
    """List the open loans, the one due first at the top."""
    with opened(config_path) as store:
        items = list(store.shelf.loans_of(reader) if reader else store.shelf.all(Item))
        day = store.shelf.policy.day(SystemClock().now())
        titles = {each.id: store.shelf.title_of(each) for each in items if each.loan}
    rows = [
        {"item": each.id, "isbn": each.isbn, "title": titles[each.id]}
        | write(each.loan)
        | {"overdue_days": overdue_days(each.loan, day)}
        for each in sorted(
            (each for each in items if each.loan),
            key=lambda each: (str(each.loan and each.loan.due), each.id),
        )
        if each.loan and (overdue_days(each.loan, day) or not overdue)
    ]
    put_out(rows, ("item", "title", "reader", "since", "due", "renewals", "overdue_days"), json_)


WHY = {
    "reader_blocked": "the card is blocked",
    "reader_expired": "the card has expired",
    "loan_limit": "the reader has as many books as the limit allows",
    "overdue": "the reader has a book that is overdue",
    "renewal_limit": "it was renewed as often as the policy allows",
    "on_hold": "the book is kept for another reader",
    "reference_only": "the book is for reading here",
    "withdrawn": "the book is withdrawn",
    "on_loan": "another reader has the book",
    "not_on_loan": "the book is not on loan",
    "wrong_kind": "it is a card where a book is asked for, or the reverse",
    "applied": "the reader has applied and is not admitted yet",
    "unknown": "the library knows no such card or no such book",
}
"""Refusals that an order may meet, in words."""

STAFF = click.option("--staff", metavar="CARD", help="Whose card stands behind it, for the events.")
OVERRIDE = click.option("--override", is_flag=True, help="Let a refusal through; the event says which.")
LABELS = click.argument("labels", nargs=-1, required=True, metavar="LABEL…")


@loan.command()
@click.argument("card")
@LABELS
@STAFF
@OVERRIDE
@click.pass_obj
def lend(config_path: Path, card: str, labels: tuple[str, ...], staff: str | None, override: bool) -> None:
    """Lend copies to a reader, as staff does at the shelf."""
    reader = number(card)
    _carry_out(
        config_path,
        [orders.Lend(id=each, item=number(each), reader=reader, override=override) for each in labels],
        staff,
        "lent",
    )


@loan.command()
@LABELS
@STAFF
@OVERRIDE
@click.pass_obj
def renew(config_path: Path, labels: tuple[str, ...], staff: str | None, override: bool) -> None:
    """Renew the loans of copies, whoever has them."""
    wanted = [orders.Renew(id=each, item=number(each), override=override) for each in labels]
    _carry_out(config_path, wanted, staff, "renewed")


@loan.command("return")
@LABELS
@STAFF
@click.pass_obj
def return_(config_path: Path, labels: tuple[str, ...], staff: str | None) -> None:
    """Take copies back."""
    _carry_out(config_path, [orders.Return(id=each, item=number(each)) for each in labels], staff, "returned")


def _carry_out(config_path: Path, wanted: Sequence[orders.Order], staff: str | None, done: str) -> None:
    """One after another, since each counts for the next; the first that can't be done ends it."""
    with opened(config_path) as store:
        for count, each in enumerate(wanted):
            change(store, lambda draft, shelf, each=each, count=count: _one(draft, shelf, each, staff, count))  # type: ignore[misc]
    click.echo(f"{len(wanted)} {done}")


def _one(draft: Draft, shelf: StoredShelf, order: orders.Order, staff: str | None, count: int) -> None:
    the_library(shelf)
    if staff and not ((found := shelf.reader(staff)) and found.kind == "staff"):
        raise click.ClickException(f"{staff} is no staff card (`station reader list` shows them).")
    draft.state = orders.by(staff, draft.now.mono)
    decision = order.carry_out(draft)
    said = decision.reason or ("applied" if decision.signal is Signal.PENDING else "unknown")
    if not orders.answer(decision)["ok"]:
        before = f" {count} before it went through." if count else ""
        raise click.ClickException(f"{order.id}: {WHY[said]}.{before}")
