"""From the bytes of one input device to scans. Pure, but for a line in the log where keys were lost."""

from __future__ import annotations

import logging
import struct

from station.drivers.framer import Framer, Scan
from station.drivers.keyboard import Keyboard
from station.drivers.layouts import Layout, composed

EVENT = struct.Struct("llHHi")
"""`struct input_event`: seconds, microseconds, type, code, value; 24 bytes where a long has 8."""

EV_SYN, EV_KEY = 0, 1
SYN_REPORT, SYN_DROPPED = 0, 3

log = logging.getLogger(__name__)


class KeyStream:
    """The keyboard and the framer of one device, fed with what was read from it, cut anywhere.

    SYN_DROPPED says that the kernel's buffer overflowed. All up to the next SYN_REPORT is ignored, the scan
    is thrown away up to its end, and from there the keyboard starts anew, with nothing held and CAPS LOCK
    off. The kernel isn't asked what is held (EVIOCGKEY): giving the answer, it empties the device's queue
    of keys, and the next scan could lose its first characters unseen. No scanner holds a key beyond the end
    of a code.

    `stamped`: the events carry the monotonic time. Otherwise the time of the reading takes its place.
    """

    def __init__(self, layout: Layout, framer: Framer, stamped: bool = True) -> None:
        self._layout = layout
        self._framer = framer
        self._stamped = stamped
        self._keyboard = Keyboard(layout)
        self._rest = b""
        self._ignoring = False
        self._lost = False

    def feed(self, data: bytes, now: float) -> list[Scan]:
        data = self._rest + data
        whole = len(data) - len(data) % EVENT.size
        self._rest = data[whole:]
        scans: list[Scan] = []
        for sec, usec, kind, code, value in EVENT.iter_unpack(data[:whole]):
            at = sec + usec / 1_000_000 if self._stamped else now
            scans += self._event(kind, code, value, at)
        return scans

    def deadline(self) -> float | None:
        return self._framer.deadline()

    def expire(self, now: float) -> list[Scan]:
        return [_composed(scan) for scan in self._framer.expire(now)]

    def throw_away(self, at: float) -> None:
        """The keyboard starts anew after it."""
        self._framer.throw_away(at)
        self._lost = True

    @property
    def throwing(self) -> bool:
        return self._framer.throwing

    def _event(self, kind: int, code: int, value: int, at: float) -> list[Scan]:
        if kind == EV_SYN:
            self._syn(code, at)
        elif kind == EV_KEY and not self._ignoring:
            return self._key(code, value, at)
        return []

    def _syn(self, code: int, at: float) -> None:
        if code == SYN_DROPPED:
            log.warning("the scanner was read too late and keys were lost: the scan is thrown away")
            self.throw_away(at)
            self._ignoring = True
        elif code == SYN_REPORT:
            self._ignoring = False

    def _key(self, code: int, value: int, at: float) -> list[Scan]:
        scans = self.expire(at)
        if self._lost and not self._framer.throwing:
            self._keyboard, self._lost = Keyboard(self._layout), False
        key = self._keyboard.event(code, value)
        return scans if key is None else scans + [_composed(each) for each in self._framer.key(key, at)]


def _composed(scan: Scan) -> Scan:
    return Scan(composed(scan.text), scan.at)
