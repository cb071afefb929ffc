"""A scanner at the end of a serial cable: a pseudo-terminal, and the link that udev makes for it."""

from __future__ import annotations

import os
import pty
import select
from collections.abc import Collection, Sequence
from pathlib import Path

from station.drivers.ports import Found
from station.drivers.serial_ports import SerialPorts


class Cable:
    """Plugged in, it has another number each time, since its old one is taken then; and the same link."""

    def __init__(self, folder: Path) -> None:
        self.link = folder / "usb-Acme_Scanner-if00"
        self._master = -1
        self._in_the_way: list[int] = []

    def plug(self) -> str:
        """Returns the path that has the number. The link is renamed into its place."""
        self.link.parent.mkdir(exist_ok=True)
        self._in_the_way += pty.openpty()
        self._master, slave = pty.openpty()
        path = os.ttyname(slave)
        os.close(slave)
        new = self.link.with_suffix(".new")
        new.symlink_to(path)
        new.rename(self.link)
        return path

    def unplug(self) -> None:
        self.link.unlink()
        os.close(self._master)

    def send(self, data: bytes) -> None:
        """As fast as it is read."""
        while data:
            data = data[os.write(self._master, data) :]

    def has_answer(self) -> bool:
        return bool(select.select([self._master], [], [], 0)[0])

    def close(self) -> None:
        for each in self._in_the_way:
            os.close(each)
        if self.link.is_symlink():
            os.close(self._master)


class Eager(SerialPorts):
    """Ports into which `first`, the end of a code, and then `data` is sent as soon as they are open.

    What came before is nobody's; with the end the scanner is found at once, and not after a silence.
    """

    def __init__(self, cable: Cable, data: Sequence[bytes] = (), first: bytes = b"\r") -> None:
        super().__init__(str(cable.link))
        self._cable = cable
        self._data = data
        self._first = first

    def look(self, taken: Collection[str]) -> Found:
        found = super().look(taken)
        if found.ports:
            self._cable.send(self._first + b"".join(self._data))
        return found
