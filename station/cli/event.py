"""`station event`: what happened, from the station's own log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import click

from station.cli.desk_side import as_json, opened, put_out
from station.cli.event_export import Period, write_csv, write_lines, written
from station.cli.progress import shown
from station.cli.values import day
from station.drivers.clock import SystemClock
from station.events import EventType, short
from station.store import Store
from station.store.journal import PAGE

TYPES = [each.value for each in EventType]
TYPE = "Only this type, as in loan.borrowed; may be given several times."


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


@event.command()
@click.option("--format", "format_", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("--from", "first", type=day, metavar="YYYY-MM-DD", help="The first day, where the library is.")
@click.option("--to", "last", type=day, metavar="YYYY-MM-DD", help="The last day.")
@click.option("--type", "types", multiple=True, type=click.Choice(TYPES), metavar="TYPE", help=TYPE)
@click.option(
    "--output", type=click.Path(path_type=Path), default=Path("-"), help="A file (default: - for stdout)."
)
@click.pass_obj
def export(
    config_path: Path,
    format_: str,
    first: date | None,
    last: date | None,
    types: tuple[str, ...],
    output: Path,
) -> None:
    """Write the events of a period, as CSV for a spreadsheet or as JSON lines for programs."""
    if first and last and first > last:
        raise click.ClickException("--from is after --to: there is no day in between.")
    with opened(config_path) as store, _sink(output) as file, shown("exporting") as progress:
        zone = store.shelf.policy.zone(SystemClock().now())
        period = Period.of(first, last, zone)
        found = (
            each
            for each in everything(store, progress)
            if period.holds(each) and (not types or name(each) in types)
        )
        if format_ == "csv":
            write_csv(found, file, zone, mark=output != Path("-"))
        else:
            write_lines(found, file)


def _sink(output: Path) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdout.buffer) if output == Path("-") else written(output)


def everything(
    store: Store, progress: Callable[[int, int], None] = lambda _done, _of: None
) -> Iterator[dict[str, Any]]:
    """Every event that is in the log now, oldest first; what comes meanwhile is left for the next time."""
    head = store.journal.head
    for each in store.journal.beyond(0):
        if each.position > head:
            return
        yield each.event
        if each.position % PAGE == 0 or each.position == head:
            progress(each.position, head)


def name(event: dict[str, Any]) -> str:
    """`loan.borrowed` for `shelfpost.loan.borrowed.v1`."""
    return short(event["type"])


def _row(event: dict[str, Any]) -> dict[str, Any]:
    data = (f"{key}={_said(value)}" for key, value in event["data"].items() if value != event["subject"])
    return {**event, "type": name(event), "data": " ".join(data)}


def _said(value: object) -> str:
    """As a transcript writes it: lists with commas, nothing as `none`; counts as `seen:2`."""
    if isinstance(value, dict):
        return ",".join(f"{key}:{each}" for key, each in value.items()) or "none"
    if isinstance(value, list):
        return ",".join(map(str, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
