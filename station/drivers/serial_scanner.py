"""A scanner that is a serial port: USB (CDC-ACM), an adapter, or the pins of a UART."""

from __future__ import annotations

import time
from typing import Literal

from station.drivers.byte_stream import ByteStream
from station.drivers.framer import SILENCE, WHOLE
from station.drivers.port_scanner import Clock, PortScanner
from station.drivers.ports import Finder
from station.drivers.serial_ports import SerialPorts

Encoding = Literal["utf-8", "gb18030"]


class SerialScanner(PortScanner):
    """All ports that `match` names (see SerialPorts), each with a stream of its own.

    A code ends with CR, LF, both, or TAB; or with `silence` seconds in which nothing came.
    """

    def __init__(
        self,
        name: str,
        match: str,
        encoding: Encoding = "utf-8",
        baud: int = 9600,
        silence: float = SILENCE,
        whole: float = WHOLE,
        finder: Finder | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        super().__init__(
            name,
            finder or SerialPorts(match, baud),
            lambda _: ByteStream(encoding, silence, whole),
            clock,
        )
