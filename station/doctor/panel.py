"""The lamps and the buzzer: is the chip there, are the lines free, may the station have them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from station.config import GpioPanelConfig
from station.doctor.findings import Finding, ok, skipped, wrong
from station.doctor.person import READ, WRITE
from station.doctor.place import Place
from station.drivers.gpio_chip import chip_number, chips, line_user
from station.drivers.player import PanelError
from station.patterns import PatternError, load

DEV = Path("/dev")


def panel(place: Place) -> Iterator[Finding]:
    config = place.config.panel
    yield _signals(config.signals)
    if isinstance(config, GpioPanelConfig):
        yield from _gpio(place, config)
    else:
        yield ok(f'driver = "{config.driver}": no lamps to look at')


def _signals(file: Path | None) -> Finding:
    try:
        load(file)
    except PatternError as error:
        return wrong(
            str(error), "The station does not start with it: correct it, or take [panel] signals out."
        )
    return ok(f"signals: {file or 'as they come with Shelfpost'}")


def _gpio(place: Place, config: GpioPanelConfig) -> Iterator[Finding]:
    if find_spec("lgpio") is None:
        yield wrong("lgpio is missing", "sudo apt install python3-lgpio, or pip install 'shelfpost[gpio]'")
    try:
        path = DEV / f"gpiochip{chip_number(config.chip, chips(DEV))}"
    except PanelError as error:
        if "no permission" in str(error) and place.asks != place.user:
            yield skipped(f"{place.asks.name} may not look at the GPIO chips", place.sudo)
            return
        yield wrong(
            str(error), "Set [panel] chip to the label of the header's chip; `gpiodetect` shows them all."
        )
        return
    if not place.user.may(path, READ | WRITE):
        yield wrong(f"the station's user {place.user.name} may not use {path}", place.user.join(path))
        return
    yield ok(f"{path} is the chip")
    for name in config.PINS:
        yield _line(place, path, name, getattr(config, name))
    if place.pid is None:
        yield skipped(
            "whether the lamps light and the buzzer sounds, only people see", "station doctor --lamps"
        )


def _line(place: Place, path: Path, name: str, pin: int) -> Finding:
    """A line has one user; the kernel knows it by the name that it gave itself."""
    where = f"{name} on GPIO {pin}"
    try:
        user = line_user(path, pin)
    except PanelError as error:
        return wrong(f"{where}: {error}", "Pins are BCM numbers; docs/wiring.md shows them.")
    if user is None:
        if place.pid is None:
            return ok(f"{where}: free")
        return wrong(f"{where}: the running station does not have it", "journalctl -u shelfpost says why.")
    if place.pid is not None:
        return ok(f"{where}: in use by {user!r}, while the station runs")
    return wrong(
        f"{where}: in use by {user!r}",
        "End that program, or take the pin from its overlay in config.txt; `gpioinfo` lists all lines.",
    )
