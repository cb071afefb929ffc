"""`station run`: the headless daemon."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import click


@click.command()
@click.option("--verbose", is_flag=True, help="Log more of what the station does.")
@click.pass_obj
def run(config_path: Path, verbose: bool) -> None:
    """Run the station, until it is told to stop."""
    from station import service
    from station.drivers.clock import SystemClock

    logging.basicConfig(
        stream=sys.stderr,
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(levelname)s %(name)s: %(message)s",
    )
    service.run(config_path, SystemClock())
