"""A USB or Bluetooth scanner that types like a keyboard, read from its input device."""

from __future__ import annotations

import time

from station.drivers.framer import LONGEST, SILENCE, WHOLE, Framer
from station.drivers.input_devices import InputDevices
from station.drivers.key_stream import KeyStream
from station.drivers.layouts import layout as layout_called
from station.drivers.port_scanner import Clock, PortScanner
from station.drivers.ports import Finder


class EvdevScanner(PortScanner):
    """All devices that `match` names (see InputDevices), each with its own keyboard and framer."""

    def __init__(
        self,
        name: str,
        match: str,
        layout: str = "us",
        grab: bool = True,
        silence: float = SILENCE,
        longest: int = LONGEST,
        whole: float = WHOLE,
        finder: Finder | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        """Raises ValueError for a layout that there isn't. `silence` and `whole` are seconds (see Framer)."""
        table = layout_called(layout)
        super().__init__(
            name,
            finder or InputDevices(match, grab),
            lambda port: KeyStream(table, Framer(longest, silence, whole), port.stamped),
            clock,
        )
