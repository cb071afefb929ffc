"""`station reader`: the cards that the library knows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import msgspec

from station import history, pins
from station.cli import importing, reader_pin
from station.cli.changing import reader_set
from station.cli.desk_side import as_json, change, number, opened, put_out, the_library
from station.cli.reader_card import card_in
from station.cli.reader_contact import contact
from station.cli.values import day
from station.decision import Draft
from station.documents import write
from station.drivers.clock import SystemClock
from station.events import Admitted
from station.flows import erasure, review
from station.model import MOST, Reader
from station.signals import Signal
from station.store import Store
from station.store.shelf import StoredShelf


@click.group()
def reader() -> None:
    """The cards that the library knows."""


reader.add_command(contact)
reader.add_command(reader_set)
reader.add_command(reader_pin.pin)


@reader.command()
@click.argument("cards", nargs=-1, required=True, metavar="CARD…")
@click.option("--staff", is_flag=True, help="A staff card.")
@click.option(
    "--limit", type=click.IntRange(0, MOST), help="Books at once, in place of the policy's max_loans."
)
@click.option("--expires", type=day, metavar="YYYY-MM-DD", help="The last day on which the card is good.")
@click.option("--pin", is_flag=True, help="Ask for a PIN of 4 to 8 digits (for one card).")
@click.pass_obj
def add(
    config_path: Path,
    cards: tuple[str, ...],
    staff: bool,
    limit: int | None,
    expires: date | None,
    pin: bool,
) -> None:
    """Admit the readers with these cards."""
    if pin and len(cards) > 1:
        raise click.ClickException("--pin goes with one card at a time.")
    digits = reader_pin.asked() if pin else None

    def act(draft: Draft, shelf: StoredShelf) -> None:
        the_library(shelf)
        for card in (card_in(store, each) for each in cards):
            _admit(draft, shelf, store, card, staff, limit, expires, digits)

    with opened(config_path) as store:
        change(store, act)
    click.echo(f"{len(cards)} admitted")


@reader.command("import")
@importing.options
@click.pass_obj
def import_(
    config_path: Path, file: Path, encoding: str | None, rejects: Path | None, dry_run: bool, json_: bool
) -> None:
    """Admit the readers of a list (CSV), each as if the card were added by itself.

    The first line names the columns: id, kind, limit, expires. Names and addresses are not read: a station
    keeps none. Started again after it was cut off, it admits who is missing.
    """
    from station.imports import readers
    from station.imports.documents import DocumentWriter
    from station.imports.rows import entries

    table = importing.table(file, readers.COLUMNS, encoding)
    with opened(config_path) as store:
        the_library(store.shelf)
        rows = entries(table, readers.ReaderRows().read)
        writer = DocumentWriter(store, readers.admit, SystemClock().now, dry_run=dry_run)
        counts = importing.carry_out(file, rows, writer, rejects, table.header_cells)
    importing.conclude(counts, dry_run=dry_run, json_=json_)


@reader.command("list")
@as_json
@click.pass_obj
def list_(config_path: Path, json_: bool) -> None:
    """List the cards, and how many books each has."""
    with opened(config_path) as store:
        rows = [_row(store.shelf, each) for each in store.shelf.all(Reader)]
    put_out(rows, ("id", "kind", "status", "loans", "limit", "expires"), json_)


def _verb(name: str, meaning: str, done: str) -> click.Command:
    """One of the commands that staff also has as a code at the desk: the same flow decides."""

    @click.argument("cards", nargs=-1, required=True, metavar="CARD…")
    @click.pass_obj
    def command(config_path: Path, cards: tuple[str, ...]) -> None:
        def act(draft: Draft, shelf: StoredShelf) -> None:
            for card in (card_in(store, each) for each in cards):
                found = shelf.reader(card)
                if found is None:
                    raise click.ClickException(f"{card} is no reader (`station reader list` shows them).")
                if review.known(draft, name, found).signal is Signal.REFUSED:
                    raise click.ClickException(
                        f"{card} is {found.status}: there is nothing to {name.lower()}."
                    )

        with opened(config_path) as store:
            change(store, act)
        click.echo(f"{len(cards)} {done}")

    return click.command(name.lower(), help=meaning)(command)


reader.add_command(_verb("ADMIT", "Admit readers who have applied.", "admitted"))
reader.add_command(_verb("REJECT", "Reject readers who have applied.", "rejected"))
reader.add_command(_verb("BLOCK", "Block cards: they can return, and borrow nothing.", "blocked"))
reader.add_command(_verb("UNBLOCK", "Let blocked cards borrow again.", "unblocked"))


@reader.command()
@click.argument("card")
@click.confirmation_option(prompt="The card's history can't be brought back. Go on?")
@click.pass_obj
def erase(config_path: Path, card: str) -> None:
    """Take a reader out of the records: every event keeps its count and loses the card's number.

    The card itself stays known as expired, so that no other station brings it back.
    """

    def act(draft: Draft, shelf: StoredShelf) -> None:
        found = shelf.reader(number(card))
        if found is None:
            raise click.ClickException(f"{card} is no reader (`station reader list` shows them).")
        if books := shelf.loans_of(found.id):
            raise click.ClickException(
                f"{card} still has {', '.join(each.id for each in books)}: they have to come back first."
            )
        erasure.erase(draft, found, shelf.incidents_of(found.id))

    with opened(config_path) as store:
        change(store, act)
        found = store.shelf.reader(number(card))
        assert found
        done = history.erase(store, found)
        history.forget_contacts(store, SystemClock().now())
    click.echo(f"erased from {done} events")


def _admit(
    draft: Draft,
    shelf: StoredShelf,
    store: Store,
    card: str,
    staff: bool,
    limit: int | None,
    expires: date | None,
    digits: str | None,
) -> None:
    found = shelf.reader(card)
    if found and found.status != "applied" and not erasure.is_erased(found):
        raise click.ClickException(f"{card} is a reader already (`station reader list` shows it).")
    if shelf.item(card):
        raise click.ClickException(f"{card} is a book's label; a card needs a number of its own.")
    draft.save(
        msgspec.structs.replace(
            erasure.readmitted(found or Reader(id=card)),
            kind="staff" if staff else "reader",
            status="active",
            limit=limit,
            expires=expires,
            pin=pins.hashed(digits, store.journal.secret()) if digits else None,
        )
    )
    draft.record(Admitted(reader=card))


def _row(shelf: StoredShelf, found: Reader) -> dict[str, object]:
    """A reader's document without its PIN's hash, and the number of open loans."""
    raw = {name: value for name, value in write(found).items() if name != "pin"}
    return {**raw, "loans": len(shelf.loans_of(found.id))}
