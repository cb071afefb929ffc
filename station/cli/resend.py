"""`station resend`: events that are to go to the broker again, as they were."""

from __future__ import annotations

from pathlib import Path

import click

from station.cli.desk_side import opened
from station.store import Store


@click.command()
@click.option("--from", "first", type=click.IntRange(1), required=True, help="The first event's sequence.")
@click.option("--to", "last", type=click.IntRange(1), help="The last one's (default: the epoch's last).")
@click.option("--epoch", help="The epoch of both (default: the station's current one).")
@click.pass_obj
def resend(config_path: Path, first: int, last: int | None, epoch: str | None) -> None:
    """Send events again, under the ids that they have. A running station begins within a second."""
    with opened(config_path) as store:
        with store.transaction():
            start, end = _positions(store, epoch or store.journal.epoch, first, last)
            store.journal.ask_again(start, end)
        click.echo(f"{end - start + 1} to be sent again as soon as the broker is connected")


def _positions(store: Store, epoch: str, first: int, last: int | None) -> tuple[int, int]:
    epochs = store.journal.epochs()
    if epoch not in epochs:
        raise click.ClickException(f"this station has no epoch {epoch!r}; it has {', '.join(epochs)}.")
    base, end = epochs[epoch]
    last = end - base if last is None else last
    if not first <= last <= end - base:
        raise click.ClickException(
            f"there is nothing from {first} to {last} in the epoch {epoch}: its last event is {end - base}."
        )
    return base + first, base + last
