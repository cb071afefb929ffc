"""What a station says of its own health, beside its outbox."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from station import __version__
from station.drivers import Clock

TEMPERATURE = Path("/sys/class/thermal/thermal_zone0/temp")
"""The processor's temperature in thousandths of a degree Celsius, where the kernel knows it."""


class Health:
    """`scanners` is kept by the daemon: each one's name, and whether it is there."""

    def __init__(self, data_dir: Path, clock: Clock) -> None:
        self.scanners: dict[str, bool] = {}
        self._data_dir = data_dir
        self._clock = clock
        self._started = clock.now().mono

    def report(self) -> dict[str, Any]:
        """Sizes in bytes, times in seconds, temperature in degrees Celsius."""
        now = self._clock.now()
        return {
            "version": __version__,
            "uptime": round(now.mono - self._started),
            "disk_free": shutil.disk_usage(self._data_dir).free,
            "temperature": _temperature(),
            "clock": {"trusted": now.trusted, "boot": now.boot},
            "scanners": dict(self.scanners),
        }


def _temperature() -> float | None:
    try:
        return int(TEMPERATURE.read_text()) / 1000
    except (OSError, ValueError):
        return None
