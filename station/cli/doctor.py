"""`station doctor`: what is wrong here, and what to do."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from station.cli.desk_side import as_json

if TYPE_CHECKING:
    from station.doctor.findings import Finding

WIDEST = 110
"""Columns of a terminal that are used. What goes elsewhere is not broken into lines."""
COLOURS = {"ok": "green", "warning": "yellow", "wrong": "red", "skipped": "bright_black"}
INDENT = " " * 20


@click.command()
@click.option("--scan", is_flag=True, help="Ask for the test code, and say which layout and suffix are set.")
@click.option("--lamps", is_flag=True, help="Show each lamp and the buzzer in turn.")
@as_json
@click.pass_context
def doctor(ctx: click.Context, scan: bool, lamps: bool, json_: bool) -> None:
    """Look at all that the station needs; say what is found, and what to do.

    Works beside a running station. Exit code: 0, 1 if something is wrong, 78 if the configuration is.
    """
    from station.doctor.examination import exit_code

    findings = []
    for each in _findings(ctx.obj, scan, lamps):
        findings.append(each)
        if not json_:
            _show(each)
    if json_:
        _show_json(findings)
    else:
        click.echo(_summary(findings))
    ctx.exit(exit_code(findings))


def _findings(path: Path, scan: bool, lamps: bool) -> Iterator[Finding]:
    """With --scan or --lamps, that alone: somebody stands before the station and waits."""
    from msgspec import structs

    from station.config import ConfigError, load
    from station.doctor.checks import ALONE, CHECKS, mistakes
    from station.doctor.examination import CONFIG, examine
    from station.doctor.lamps import lamps as lamps_check
    from station.doctor.listening import listening
    from station.doctor.place import place
    from station.drivers.clock import SystemClock

    try:
        config = load(path)
    except ConfigError as error:
        yield from (structs.replace(each, check=CONFIG) for each in mistakes(error))
        yield from (structs.replace(ALONE, check=name) for name in CHECKS if name != CONFIG)
        return
    checks = dict(CHECKS)
    if scan or lamps:
        checks = {}
    if scan:
        checks["scan"] = lambda here: listening(here, lambda said: click.echo(said, err=True))
    if lamps:
        checks["lamps"] = lambda here: lamps_check(here, time.sleep)
    yield from examine(place(path, config, SystemClock()), checks)


def _show(finding: Finding) -> None:
    """Words say it all; colour only helps, and only on a terminal."""
    status = click.style(f"{finding.status.value:<8}", fg=COLOURS[finding.status])
    click.echo(f"{status} {finding.check:<10} {_wrapped(finding.found)}")
    if finding.do:
        click.echo(f"{INDENT}do: {_wrapped(finding.do)}")


def _wrapped(text: str) -> str:
    """Lines of a problem that has several stand under each other."""
    if sys.stdout.isatty():
        width = min(WIDEST, shutil.get_terminal_size().columns) - len(INDENT) - len("do: ")
        text = "\n".join(line for part in text.splitlines() for line in wrap(part, max(20, width)))
    return text.replace("\n", f"\n{INDENT}")


def _show_json(findings: Iterable[Finding]) -> None:
    rows = [
        {"check": each.check, "status": each.status.value, "found": each.found, "do": each.do or None}
        for each in findings
    ]
    click.echo(json.dumps(rows, ensure_ascii=False, indent=2))


def _summary(findings: list[Finding]) -> str:
    from station.doctor.findings import Status

    counts = {status: sum(each.status is status for each in findings) for status in Status}
    plural = {Status.WARNING: "warnings"}
    words = (
        f"{number} {plural.get(status, status.value) if number > 1 else status.value}"
        for status, number in counts.items()
        if number
    )
    return ", ".join(words)
