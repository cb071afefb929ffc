"""Finds the serial ports that are the scanner. The only file that imports pyserial, once it looks."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import termios
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from station.drivers.ports import Found, Port, opens_untold

DEV = Path("/dev")

MISSING = "pyserial is missing: `sudo apt install python3-serial`, or `pip install 'shelfpost[serial]'`"

BUSY = frozenset({errno.EBUSY, errno.EAGAIN})
"""What the two locks say that keep a port for one program: TIOCEXCL of the kernel, and flock of pyserial."""

log = logging.getLogger(__name__)

Known = Callable[[], Sequence[tuple[str, str]]]
"""The USB ports that are there: each one's path, and its vendor:product."""


def usb_ports() -> list[tuple[str, str]]:
    """Raises OSError, and ImportError without pyserial."""
    from serial.tools.list_ports import comports

    try:
        found = sorted(comports())
    except (TypeError, ValueError) as error:  # what it read in sysfs had just gone
        raise OSError(errno.ENODEV, "a port went away while it was looked at") from error
    return [(each.device, f"{each.vid:04x}:{each.pid:04x}") for each in found if each.vid is not None]


class SerialPorts:
    """Finds ports by what `match` says: a path, as in /dev/serial/by-id, or `vendor:product` in hex digits.

    A port is opened for this program alone. `baud` matters where wires or an adapter carry the bytes; a
    scanner that is a USB port of its own ignores it.
    """

    def __init__(self, match: str, baud: int = 9600, known: Known = usb_ports, folder: Path = DEV) -> None:
        self._match = match
        self._baud = baud
        self._known = known
        self._path = Path(match) if match.startswith("/") else None
        self.folders = (folder,) if self._path is None else (folder, self._path.parent)

    def look(self, taken: Collection[str]) -> Found:
        try:
            return self._look(taken)
        except ImportError:
            return Found(trouble=MISSING)
        except OSError as error:
            return Found(trouble=_why(error), again=opens_untold(error))

    def _look(self, taken: Collection[str]) -> Found:
        paths = self._paths()
        ports, troubles, again = [], [], False
        for path in (each for each in paths if each not in taken):
            try:
                ports.append(self._port(path))
            except OSError as error:
                troubles.append(f"{path}: {_why(error)}")
                again |= opens_untold(error)
        if not paths and not taken:
            troubles.append(f"no serial port matches {self._match!r}")
        return Found(ports, "; ".join(troubles), again)

    def _paths(self) -> list[str]:
        if self._path is not None:
            return [str(self._path)] if self._path.exists() else []
        return [path for path, ids in self._known() if ids == self._match.lower()]

    def _port(self, path: str) -> Port:
        """Raises OSError where another program has the port, or it has just gone."""
        opened = _opened(path, self._baud)
        try:
            fcntl.ioctl(opened.fd, termios.TIOCEXCL)
        except OSError:
            opened.close()
            raise
        log.info("reading %s", path)
        return Port(path, opened.fd, opened.close)


def _opened(path: str, baud: int) -> Any:
    """`inter_byte_timeout` has a read that finds nothing say so, and not give no bytes, as an unplugged one
    does."""
    from serial import Serial

    try:
        return Serial(path, baud, timeout=0, inter_byte_timeout=0, exclusive=True)
    except termios.error as error:
        raise OSError(*error.args) from error
    except ValueError as error:
        raise OSError(f"{baud} baud can't be had: {error}") from error


def _why(error: OSError) -> str:
    if error.errno in BUSY:
        return "another program has it"
    if error.errno == errno.EACCES:
        return "no permission: add the station's user to the group dialout"
    return os.strerror(error.errno) if error.errno else str(error)
