"""`station print readers` and `station print labels`: what is printed in the cells of a sheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import click

from station.cards import signed
from station.cli.desk_side import number, opened
from station.cli.print_options import Output, Place, cells, output
from station.cli.reader_card import card_in
from station.config import Config, load
from station.model import Item, Library, Reader
from station.printing import PrintError
from station.printing.lists import numbers_and_titles
from station.printing.numbers import Marks, Series, coming, remembered
from station.store import Store
from station.store.shelf import StoredShelf

many = click.IntRange(1, 10_000)


@click.command()
@click.argument("cards", nargs=-1, metavar="[CARD]…")
@click.option("--kind", type=click.Choice(["reader", "staff"]), help="Only the cards of this kind.")
@click.option("--new", type=many, metavar="N", help="N numbers that nobody has yet, for readers to come.")
@click.option("--first", metavar="CARD", help="With --new: the number to begin at.")
@cells("a4-cards")
@output
@click.pass_obj
def readers(
    config_path: Path,
    cards: tuple[str, ...],
    kind: str | None,
    new: int | None,
    first: str | None,
    place: Place,
    made: Output,
) -> None:
    """Print cards: these, or all that are in use, or new ones."""
    from station.printing.cards import Card, draw

    _only_one({"numbers": cards, "--new": new, "--kind": kind})
    config = load(config_path)
    with opened(config_path) as store:
        library, shelf = _library(store), store.shelf
        wanted = list(dict.fromkeys(card_in(store, each) for each in cards)) or _cards_in_use(shelf, kind)
        if new:
            like = [each.id for each in shelf.all(Reader) if each.kind == "reader"]
            wanted = _new(config, store, like, config.patterns.reader, new, first)
        found = {each: shelf.reader(each) for each in wanted}
        code_of = _signer(store, library)
    printed = [
        Card(code_of(each), library.name, its is not None and its.kind == "staff", library.contact)
        for each, its in found.items()
    ]
    _some(printed, "cards", "`station reader list` shows which there are; --new makes new ones")
    draw_one = partial(draw, language=made.language)
    pages = made.make("Cards", lambda pdf: place.filled(printed, draw_one, pdf), secret=True)
    made.say(_span(wanted, "card", pages))
    _say_unknown([each for each, its in found.items() if not its and not new], "card")


@click.command()
@click.argument("items", nargs=-1, metavar="[LABEL]…")
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The labels in this file: a number, or a number and a title with a comma between, a line.",
)
@click.option("--next", "new", type=many, metavar="N", help="N numbers that no book has yet.")
@click.option("--first", metavar="LABEL", help="With --next: the number to begin at.")
@cells("a4-3x8")
@output
@click.pass_obj
def labels(
    config_path: Path,
    items: tuple[str, ...],
    file: Path | None,
    new: int | None,
    first: str | None,
    place: Place,
    made: Output,
) -> None:
    """Print books' labels: these, or those of a file, or of all books, or new ones."""
    from station.printing.labels import Label, draw

    _only_one({"numbers": items, "--from": file, "--next": new})
    titles = dict(numbers_and_titles(file)) if file else {}
    config = load(config_path)
    with opened(config_path) as store:
        owner, shelf = _library(store).name, store.shelf
        wanted = _numbers(items or titles) if items or file else _books(shelf)
        if new:
            like = [each.id for each in shelf.all(Item)]
            wanted = _new(config, store, like, config.patterns.item, new, first)
        found = {each: shelf.item(each) for each in wanted}
        printed = [
            Label(each, titles.get(each) or _title(shelf, item), owner) for each, item in found.items()
        ]
    _some(printed, "labels", "`station item list` shows which books there are; --next makes new ones")
    pages = made.make("Labels", lambda pdf: place.filled(printed, draw, pdf))
    made.say(_span(wanted, "label", pages))
    _say_unknown([each for each, item in found.items() if not item and not new], "label")


def _only_one(given: dict[str, object]) -> None:
    named = [name for name, value in given.items() if value]
    if len(named) > 1:
        raise PrintError(f"{' and '.join(named)} don't go together: they say twice what to print.")


def _library(store: Store) -> Library:
    library = store.shelf.library()
    if library is None:
        raise PrintError("this station has no library yet: make one with `station library create`.")
    return library


def _signer(store: Store, library: Library) -> Callable[[str], str]:
    """What a card's code holds: its number, and the tag that only stations with the library's secret make.

    A station without it prints numbers alone, where the library takes them.
    """
    if store.journal.secret_is_of(library.id):
        secret = store.journal.secret()
        return lambda card: signed(card, secret)
    if library.policy.cards == "signed":
        raise PrintError(
            "this station can't sign cards, and this library takes no others: print them where the library"
            " was made, or let this station join it first (`station library join CODE`)."
        )
    return lambda card: card


def _numbers(texts: Iterable[str]) -> list[str]:
    """Each once, in the order in which they were named."""
    return list(dict.fromkeys(map(number, texts)))


def _cards_in_use(shelf: StoredShelf, kind: str | None) -> list[str]:
    used = (each for each in shelf.all(Reader) if each.status in ("active", "applied"))
    return [each.id for each in used if kind in (None, each.kind)]


def _books(shelf: StoredShelf) -> list[str]:
    return [each.id for each in shelf.all(Item) if each.status != "withdrawn"]


def _title(shelf: StoredShelf, item: Item | None) -> str:
    if item is None or item.title:
        return (item and item.title) or ""
    known = shelf.title(item.isbn) if item.isbn else None
    return known.title if known else ""


def _new(
    config: Config, store: Store, like: Iterable[str], pattern: re.Pattern[str], count: int, first: str | None
) -> list[str]:
    """Numbers that go on from those `like` them, that nothing has and that were not printed before."""
    taken = {each.key for cls in (Reader, Item) for each in store.shelf.all(cls)}

    def draw(marks: Marks) -> list[str]:
        return coming(count, Series(pattern.pattern, set(like), taken), marks, first)

    return remembered(config.station.data_dir, draw)


def _some(printed: Sequence[object], what: str, otherwise: str) -> None:
    if not printed:
        raise PrintError(f"there are no such {what} to print: {otherwise}.")


def _span(numbers: list[str], what: str, pages: int) -> str:
    which = numbers[0] if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"
    plural = "s" if len(numbers) > 1 else ""
    return f"{len(numbers)} {what}{plural} ({which}), {pages} page{'s' if pages > 1 else ''}"


def _say_unknown(numbers: list[str], what: str) -> None:
    if numbers:
        said = ", ".join(numbers[:5]) + (" …" if len(numbers) > 5 else "")
        click.echo(f"station: note: the library has no {what} {said} yet.", err=True)
