"""Which driver the configuration means: the only place that picks real or simulated."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from station.config import (
    CameraConfig,
    Config,
    ConfigError,
    EvdevConfig,
    GpioPanelConfig,
    LogPanelConfig,
    PanelConfig,
    PatternsConfig,
    ScannerConfig,
    SerialConfig,
    SessionConfig,
)
from station.drivers import Clock, Panel, Scanner
from station.patterns import DARK, load
from station.questions import Questions
from station.scan import Patterns
from station.session import Times
from station.store import Store

if TYPE_CHECKING:
    from station.lookup import Lookup
    from station.lookup.providers import Provider

STORE = "station.db"
"""The store's file in the data folder."""


def scanner(config: ScannerConfig) -> Scanner:
    if isinstance(config, EvdevConfig):
        from station.drivers.evdev_scanner import EvdevScanner

        return EvdevScanner(config.name, config.match, config.layout, silence=config.silence_ms / 1000)
    if isinstance(config, SerialConfig):
        from station.drivers.serial_scanner import SerialScanner

        return SerialScanner(
            config.name, config.match, config.encoding, config.baud, silence=config.silence_ms / 1000
        )
    if isinstance(config, CameraConfig):
        return _camera(config)
    from station.drivers.lines import LinesScanner

    return LinesScanner(config.name, config.path)


def _camera(config: CameraConfig) -> Scanner:
    """Raises ConfigError where what the camera's files need isn't installed, or doesn't load."""
    from station.drivers.camera import not_loaded

    try:
        from station.drivers.camera.picamera import Picamera, Settings
        from station.drivers.camera.scanner import CameraScanner
    except Exception as error:
        what = not_loaded("what the camera needs", error)
        raise ConfigError([f'[[scanner]] driver = "camera": {what}']) from error

    width, height = config.resolution.split("x")
    focus = config.focus_cm / 100 if config.focus_cm else None
    settings = Settings(config.camera, (int(width), int(height)), focus)
    return CameraScanner(config.name, lambda: Picamera(settings))


def panel(config: PanelConfig) -> Panel:
    """Raises station.drivers.gpio_panel.PanelError or station.patterns.PatternError, in words."""
    if isinstance(config, LogPanelConfig):
        from station.drivers.log_panel import LogPanel

        return LogPanel(config.path)
    patterns = load(config.signals)
    if isinstance(config, GpioPanelConfig):
        from station.drivers.gpio_panel import GpioPanel

        return GpioPanel(config, patterns)
    import sys

    from station.drivers.terminal_panel import TerminalPanel

    return TerminalPanel(sys.stdout, patterns)


def lights_out(config: PanelConfig) -> None:
    """Turn off what a station that was killed has left on. Raises PanelError where the pins can't be had."""
    if isinstance(config, GpioPanelConfig):
        from station.drivers.gpio_panel import GpioOutputs, open_chip

        outputs = GpioOutputs(config, open_chip(config.chip))
        try:
            outputs.set(DARK)
        finally:
            outputs.close()


def patterns(config: PatternsConfig) -> Patterns:
    return Patterns(config.reader.pattern, config.item.pattern, config.command_prefix)


def times(config: SessionConfig) -> Times:
    return Times(
        reader=config.reader_seconds,
        staff=config.staff_seconds,
        pending_item=config.pending_item_seconds,
        repeat=config.repeat_seconds,
    )


def open_store(config: Config, *, durable: bool = True) -> Store:
    """A handle on the station's store, for the calling thread. Raises StoreError."""
    return Store.open(config.station.data_dir / STORE, config.station.id, durable=durable)


def lookup(config: Config, clock: Clock, questions: Questions) -> Lookup | None:
    """What looks titles up, not started; None where nobody is to be asked."""
    from station.lookup import Lookup
    from station.lookup.openlibrary import OpenLibrary
    from station.lookup.providers import BrokerProvider, CatalogueProvider

    names, timeout, closing = config.lookup.providers, config.lookup.timeout, threading.Event()
    if not config.broker:
        names = tuple(each for each in names if each != "broker")

    def providers(store: Store) -> Sequence[Provider]:
        known: dict[str, Provider] = {
            "catalogue": CatalogueProvider(store),
            "broker": BrokerProvider(store, questions, timeout),
            "openlibrary": OpenLibrary(timeout, clock, closing.wait),
        }
        return [known[each] for each in names]

    if not names:
        return None
    return Lookup(lambda: open_store(config, durable=False), providers, clock, closing, questions)
