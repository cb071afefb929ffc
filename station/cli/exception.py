"""`station exception`: what staff should look at."""

from __future__ import annotations

from pathlib import Path

import click

from station.cli.desk_side import as_json, change, opened, put_out
from station.decision import Draft
from station.documents import write
from station.flows.advice import advice
from station.model import Incident
from station.store.shelf import StoredShelf


@click.group()
def exception() -> None:
    """What staff should look at."""


@exception.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that are resolved, too.")
@as_json
@click.pass_obj
def list_(config_path: Path, everything: bool, json_: bool) -> None:
    """List what is open, with what happened and what to do."""
    with opened(config_path) as store:
        found = [each for each in store.shelf.all(Incident) if everything or each.status == "open"]
    rows = [{**write(each), "advice": advice(each.kind)} for each in found]
    put_out(rows, ("id", "at", "kind", "item", "reader", "status", "note", "advice"), json_)


@exception.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@click.option("--note", help="What was done about it.")
@click.pass_obj
def resolve(config_path: Path, ids: tuple[str, ...], note: str | None) -> None:
    """Say that these have been seen to; every station of the library hears of it."""

    def act(draft: Draft, shelf: StoredShelf) -> None:
        for key in ids:
            found = shelf.incident(key)
            if found is None:
                raise click.ClickException(f"{key} is no exception (`station exception list` shows them).")
            if found.status == "open":
                draft.resolve_incident(found, note or found.note)

    with opened(config_path) as store:
        change(store, act)
    click.echo(f"{len(ids)} resolved")
