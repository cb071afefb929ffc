"""`station item set` and `station reader set`: what a document says, changed by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click
from msgspec import structs

from station.cli.desk_side import change, number, opened, the_isbn
from station.cli.values import day
from station.decision import Draft
from station.events import ItemChanged, ReaderChanged
from station.model import MOST
from station.store.shelf import StoredShelf

NONE = "none"
"""Said in place of a value: the field is emptied."""


@click.command("set")
@click.argument("labels", nargs=-1, required=True, metavar="LABEL…")
@click.option("--location", help="Where it stands; none takes it away.")
@click.option("--title", help="Its title; none leaves it to the ISBN.")
@click.option("--isbn", help="Its ISBN; none takes it away.")
@click.option("--hold", metavar="CARD", help="The reader for whom it is kept; none lets it go.")
@click.option("--reference/--lending", default=None, help="For reading here only, or for lending.")
@click.pass_obj
def item_set(
    config_path: Path,
    labels: tuple[str, ...],
    location: str | None,
    title: str | None,
    isbn: str | None,
    hold: str | None,
    reference: bool | None,
) -> None:
    """Change what is known of copies: their place, title, ISBN, whom they are kept for."""
    said = {"location": location, "title": title, "hold_for": hold}
    changes: dict[str, Any] = {name: _value(text) for name, text in said.items() if text is not None}
    if isbn is not None:
        changes["isbn"] = None if isbn == NONE else the_isbn(isbn)
    if reference is not None:
        changes["status"] = "reference" if reference else "available"
    _something(changes)

    def act(draft: Draft, shelf: StoredShelf) -> None:
        for label in map(number, labels):
            copy = shelf.item(label)
            if copy is None:
                raise click.ClickException(f"{label} is no copy (`station item list` shows them).")
            if "status" in changes and copy.status not in ("available", "reference"):
                raise click.ClickException(f"{label} is {copy.status}: say first that it is found.")
            after = structs.replace(copy, **changes)
            if after != copy:
                draft.save(after)
                draft.record(ItemChanged(item=label, isbn=after.isbn))

    with opened(config_path) as store:
        change(store, act)
    click.echo(f"{len(labels)} changed")


@click.command("set")
@click.argument("cards", nargs=-1, required=True, metavar="CARD…")
@click.option("--limit", help="Books at once, in place of the policy's max_loans; none goes back to that.")
@click.option("--expires", metavar="YYYY-MM-DD", help="The last day on which the card is good; none: no end.")
@click.pass_obj
def reader_set(config_path: Path, cards: tuple[str, ...], limit: str | None, expires: str | None) -> None:
    """Change readers' own limits and the day on which their cards end."""
    changes: dict[str, Any] = {}
    if limit is not None:
        changes["limit"] = _limit(limit)
    if expires is not None:
        changes["expires"] = _day(expires)
    _something(changes)

    def act(draft: Draft, shelf: StoredShelf) -> None:
        for card in map(number, cards):
            found = shelf.reader(card)
            if found is None:
                raise click.ClickException(f"{card} is no reader (`station reader list` shows them).")
            after = structs.replace(found, **changes)
            if after != found:
                draft.save(after)
                draft.record(ReaderChanged(reader=card))

    with opened(config_path) as store:
        change(store, act)
    click.echo(f"{len(cards)} changed")


def _something(changes: dict[str, Any]) -> None:
    if not changes:
        raise click.ClickException("say what is to be changed (`--help` shows what can be).")


def _value(text: str) -> str | None:
    if not text.strip():
        raise click.ClickException(f"an empty value says nothing: say {NONE} to take it away.")
    return None if text == NONE else text


def _limit(text: str) -> int | None:
    if text == NONE:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) > MOST:
        raise click.ClickException(f"--limit takes a number from 0 to {MOST}, or {NONE}; not {text[:40]!r}.")
    return int(text)


def _day(text: str) -> date | None:
    if text == NONE:
        return None
    try:
        return day(text)
    except click.BadParameter as error:
        raise click.ClickException(f"--expires takes a day, or {NONE}: {error.message}") from None
