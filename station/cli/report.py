"""`station report`: what a library wants to know about a time that is past."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
import msgspec

from station.cli.desk_side import as_json, opened, the_library
from station.cli.event import everything
from station.cli.event_export import written
from station.cli.progress import shown
from station.cli.values import day
from station.drivers.clock import SystemClock
from station.report.figures import Report
from station.report.gather import gather
from station.report.words import LANGUAGES, Words, of_the_system

LONGEST = 3660
"""Days that one report may span: more would be no picture."""


@click.command()
@click.option("--from", "first", type=day, metavar="YYYY-MM-DD", help="The first day (default: 30 days ago).")
@click.option("--to", "last", type=day, metavar="YYYY-MM-DD", help="The last day (default: today).")
@click.option("--html", type=click.Path(path_type=Path), help="Write one page with plots to this file.")
@click.option(
    "--idle-days",
    type=click.IntRange(1, 36_500),
    default=180,
    show_default=True,
    help="List books that were not lent for so long.",
)
@click.option(
    "--most", type=click.IntRange(1, 100_000), default=20, show_default=True, help="Lines of each list."
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="The report's language (default: the system's).")
@as_json
@click.pass_obj
def report(
    config_path: Path,
    first: date | None,
    last: date | None,
    html: Path | None,
    idle_days: int,
    most: int,
    lang: str | None,
    json_: bool,
) -> None:
    """Loans a day, popular titles, what is overdue or idle, readers as counts, and the station's uptime.

    Loans are those of this station; books and readers are the whole library's.
    """
    now = SystemClock().now()
    with opened(config_path) as store, shown("reading the log") as progress:
        the_library(store.shelf)
        period = _period(first, last, store.shelf.policy.day(now))
        made = gather(store, everything(store, progress), now, *period, idle_days=idle_days, most=most)
    words = Words(lang or of_the_system())
    if json_:
        click.echo(msgspec.json.format(msgspec.json.encode(_raw(made))).decode())
    elif html is None:
        from station.report import text

        text.write(made, words, sys.stdout)
    if html is not None:
        _write_page(made, words, html)


def _period(first: date | None, last: date | None, today: date) -> tuple[date, date]:
    end = last or max(today, first or today)
    start = first or end - timedelta(days=29)
    if start > end:
        raise click.ClickException("--from is after --to: there is no day in between.")
    if (end - start).days >= LONGEST:
        raise click.ClickException(f"a report spans at most {LONGEST} days: choose a later --from.")
    return start, end


def _raw(made: Report) -> dict[str, Any]:
    raw: dict[str, Any] = msgspec.to_builtins(made)
    raw["uptime"]["share"] = made.uptime.share
    return raw


def _write_page(made: Report, words: Words, html: Path) -> None:
    from station.report.page import page

    with written(html) as file:
        file.write(page(made, words).encode())
    click.echo(f"{html}: {made.first} to {made.last}", err=True)
