"""What a station keeps resident in service: evdev, gpiozero, and a connection to a real Mosquitto.

The broker is new each time, so that the station is sending it the whole library while it is measured.
"""

from __future__ import annotations

import time
from pathlib import Path

from bench import place, report
from bench.running import WITH_MOCK_PINS, Running
from tests.mosquitto import Mosquitto

SIZES = (1_000, 100_000)
SETTLE_SECONDS = 10.0


def run() -> None:
    for items in SIZES:
        with place.work_folder() as folder, Mosquitto(folder / "broker") as broker:
            broker.start()
            _measure(whole_station(folder, broker.port, items), items)


def _measure(config: Path, items: int) -> None:
    with Running(config, WITH_MOCK_PINS) as station:
        station.until_logged("the broker is there")
        time.sleep(SETTLE_SECONDS)
        resident, share = station.resident_mb(), station.proportional_mb()
    report.target(f"resident with scanner, panel, broker and {items:,} items", resident, high=45, unit=" MB")
    report.say(f"  its share (PSS): {share:.1f} MB")


def whole_station(folder: Path, port: int, items: int) -> Path:
    """The configuration of a station that has everything."""
    data = place.station_folder(folder, items)
    parts = (place.broker(port), place.ABSENT_SCANNER, place.GPIO_PANEL)
    return place.config(folder / "whole.toml", data, *parts)
