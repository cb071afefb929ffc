"""`doctor --lamps`: each lamp and the buzzer in turn, for somebody who stands before the station."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from station.config import GpioPanelConfig
from station.doctor.findings import Finding, ok, skipped, wrong
from station.doctor.place import Place
from station.drivers.player import Outputs, PanelError
from station.lights import DARK, TONE, Lights

SECONDS = 1.0

TURNS = {
    "the green lamp is lit": Lights(green=True),
    "the amber lamp is lit": Lights(amber=True),
    "the red lamp is lit": Lights(red=True),
    "the buzzer sounds": Lights(buzzer=TONE),
}


def lamps(place: Place, wait: Callable[[float], object]) -> Iterator[Finding]:
    config = place.config.panel
    if not isinstance(config, GpioPanelConfig):
        yield skipped(f'driver = "{config.driver}": there are no lamps')
    elif place.pid is not None:
        yield skipped(
            "the running station has the lamps",
            "Stop it first: sudo systemctl stop shelfpost, then start it again.",
        )
    else:
        yield from _opened(config, wait)


def _opened(config: GpioPanelConfig, wait: Callable[[float], object]) -> Iterator[Finding]:
    from station.drivers.gpio_panel import GpioOutputs, open_chip

    try:
        outputs = GpioOutputs(config, open_chip(config.chip))
    except PanelError as error:
        yield wrong(str(error), "The check of the panel says more.")
        return
    try:
        yield from in_turn(outputs, wait)
    finally:
        outputs.close()


def in_turn(outputs: Outputs, wait: Callable[[float], object]) -> Iterator[Finding]:
    """Each is said while it is to be seen or heard. What isn't is wired wrongly: docs/wiring.md."""
    for said, lights in TURNS.items():
        outputs.set(lights)
        yield ok(f"now {said}")
        wait(SECONDS)
        outputs.set(DARK)
