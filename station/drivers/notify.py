"""What systemd is told: ready, alive, stopping. Without systemd nothing is told to nobody.

The protocol is one datagram to the socket in NOTIFY_SOCKET: sd_notify(3).
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Mapping


class Notifier:
    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._limit = int(environment.get("WATCHDOG_USEC", "0")) / 1_000_000

    @property
    def watchdog_seconds(self) -> float | None:
        """How often `alive` must be said at least: half of what the unit allows. None: no watchdog."""
        return self._limit / 2 if self._limit else None

    def ready(self) -> None:
        self._say("READY=1")

    def alive(self) -> None:
        if self._limit:
            self._say("WATCHDOG=1")

    def stopping(self) -> None:
        self._say("STOPPING=1")

    def _say(self, state: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.sendto(state.encode(), address)
