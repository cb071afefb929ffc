"""What a station costs while nobody is there: with a panel, a scanner to wait for, and a real Mosquitto."""

from __future__ import annotations

import time

from bench import place, report
from bench.memory import whole_station
from bench.running import WITH_MOCK_PINS, Running
from tests.mosquitto import Mosquitto

SETTLE_SECONDS = 5.0
WATCHED_SECONDS = 20.0


def run() -> None:
    with place.work_folder() as folder, Mosquitto(folder / "broker") as broker:
        broker.start()
        with Running(whole_station(folder, broker.port, 1_000), WITH_MOCK_PINS) as station:
            station.until_logged("the broker is there")
            time.sleep(SETTLE_SECONDS)
            began, cpu, wakes = time.monotonic(), station.cpu_seconds(), station.wakes()
            time.sleep(WATCHED_SECONDS)
            passed = time.monotonic() - began
            percent = (station.cpu_seconds() - cpu) / passed * 100
            report.target("processor time, of one core", percent, high=0.3, unit=" %")
            report.gate("wake-ups of all threads a second", (station.wakes() - wakes) / passed, high=4)
