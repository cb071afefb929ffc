"""A scanner on a port of the computer: found, read in one thread, lost, found again when it is back."""

from __future__ import annotations

import errno
import logging
import math
import os
import selectors
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from pathlib import Path

from station.drivers import Emit, Reading, ScannerFound, ScannerLost
from station.drivers.folder_watch import FolderWatch
from station.drivers.framer import Scan
from station.drivers.ports import Finder, Found, Port, Stream
from station.drivers.wake import Wake

BATCH = 8_192
"""Bytes of one read: more than the kernel keeps for a reader of an input device or a terminal."""

LOOK_AGAIN = 5.0
"""Seconds until another look where a folder's watch can't help: it doesn't tell that another program has let
go of a device, nor that one which has just come now answers."""

LOOK_UNWATCHED = 1.0
"""Seconds between two looks where folders can't be watched."""

Clock = Callable[[], float]
log = logging.getLogger(__name__)


class PortScanner:
    """All devices that `finder` finds, read in one thread, each with a stream of its own.

    The first is called `name`, further ones `name-2`, `name-3` …: two scanners of one make may share a
    section of the configuration. An idle scanner doesn't wake the processor, nor does one that is missing.

    A device may be typing when it is opened, and the rest of a code is another code, maybe somebody's. So all
    is thrown away up to the first end or silence, and only then the scanner is said to be found: no scan that
    is made after that is lost. One that types without a pause and without an end is not found.
    """

    def __init__(
        self, name: str, finder: Finder, stream: Callable[[Port], Stream], clock: Clock = time.monotonic
    ) -> None:
        self.name = name
        self._finder = finder
        self._stream = stream
        self._clock = clock
        self._wake = Wake()

    def close(self) -> None:
        self._wake.set()

    def run(self, emit: Emit) -> None:
        run = _Run(self.name, self._finder, self._stream, self._clock, self._wake, emit)
        try:
            while run.turn():
                pass
        finally:
            run.close()


class _Device:
    """One open device, by the name that its readings carry."""

    def __init__(self, name: str, port: Port, stream: Stream) -> None:
        self.name = name
        self.port = port
        self.stream = stream
        self.found = False

    def fileno(self) -> int:
        return self.port.fd

    def read(self, clock: Clock) -> list[Scan]:
        """The scans that came whole by now. Raises OSError where the device has gone."""
        data = os.read(self.port.fd, BATCH)
        if not data:
            raise OSError(errno.ENODEV, "it has ended")
        return self.stream.feed(data, clock())


class _Run:
    """What lives from the scanner's `run` to its end."""

    def __init__(
        self,
        name: str,
        finder: Finder,
        stream: Callable[[Port], Stream],
        clock: Clock,
        wake: Wake,
        emit: Emit,
    ) -> None:
        self._name = name
        self._finder = finder
        self._stream = stream
        self._clock = clock
        self._wake = wake
        self._emit = emit
        self._devices: list[_Device] = []
        self._watch = _watch(finder.folders)
        self._look_at = -math.inf
        self._looked = False
        self._said = ""
        self._selector = selectors.DefaultSelector()
        self._selector.register(wake, selectors.EVENT_READ)
        if self._watch:
            self._selector.register(self._watch, selectors.EVENT_READ)

    def close(self) -> None:
        for device in self._devices:
            device.port.close()
        if self._watch:
            self._watch.close()
        self._selector.close()

    def turn(self) -> bool:
        """Wait for one thing and see to it; False: it was the end.

        `now` is read before the wait: a key that came by then is ready after it, so that silence never ends a
        scan whose next key is waiting to be read.
        """
        now = self._clock()
        ready = {key.fileobj for key, _ in self._selector.select(self._patience(now))}
        if self._wake in ready:
            return False
        for device in tuple(self._devices):
            if device in ready:
                self._read(device)
            else:
                self._report(device, device.stream.expire(now))
        told = self._watch is not None and self._watch in ready
        if told or now >= self._look_at:
            self._look(told)
        return True

    def _patience(self, now: float) -> float | None:
        """Seconds to wait at most; None: for ever."""
        deadlines = (device.stream.deadline() for device in self._devices)
        first = min([self._look_at, *(each for each in deadlines if each is not None)])
        return None if first == math.inf else max(0.0, first - now)

    def _read(self, device: _Device) -> None:
        try:
            self._report(device, device.read(self._clock))
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(device, error)

    def _report(self, device: _Device, scans: Sequence[Scan]) -> None:
        if not device.found and (scans or not device.stream.throwing):
            device.found = True
            self._emit(ScannerFound(device.name))
        for scan in scans:
            self._emit(Reading(device.name, scan.text, scan.at))

    def _lose(self, device: _Device, error: OSError) -> None:
        """Give the device up, and what it had read by half with it; look at once whether it is back."""
        self._selector.unregister(device)
        self._devices.remove(device)
        device.port.close()
        cause = "unplugged" if error.errno == errno.ENODEV else error.strerror
        self._emit(ScannerLost(device.name, f"{device.port.path}: {cause}"))
        self._look_at = -math.inf

    def _look(self, told: bool) -> None:
        if self._watch:
            self._watch.drain()
            self._watch.arm()
        found = self._finder.look({device.port.path for device in self._devices})
        for port in found.ports:
            self._add(port)
        if not self._devices and not self._looked:
            self._emit(ScannerLost(self._name, found.trouble))
        self._looked = True
        self._say(found.trouble, told)
        self._look_at = self._clock() + self._until_next(found, told)

    def _until_next(self, found: Found, told: bool) -> float:
        if self._watch is None:
            return LOOK_UNWATCHED
        return LOOK_AGAIN if found.again or (told and found.trouble) else math.inf

    def _add(self, port: Port) -> None:
        taken = {device.name for device in self._devices}
        names = (self._name if n == 1 else f"{self._name}-{n}" for n in count(1))
        device = _Device(next(each for each in names if each not in taken), port, self._stream(port))
        self._devices.append(device)
        self._selector.register(device, selectors.EVENT_READ)
        device.stream.throw_away(self._clock())

    def _say(self, trouble: str, told: bool) -> None:
        """Log what is in the way, once; not while a device is arriving, when its permissions come later."""
        if not trouble:
            self._said = ""
        elif not told and trouble != self._said:
            log.warning("%s: %s", self._name, trouble)
            self._said = trouble


def _watch(folders: Iterable[Path]) -> FolderWatch | None:
    try:
        return FolderWatch(folders)
    except OSError as error:
        log.warning("folders can't be watched (%s): looking every second", error.strerror)
        return None
