"""`station backup`: a copy of all that the station keeps, made while it lends."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from station.cli.desk_side import as_json
from station.cli.progress import shown
from station.config import load
from station.wiring import STORE

EX_NOINPUT = 66
"""As in sysexits.h; for the nightly unit a station that has no library yet is no failure."""

passphrase_file = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file that holds the passphrase that the backup is encrypted with, and nothing else.",
)


@click.command()
@click.argument("target", required=False, type=click.Path(path_type=Path))
@passphrase_file
@click.option(
    "--keep", type=click.IntRange(1), default=14, show_default=True, help="Backups that stay there."
)
@as_json
@click.pass_obj
def backup(
    config_path: Path, target: Path | None, passphrase_file: Path | None, keep: int, json_: bool
) -> None:
    """Back up the station into the folder TARGET (default: backups in its data folder).

    Exit code 66: there is nothing to back up yet.
    """
    from station.backup import NothingYet
    from station.backup.make import backups_folder, make
    from station.backup.seals import passphrase
    from station.drivers.clock import SystemClock

    station = load(config_path).station
    secret = passphrase(passphrase_file) if passphrase_file else None
    folder = backups_folder(station.data_dir, target)
    now = SystemClock().now()
    store = station.data_dir / STORE
    try:
        with shown("copying") as progress:
            made = make(store, folder, station.id, now, secret=secret, keep=keep, progress=progress)
    except NothingYet as error:
        click.echo(f"station: {error}", err=True)
        sys.exit(EX_NOINPUT)
    counts = made.contents.counts
    said = {
        "file": str(made.path),
        "bytes": made.path.stat().st_size,
        "encrypted": secret is not None,
        **{kind: counts[kind] for kind in ("items", "readers", "titles", "events")},
        "pruned": [str(each) for each in made.pruned],
    }
    if json_:
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    click.echo(made.path)
    click.echo(held(counts) + (", encrypted" if secret else ""))
    for each in made.pruned:
        click.echo(f"removed the older {each.name}")


def held(counts: dict[str, int]) -> str:
    return ", ".join(f"{kind}: {counts[kind]}" for kind in ("items", "readers", "events"))
