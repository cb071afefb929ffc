"""`station lights-out`: what a station that was killed has left on, off."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.pass_obj
def lights_out(config_path: Path) -> None:
    """Turn off the lamps and the buzzer that a killed station may have left on.

    The service does it by itself when the station has ended other than by a stop. Exits with 1 where the
    pins can't be had, as beside a running station.
    """
    from station import wiring
    from station.config import load

    wiring.lights_out(load(config_path).panel)
