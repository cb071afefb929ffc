"""`station restore`: a backup takes the store's place."""

from __future__ import annotations

import json
from pathlib import Path

import click

from station.cli.backup import held, passphrase_file
from station.cli.desk_side import as_json
from station.config import load
from station.wiring import STORE


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@passphrase_file
@click.option("--force", is_flag=True, help="Though the store has changes that the backup lacks.")
@as_json
@click.pass_obj
def restore(config_path: Path, file: Path, passphrase_file: Path | None, force: bool, json_: bool) -> None:
    """Put the backup FILE in the store's place, while the station is stopped.

    The store that was there is kept beside it under another name. New events have a new epoch. Documents
    that changed after the backup come back from the broker, if it has them.
    """
    from station.backup.restore import restore as put_back
    from station.backup.seals import passphrase
    from station.drivers.clock import SystemClock

    config = load(config_path)
    secret = passphrase(passphrase_file) if passphrase_file else None
    store, station, now = config.station.data_dir / STORE, config.station.id, SystemClock().now()
    done = put_back(file, store, station, now, library=config.station.library, secret=secret, force=force)
    found, known = done.head.contents, load(config_path).station.id
    if json_:
        said = {
            "library": found.library,
            "station": done.head.station,
            "written": done.head.written,
            "id": known,
            **{kind: found.counts[kind] for kind in ("items", "readers", "titles", "events")},
            "epoch": done.epoch,
            "kept": done.kept and str(done.kept),
        }
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    click.echo(f"restored {found.library} as {done.head.station} had it at {done.head.written}")
    click.echo(f"{held(found.counts)}; new events have the epoch {done.epoch}")
    if done.kept:
        click.echo(f"what was there before is kept as {done.kept}")
    if done.is_known:
        click.echo(f"this station is {known}, with the broker that it had when it joined")
    if known != done.head.station:
        was = done.head.station
        click.echo(f"It goes on as {known}: to be {was}, it needs that id in [station].", err=True)
    if not now.trusted:
        click.echo("The clock is not synchronised: let it be set before the station lends.", err=True)
