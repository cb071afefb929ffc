"""From exec to ready, and what is then resident, in a small and in a large library, in turn."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from bench import place, report
from bench.running import Running

SIZES = (1_000, 100_000)
ROUNDS = 9


class Starts:
    """The starts of a station with a library of so many items."""

    def __init__(self, folder: Path, items: int) -> None:
        data = place.station_folder(folder, items)
        panel = place.log_panel(Path("/dev/null"))
        self._config = place.config(folder / f"{items}.toml", data, place.ABSENT_SCANNER, panel)
        self.items = items
        self.seconds: list[float] = []
        self.resident: list[float] = []
        self.proportional: list[float] = []

    def once(self) -> None:
        with Running(self._config) as station:
            self.seconds.append(station.ready_seconds)
            self.resident.append(station.resident_mb())
            self.proportional.append(station.proportional_mb())


def run() -> None:
    with place.work_folder() as folder:
        small, large = (Starts(folder, items) for items in SIZES)
        for _ in range(ROUNDS):
            small.once()
            large.once()
    for each in (small, large):
        report.say(
            f"{each.items:,} items: ready after {median(each.seconds) * 1000:.0f} ms,"
            f" resident {median(each.resident):.1f} MB, its share (PSS) {median(each.proportional):.1f} MB"
        )
    for what, few, many in (
        ("time to ready", small.seconds, large.seconds),
        ("resident memory", small.resident, large.resident),
    ):
        report.target(f"{what} at {large.items:,} to {small.items:,}", median(many) / median(few), high=1.1)
