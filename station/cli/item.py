"""`station item`: the copies that stand on the shelf."""

from __future__ import annotations

from pathlib import Path

import click

from station.cli import importing
from station.cli.changing import item_set
from station.cli.desk_side import as_json, change, number, opened, put_out, the_isbn, the_library
from station.decision import Draft
from station.documents import write
from station.drivers.clock import SystemClock
from station.events import ItemAdded
from station.flows import upkeep
from station.model import Item
from station.signals import Signal
from station.store.shelf import StoredShelf


@click.group()
def item() -> None:
    """The copies that stand on the shelf."""


@item.command()
@click.argument("labels", nargs=-1, required=True, metavar="LABEL…")
@click.option("--isbn", help="ISBN-10 or ISBN-13, with or without hyphens.")
@click.option("--title", help="The title, for a book without an ISBN or until it is looked up.")
@click.option("--location", help="Where it stands.")
@click.option("--reference", is_flag=True, help="For reading here only.")
@click.pass_obj
def add(
    config_path: Path,
    labels: tuple[str, ...],
    isbn: str | None,
    title: str | None,
    location: str | None,
    reference: bool,
) -> None:
    """Take in copies of one book, each with its label."""
    wanted = None if isbn is None else the_isbn(isbn)

    def act(draft: Draft, shelf: StoredShelf) -> None:
        the_library(shelf)
        for label in map(number, labels):
            if shelf.item(label):
                raise click.ClickException(f"{label} is a copy already (`station item list` shows it).")
            if shelf.reader(label):
                raise click.ClickException(f"{label} is a reader's card; a book needs a label of its own.")
            status = "reference" if reference else "available"
            draft.save(Item(id=label, isbn=wanted, title=title, location=location, status=status))  # type: ignore[arg-type]
            draft.record(ItemAdded(item=label, isbn=wanted))

    with opened(config_path) as store:
        change(store, act)
    click.echo(f"{len(labels)} taken in")


@item.command("import")
@importing.options
@click.pass_obj
def import_(
    config_path: Path, file: Path, encoding: str | None, rejects: Path | None, dry_run: bool, json_: bool
) -> None:
    """Take in the copies of a list (CSV), each as if it were added by itself.

    The first line names the columns: item, isbn, title, location, status. Started again after it was cut
    off, it takes in what is missing. With lend_by = isbn a row needs no label: each is a copy of its ISBN.
    """
    from station.imports import items
    from station.imports.documents import DocumentWriter
    from station.imports.rows import entries

    table = importing.table(file, items.COLUMNS, encoding)
    with opened(config_path) as store:
        by_isbn = the_library(store.shelf).policy.lend_by == "isbn"
        rows = entries(table, items.ItemRows(by_isbn=by_isbn).read)
        writer = DocumentWriter(store, items.add, SystemClock().now, dry_run=dry_run)
        counts = importing.carry_out(file, rows, writer, rejects, table.header_cells)
    importing.conclude(counts, dry_run=dry_run, json_=json_)


@item.command("list")
@as_json
@click.pass_obj
def list_(config_path: Path, json_: bool) -> None:
    """List the copies, and who has which."""
    with opened(config_path) as store:
        rows = [_row(store.shelf, each) for each in store.shelf.all(Item)]
    shown = rows if json_ else [_flat(each) for each in rows]
    put_out(shown, ("id", "isbn", "title", "status", "location", "reader", "due"), json_)


def _verb(name: str, meaning: str) -> click.Command:
    """One of the commands that staff also has as a code at the desk: the same flow decides."""

    @click.argument("labels", nargs=-1, required=True, metavar="LABEL…")
    @click.pass_obj
    def command(config_path: Path, labels: tuple[str, ...]) -> None:
        def act(draft: Draft, shelf: StoredShelf) -> None:
            for label in map(number, labels):
                copy = shelf.item(label)
                if copy is None:
                    raise click.ClickException(f"{label} is no copy (`station item list` shows them).")
                if upkeep.book(draft, name, copy).signal is Signal.REFUSED:
                    raise click.ClickException(f"{label} is {copy.status}, not lost.")

        with opened(config_path) as store:
            change(store, act)
        click.echo(f"{len(labels)} {name.lower()}")

    return click.command(name.lower(), help=meaning)(command)


item.add_command(item_set)
item.add_command(_verb("LOST", "Say that copies are lost."))
item.add_command(_verb("FOUND", "Say that lost copies are here again."))


def _row(shelf: StoredShelf, found: Item) -> dict[str, object]:
    return {**write(found), "title": shelf.title_of(found)}


def _flat(raw: dict[str, object]) -> dict[str, object]:
    loan = raw.get("loan")
    return {**raw, **loan} if isinstance(loan, dict) else raw
