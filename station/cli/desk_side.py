"""What the commands that read or change the library share: its store, the time, how a list is printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from station import masks
from station.config import load
from station.decision import Decision, Draft
from station.drivers.clock import SystemClock
from station.model import Library
from station.scan import clean, is_contact, isbn13
from station.session import State
from station.store import Store, StoreError
from station.store.shelf import StoredShelf
from station.wiring import open_store

as_json = click.option("--json", "json_", is_flag=True, help="Print JSON for programs.")


@contextmanager
def opened(config_path: Path) -> Iterator[Store]:
    """The station's store, next to a daemon that may be running on it."""
    store = open_store(load(config_path))
    try:
        yield store
    finally:
        store.close()


def change(store: Store, act: Callable[[Draft, StoredShelf], None]) -> None:
    """Let `act` decide on the library as it is, and commit; a running daemon sends what comes of it.

    `act` may raise click.ClickException: then nothing has happened.
    """
    now = SystemClock().now()

    def decide(shelf: StoredShelf) -> Decision:
        draft = Draft(State(), shelf, now)
        act(draft, shelf)
        return draft.decide(None)

    store.decide(decide, now)


def number(text: str) -> str:
    """A card's or a label's number as a scanner would give it. Raises click.ClickException, in words."""
    scanned = clean("", text).text
    if not scanned or scanned.startswith("]") or is_contact(scanned):
        raise click.ClickException(
            f"{masks.line(text)[:40]!r} can't be the number of a card or label: it is empty, over 512"
            " characters long, a contact, or holds a control or an invisible character."
        )
    return scanned


def the_isbn(text: str) -> str:
    """The thirteen digits. Raises click.ClickException, in words."""
    found = isbn13(text.strip())
    if found is None:
        raise click.ClickException(f"{text!r} is no ISBN: its length or its check digit is wrong.")
    return found


def the_library(shelf: StoredShelf) -> Library:
    library = shelf.library()
    if library is None:
        raise StoreError("this station has no library yet: make one with `station library create`.")
    return library


def put_out(rows: Sequence[dict[str, Any]], columns: Sequence[str], json_: bool) -> None:
    """Print `rows`: as one JSON array, or as a table of `columns`, one row a line."""
    if json_:
        click.echo(json.dumps(list(rows), ensure_ascii=False, indent=2))
        return
    cells = [[_cell(row.get(name)) for name in columns] for row in rows]
    widths = [max(_width(each) for each in column) for column in zip(columns, *cells, strict=True)]
    for line in ([name.upper() for name in columns], *cells) if cells else ():
        padded = (each + " " * (width - _width(each)) for each, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    import unicodedata

    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
