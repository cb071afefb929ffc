"""`station library invite` and `join`: a station is taken into a library, without a scanner."""

from __future__ import annotations

import json
from pathlib import Path

import click

from station import joincode
from station.cli.desk_side import as_json, opened
from station.config import Config, load, secret_in
from station.drivers.clock import SystemClock
from station.drivers.wake import Wake
from station.joining import JoinError
from station.joining.messages import Given
from station.joining.pending import Pending
from station.store import StoreError

DAY = 24 * 60


@click.command()
@click.option("--minutes", type=int, default=DAY, show_default=True, help="How long the code is good.")
@click.option("--host", help="The broker's address as the new station reaches it.")
@click.option("--station", metavar="ID", help="What the new station is called (default: after its machine).")
@click.option("--username", help="Its login to the broker (default: this station's).")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The password for --username.",
)
@as_json
@click.pass_obj
def invite(
    config_path: Path,
    minutes: int,
    host: str | None,
    station: str | None,
    username: str | None,
    password_file: Path | None,
    json_: bool,
) -> None:
    """Make a join code, for one new station and for a while.

    Scan it there, or type `station library join CODE`. The code is a secret until it ends.
    """
    from station.joining.invitations import For, invite

    guest = For(station=station, username=username, password=secret_in(password_file, "--password-file"))
    with opened(config_path) as store:
        made = invite(store, load(config_path), SystemClock().now(), minutes, host=host, guest=guest)
    if json_:
        click.echo(json.dumps({"code": made.text, "ends": made.ends.isoformat().replace("+00:00", "Z")}))
        return
    click.echo(made.text)
    click.echo(f"for one station, until {made.ends.astimezone():%Y-%m-%d %H:%M}", err=True)


@click.command()
@click.argument("code")
@click.pass_obj
def join(config_path: Path, code: str) -> None:
    """Join a library with the CODE that another station has made, beside the daemon or without it.

    It waits for that station. When it was interrupted, the same command goes on.
    """
    from station.joining import pending
    from station.joining.settle import settle

    config, clock = load(config_path, learned=False), SystemClock()
    try:
        if _has_joined(config_path, code.strip()):
            click.echo("this station has joined that library already")
            return
        begun = pending.begin(code.strip(), config, clock.now())
        given = _asked(config, begun, clock)
        settle(config, begun.code, given)
    except OSError as error:
        raise StoreError(
            f"what belongs to joining can't be kept in {config.station.data_dir}: {error.strerror}."
        ) from error
    click.echo(f"joined the library {begun.code.library} as {given.station}")


def _has_joined(config_path: Path, code: str) -> bool:
    """Looked up before the code is used up. A station that has the documents may come for the secret.

    Raises JoinError for a station of another library.
    """
    from station.joining import pending

    try:
        wanted = joincode.read(code).library
    except ValueError as error:
        raise JoinError(f"{error}.") from None
    with opened(config_path) as store:
        found, has_secret = store.shelf.library(), store.journal.secret_is_of(wanted)
    if found is not None and found.id != wanted:
        raise JoinError(
            f"this station belongs to the library {found.id} already, and the code is of {wanted}."
        )
    return has_secret and pending.read(load(config_path).station.data_dir) is None


def _asked(config: Config, begun: Pending, clock: SystemClock) -> Given:
    from station.joining import pending
    from station.joining.guest import Exchange

    try:
        given = Exchange(config, begun, clock, lambda what: click.echo(what, err=True)).answered(Wake())
    except JoinError:
        pending.forget(config.station.data_dir, begun)
        raise
    assert given is not None, "nothing but Ctrl-C ends the wait"
    return given
