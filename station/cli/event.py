"""`station event`: what happened, from the station's own log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from station.cli.desk_side import as_json, opened, put_out
from station.store import Store

PAGE = 500


@click.group()
def event() -> None:
    """What happened, from the station's own log."""


@event.command("list")
@click.option("--type", "type_", help="Only this type, as in loan.borrowed.")
@click.option("--last", type=click.IntRange(1), help="Only so many of the newest.")
@as_json
@click.pass_obj
def list_(config_path: Path, type_: str | None, last: int | None, json_: bool) -> None:
    """List the events, oldest first."""
    with opened(config_path) as store:
        events = [each for each in everything(store) if type_ in (None, name(each))]
    events = events[-last:] if last else events
    put_out(
        events if json_ else [_row(each) for each in events],
        ("time", "seq", "type", "subject", "data"),
        json_,
    )


def everything(store: Store) -> Iterator[dict[str, Any]]:
    """Every event of the log, oldest first."""
    position = 0
    while found := store.journal.after(position, PAGE):
        yield from (each.event for each in found)
        position = found[-1].position


def name(event: dict[str, Any]) -> str:
    """`loan.borrowed` for `shelfpost.loan.borrowed.v1`."""
    return str(event["type"]).removeprefix("shelfpost.").removesuffix(".v1")


def _row(event: dict[str, Any]) -> dict[str, Any]:
    data = " ".join(f"{key}={value}" for key, value in event["data"].items() if value != event["subject"])
    return {**event, "type": name(event), "data": data}
