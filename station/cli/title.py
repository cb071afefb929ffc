"""`station title`: what the library knows of its books, by ISBN."""

from __future__ import annotations

import json
from pathlib import Path

import click

from station.cli import importing
from station.cli.desk_side import as_json, change, opened, put_out, the_isbn, the_library
from station.decision import Draft
from station.documents import write
from station.flows import titles as flow
from station.model import Title
from station.store import Store
from station.store.shelf import StoredShelf


@click.group()
def title() -> None:
    """What the library knows of its books, by ISBN."""


@title.command("import")
@importing.options
@click.pass_obj
def import_(
    config_path: Path, file: Path, encoding: str | None, rejects: Path | None, dry_run: bool, json_: bool
) -> None:
    """Read a file of titles (CSV or MARC 21) into this station's catalogue.

    A CSV file names its columns in the first line: isbn, title, authors, publisher, year, language. Books
    that are taken in later get their title from the catalogue; those that wait for one get it now.
    """
    from station.imports import titles

    is_marc = importing.read(file, lambda: _is_marc(file))
    if is_marc:
        from station.imports.marc import entries as records

        header: list[str] = []
        entries = importing.read(file, lambda: records(file, encoding))
    else:
        from station.imports.rows import entries as rows

        table = importing.table(file, titles.COLUMNS, encoding)
        header, entries = table.header_cells, rows(table, titles.title_in)
    with opened(config_path) as store:
        writer = titles.TitleWriter(store, dry_run=dry_run)
        counts = importing.carry_out(file, entries, writer, rejects, header)
        writer.finish()
    importing.conclude(counts, dry_run=dry_run, json_=json_)


@title.command()
@click.argument("isbn")
@click.argument("name", metavar="TITLE")
@click.option("--author", "authors", multiple=True, help="An author; may be given several times.")
@click.option("--publisher", default="", help="Who published it.")
@click.option("--year", default="", help="The year in which it was published.")
@click.option("--language", default="", help="The language that it is written in, as in zh.")
@click.pass_obj
def add(
    config_path: Path,
    isbn: str,
    name: str,
    authors: tuple[str, ...],
    publisher: str,
    year: str,
    language: str,
) -> None:
    """Give a book its title, or correct it; every station of the library hears of it."""
    from station.titles import described, year_in

    if year and year_in(year) is None:
        raise click.ClickException(f"{year!r} holds no year.")
    try:
        said = described(
            the_isbn(isbn),
            name,
            authors=authors,
            publisher=publisher,
            year=year,
            language=language,
            source="staff",
        )
    except ValueError as error:
        raise click.ClickException(f"this can't be a title: {error}.") from None

    def act(draft: Draft, shelf: StoredShelf) -> None:
        the_library(shelf)
        flow.corrected(draft, said)

    with opened(config_path) as store:
        change(store, act)
    click.echo(f"{said.isbn}: {said.title}")


@title.command()
@click.argument("isbn")
@as_json
@click.pass_obj
def show(config_path: Path, isbn: str, json_: bool) -> None:
    """Show what is known of a book: its title, or how far the search for it has come."""
    key = the_isbn(isbn)
    with opened(config_path) as store:
        found = _known(store, key)
    if json_:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for name, value in found.items():
        if value not in (None, [], ()) and name not in ("stamp", "parent", "stamps"):
            said = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
            click.echo(f"{name:10} {said}")


@title.command("list")
@click.option("--wanted", is_flag=True, help="Those that are looked for, and how far the search has come.")
@as_json
@click.pass_obj
def list_(config_path: Path, wanted: bool, json_: bool) -> None:
    """List the titles of the library's books."""
    with opened(config_path) as store:
        rows = _wanted(store) if wanted else [write(each) for each in store.shelf.all(Title)]
    columns = ("isbn", "state", "due", "no") if wanted else ("isbn", "title", "authors", "publisher", "year")
    put_out(rows, columns, json_)


def _known(store: Store, isbn: str) -> dict[str, object]:
    found = store.shelf.title(isbn)
    if found is not None:
        return {"state": "known", **write(found)}
    wanted = store.wanted.get(isbn)
    imported = store.catalogue.get(isbn)
    if imported is not None:
        return {"state": "in the catalogue", **write(imported)}
    if wanted is not None:
        return _state(wanted.isbn, wanted.settled, wanted.silent, wanted.due, wanted.no)
    raise click.ClickException(f"nothing is known of ISBN {isbn}, and no copy here has it.")


def _wanted(store: Store) -> list[dict[str, object]]:
    rows, last = [], ""
    while page := store.wanted.after(last):
        last = page[-1].isbn
        rows += [_state(each.isbn, each.settled, each.silent, each.due, each.no) for each in page]
    return rows


def _state(isbn: str, settled: bool, silent: int, due: str, no: tuple[str, ...]) -> dict[str, object]:
    """`unknown`: nobody knows it. `unanswered`: somebody has not answered. `waiting`: not asked yet."""
    state = "unknown" if settled else "unanswered" if silent else "waiting"
    return {"isbn": isbn, "state": state, "due": due or None, "no": list(no)}


def _is_marc(file: Path) -> bool:
    from station.imports.text import is_marc

    return is_marc(file)
