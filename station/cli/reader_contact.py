"""`station reader contact`: what a reader's phone said, for staff, until it has been seen to."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import to_builtins

from station.cli.desk_side import as_json, number, opened, put_out


@click.command()
@click.argument("card")
@click.option("--forget", is_flag=True, help="It has been written down: forget it here.")
@as_json
@click.pass_obj
def contact(config_path: Path, card: str, forget: bool, json_: bool) -> None:
    """Show the name and the numbers that a reader has shown after applying.

    They are kept, sealed, until central holds them, the reader is rejected, or for 90 days.
    """
    key = number(card)
    with opened(config_path) as store:
        kept = [each for each in store.contacts.all() if each.reader == key]
        found = [(each.since, store.contacts.get(each.position)) for each in kept]
        if not kept:
            raise click.ClickException(f"nothing is kept about {card}: nothing was shown, or it has gone on.")
        if forget:
            with store.transaction(synced=True):
                for each in kept:
                    store.contacts.forget(each.position)
    rows = [{"since": since, **to_builtins(said)} for since, said in found if said]
    if not rows:
        raise click.ClickException(f"what {card} told was sealed at another station; it can't be read here.")
    put_out(rows, ("since", "name", "phones", "emails"), json_)
