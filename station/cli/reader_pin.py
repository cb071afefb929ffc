"""`station reader pin`: staff sets a card's PIN, or takes it away."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import structs

from station import pins
from station.cli.desk_side import change, opened, the_library
from station.cli.reader_card import card_in
from station.config import secret_in
from station.decision import Draft
from station.events import ReaderChanged
from station.model import Reader
from station.store.shelf import StoredShelf

ONLY_HERE = (
    "and good at this station alone: it has the library's documents, and not its secret. `station library"
    " join CODE` brings it."
)


@click.group()
def pin() -> None:
    """Set a card's PIN, or take it away."""


@pin.command("set")
@click.argument("card", metavar="CARD")
@click.option(
    "--pin-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file that holds the PIN and nothing else (default: it is asked for, twice).",
)
@click.pass_obj
def set_(config_path: Path, card: str, pin_file: Path | None) -> None:
    """Set the PIN of CARD: 4 to 8 digits, kept as a hash that is good at every station of the library."""
    with opened(config_path) as store:
        key = card_in(store, card)
        _known(store.shelf, key)
        digits = _digits(secret_in(pin_file, "--pin-file") if pin_file else asked())
        kept = pins.hashed(digits, store.journal.secret())

        def act(draft: Draft, shelf: StoredShelf) -> None:
            draft.save(structs.replace(_known(shelf, key), pin=kept))
            draft.record(ReaderChanged(reader=key))

        change(store, act)
        library = the_library(store.shelf)
        is_shared = store.journal.secret_is_of(library.id)
    click.echo("the PIN is set" if is_shared else f"the PIN is set, {ONLY_HERE}")


@pin.command()
@click.argument("card", metavar="CARD")
@click.pass_obj
def clear(config_path: Path, card: str) -> None:
    """Take the PIN of CARD away. Where readers need one, the card opens nothing until it has another."""
    with opened(config_path) as store:
        key = card_in(store, card)

        def act(draft: Draft, shelf: StoredShelf) -> None:
            found = _known(shelf, key)
            if found.pin is not None:
                draft.save(structs.replace(found, pin=None))
                draft.record(ReaderChanged(reader=key))

        change(store, act)
    click.echo("the card has no PIN")


def asked() -> str:
    digits: str = click.prompt("PIN", hide_input=True, confirmation_prompt=True)
    return _digits(digits)


def _digits(text: str | None) -> str:
    if text is None or not pins.DIGITS.fullmatch(text):
        raise click.ClickException("a PIN is 4 to 8 digits.")
    return text


def _known(shelf: StoredShelf, key: str) -> Reader:
    found = shelf.reader(key)
    if found is None:
        raise click.ClickException(f"{key} is no reader (`station reader list` shows them).")
    return found
