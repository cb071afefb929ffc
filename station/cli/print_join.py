"""`station print join`: an invitation for a fresh station, on a page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from station import joincode
from station.cli.desk_side import opened
from station.cli.print_options import Output, output, whole_page
from station.config import load
from station.drivers.clock import SystemClock
from station.joining import JoinError
from station.model import Library, Moment
from station.printing import PrintError
from station.printing.sheets import paper
from station.store import Store


@click.command()
@click.argument("code", required=False)
@click.option("--minutes", type=int, help="How long a new code is good (default: a day).")
@click.option("--host", help="The broker's address as the new station reaches it.")
@whole_page
@output
@click.pass_obj
def join(
    config_path: Path,
    code: str | None,
    minutes: int | None,
    host: str | None,
    size: str,
    made: Output,
) -> None:
    """Print a join code for one new station, with what to do: a new one, or the CODE of `library invite`.

    The page is a secret until the code ends.
    """
    from station.printing.notice import Invitation
    from station.printing.notice import join as laid_out

    if code and (minutes or host):
        raise PrintError("--minutes and --host are for a new code, and CODE is one already.")
    sheet, now = paper(size), SystemClock().now()
    with opened(config_path) as store:
        library = store.shelf.library() or Library(id="none")
        text, ends = _read(code) if code else _new(config_path, store, now, minutes, host)
    until = f"{ends.astimezone(library.policy.zone(now)):%Y-%m-%d %H:%M}"
    page = Invitation(text, until, library.name, made.language)
    made.make("Join code", lambda pdf: [laid_out(sheet, page, pdf)], secret=True)
    made.say(f"a join code for one station, until {until}")


def _new(
    config_path: Path, store: Store, now: Moment, minutes: int | None, host: str | None
) -> tuple[str, datetime]:
    from station.joining.invitations import MINUTES, invite

    try:
        invited = invite(store, load(config_path), now, MINUTES if minutes is None else minutes, host=host)
    except JoinError as error:
        raise PrintError(str(error)) from None
    return invited.text, invited.ends


def _read(code: str) -> tuple[str, datetime]:
    text = code.strip()
    try:
        return text, datetime.fromtimestamp(joincode.read(text).ends, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise PrintError(f"{error}.") from None
