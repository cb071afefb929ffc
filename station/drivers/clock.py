"""The system's clock, and whether it has been synchronised.

A Pi has no battery clock and comes up in the past: until a time server has been heard, the wall time is
only a guess. The kernel knows, and adjtimex(2) tells; where that is not allowed, as in the hardened unit,
systemd-timesyncd's mark does.
"""

from __future__ import annotations

import ctypes
import time
from datetime import UTC, datetime
from pathlib import Path

from station.model import Moment

BOOT = Path("/proc/sys/kernel/random/boot_id")
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
_TIME_ERROR = 5
"""What adjtimex returns while the clock is not synchronised."""
_TIMEX_BYTES = 512
"""More than `struct timex` has on any Linux; all zero asks for the state and changes nothing."""


class SystemClock:
    """Implements `station.drivers.Clock`."""

    def __init__(self, boot: Path = BOOT, synchronised: Path = SYNCHRONISED) -> None:
        self._boot = boot.read_text().strip()
        self._mark = synchronised
        self._libc = ctypes.CDLL(None)

    def now(self) -> Moment:
        return Moment(datetime.now(UTC), time.monotonic(), self._is_synchronised(), self._boot)

    def _is_synchronised(self) -> bool:
        state = int(self._libc.adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES)))
        return self._mark.exists() if state < 0 else state < _TIME_ERROR
