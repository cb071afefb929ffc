"""What the commands that import a list share: their options, the work itself, and what is said at the end."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec import to_builtins

from station.cli.desk_side import as_json
from station.cli.progress import shown

if TYPE_CHECKING:
    from station.imports import Entry
    from station.imports.run import Counts, Writer
    from station.imports.table import Table

EX_DATAERR = 65
"""As in sysexits.h: some rows were rejected; all others are in."""
LONGEST_PAUSE = 0.05

F = TypeVar("F", bound=Callable[..., Any])


def options(command: F) -> F:
    """FILE and the options that every import has."""
    for each in (
        as_json,
        click.option("--dry-run", is_flag=True, help="Read and check the whole file, and write nothing."),
        click.option(
            "--rejects",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Write the rejected rows into this CSV file, each with its number and why.",
        ),
        click.option("--encoding", help="How the file is encoded (default: found out, UTF-8 or GB18030)."),
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    ):
        command = each(command)
    return command


def read(file: Path, open_: Callable[[], Any]) -> Any:
    """What `open_` makes of the file. Raises click.ClickException where the file can't be used."""
    from station.imports import Unreadable

    try:
        return open_()
    except Unreadable as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{file} can't be read: {error.strerror}.") from None


def table(file: Path, columns: Any, encoding: str | None) -> Table:
    """The file as a table; a word on stderr names the columns that are not read."""
    from station.imports.table import Table

    found: Table = read(file, lambda: Table(file, columns, encoding))
    if found.header.ignored:
        click.echo(f"not read: {', '.join(found.header.ignored)}", err=True)
    return found


def carry_out(
    file: Path,
    entries: Iterable[Entry],
    writer: Writer,
    rejects_path: Path | None,
    header: Iterable[str],
) -> Counts:
    """Import what `entries` say, with a bar where a person looks on, and a word on what was rejected."""
    from station.imports.rejects import Rejects
    from station.imports.run import run

    size = max(1, file.stat().st_size)
    report = read(file, lambda: Rejects(rejects_path, file, list(header)))
    with report as rejects, shown(file.name) as progress:
        counts = run(entries, writer, rejects, lambda end: progress(end, size), _Pace().pause)
    for each in rejects.examples:
        click.echo(f"row {each.number}: {each.why}", err=True)
    more = counts.rejected - len(rejects.examples)
    if rejects_path is None and more:
        click.echo(f"and {more} more; --rejects FILE writes them all down", err=True)
    return counts


def conclude(counts: Counts, *, dry_run: bool, json_: bool) -> None:
    """Say what was done; exit with 65 where rows were rejected."""
    if json_:
        click.echo(json.dumps({**to_builtins(counts), "dry_run": dry_run}))
    else:
        said = [f"{number} {name}" for name, number in _named(counts) if number or name == "added"]
        click.echo(f"{counts.rows} rows: {', '.join(said)}" + ("; nothing was written" if dry_run else ""))
    if counts.rejected:
        sys.exit(EX_DATAERR)


def _named(counts: Counts) -> list[tuple[str, int]]:
    return [
        ("added", counts.added),
        ("changed", counts.changed),
        ("in already", counts.already),
        ("rejected", counts.rejected),
    ]


class _Pace:
    """Rests after each batch for as long as the batch took: a reader at the desk gets his turn."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def pause(self) -> None:
        time.sleep(min(LONGEST_PAUSE, time.monotonic() - self._since))
        self._since = time.monotonic()
