"""Finds the input devices that are the scanner. The only file that imports evdev, and only when it looks."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import re
import struct
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from station.drivers.ports import Found, Port, opens_untold

INPUT = Path("/dev/input")

EVIOCSCLOCKID = 0x400445A0
"""_IOW('E', 0xa0, int): which clock stamps the events of a device."""

EV_KEY, KEY_1, KEY_KP1 = 1, 2, 79

GONE = frozenset({errno.ENOENT, errno.ENODEV})
"""What is said of a device that goes while it is looked at."""

VENDOR_PRODUCT = re.compile(r"[0-9a-f]{4}:[0-9a-f]{4}")

log = logging.getLogger(__name__)


class Device(Protocol):
    """As much of evdev's InputDevice as is used here."""

    fd: int
    path: str
    name: str
    info: Any

    def capabilities(self) -> dict[int, Any]: ...
    def grab(self) -> None: ...
    def close(self) -> None: ...


def open_device(path: str) -> Any:
    """evdev's InputDevice, a Device. Raises OSError, and UnicodeDecodeError where its name is not UTF-8."""
    from evdev import InputDevice

    try:
        return InputDevice(path)
    except SystemError as error:
        # A device that goes while it is opened: evdev's EVIOCGEFFECTS fails without saying why.
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV), path) from error


class Opened(Struct, frozen=True):
    """The devices that open, the paths of those that this user may not open, and in words why others don't;
    `again` as in Found."""

    devices: list[Device] = []
    locked: list[str] = []
    failed: list[str] = []
    again: bool = False


class InputDevices:
    """Finds devices by what `match` says: a path, `vendor:product` in hex digits, or a name.

    A name is a device's whole name, or where none has that, a part of it in any case. By name and by
    vendor:product only what types digits counts: a scanner often shows as several devices, the others for
    volume and power keys.
    """

    def __init__(
        self,
        match: str,
        grab: bool = True,
        folder: Path = INPUT,
        opener: Callable[[str], Device] = open_device,
    ) -> None:
        self._match = match
        self._grab = grab
        self._folder = folder
        self._open = opener
        self._path = Path(match) if match.startswith("/") else None
        self.folders = (folder,) if self._path is None else (folder, self._path.parent)

    def look(self, taken: Collection[str]) -> Found:
        """Open what matches and isn't taken, grabbed where that is wished; never raises."""
        paths = [self._match] if self._path else _event_nodes(self._folder)
        opened = _open_all(paths, self._open)
        wanted = {each.path for each in opened.devices if self._matches(each, opened.devices)}
        ports, troubles, again = [], [], opened.again
        for device in opened.devices:
            if device.path not in wanted or device.path in taken:
                device.close()
                continue
            try:
                ports.append(self._port(device))
            except OSError as error:
                device.close()
                troubles.append(_not_grabbed(device.path, error))
                again |= opens_untold(error)
        if not wanted and not taken:
            troubles += self._missing(opened)
        return Found(ports, "; ".join(troubles), again)

    def _missing(self, opened: Opened) -> list[str]:
        """One that doesn't open may be the scanner."""
        if opened.locked:
            return [_no_permission(opened.locked)]
        return [f"no input device matches {self._match!r}", *opened.failed]

    def _matches(self, device: Device, among: Sequence[Device]) -> bool:
        if self._path:
            return True
        if not _types(device):
            return False
        if VENDOR_PRODUCT.fullmatch(self._match.lower()):
            return _ids(device) == self._match.lower()
        if any(_types(each) and each.name.strip() == self._match for each in among):
            return device.name.strip() == self._match
        return self._match.casefold() in device.name.casefold()

    def _port(self, device: Device) -> Port:
        """Raises OSError where another program has grabbed the device, or it has just gone."""
        stamped = _stamped(device.fd)
        if self._grab:
            device.grab()
        log.info("reading %s, %s", device.path, device.name)
        return Port(device.path, device.fd, device.close, stamped)


def typing_devices(folder: Path = INPUT, opener: Callable[[str], Device] = open_device) -> list[str]:
    """What types digits here and may be read: how to match it, its name and its path."""
    devices = _open_all(_event_nodes(folder), opener).devices
    told = [f'match = "{_ids(each)}" ({each.name.strip()}, {each.path})' for each in devices if _types(each)]
    for each in devices:
        each.close()
    return told


def _event_nodes(folder: Path) -> list[str]:
    nodes = [each for each in folder.glob("event*") if each.name[5:].isdigit()]
    return [str(each) for each in sorted(nodes, key=lambda each: int(each.name[5:]))]


def _open_all(paths: Sequence[str], opener: Callable[[str], Device]) -> Opened:
    devices, locked, failed, again = [], [], [], False
    for path in paths:
        try:
            devices.append(opener(path))
        except PermissionError:
            locked.append(path)
        except UnicodeDecodeError:
            log.debug("%s: its name is not UTF-8", path)
            failed.append(f"{path} can't be read: its name is not UTF-8")
        except OSError as error:
            log.debug("%s: %s", path, error.strerror)
            failed += [] if error.errno in GONE else [f"{path}: {error.strerror}"]
            again |= opens_untold(error)
    return Opened(devices, locked, failed, again)


def _ids(device: Device) -> str:
    return f"{device.info.vendor:04x}:{device.info.product:04x}"


def _types(device: Device) -> bool:
    keys = device.capabilities().get(EV_KEY, [])
    return KEY_1 in keys or KEY_KP1 in keys


def _stamped(fd: int) -> bool:
    """Have the events stamped with the monotonic time; False where the device can't."""
    try:
        fcntl.ioctl(fd, EVIOCSCLOCKID, struct.pack("i", time.CLOCK_MONOTONIC))
    except OSError:
        return False
    return True


def _not_grabbed(path: str, error: OSError) -> str:
    why = "another program has grabbed it" if error.errno == errno.EBUSY else error.strerror
    return f"{path}: {why}"


def _no_permission(paths: Sequence[str]) -> str:
    return f"no permission to read {', '.join(paths)}: add the station's user to the group input"
