"""From the bytes of one serial port to scans."""

from __future__ import annotations

import logging

from station.drivers.framer import END, LONGEST, LONGEST_CONTACT, SILENCE, WHOLE, Framer, Scan

WIDEST = 4
"""Bytes of one character at most, in UTF-8 and in GB18030."""

ENDS = frozenset(b"\r\n\t")
"""What ends a code. None of them is ever a part of another character, in UTF-8 or in GB18030."""

log = logging.getLogger(__name__)


class ByteStream:
    """What one device has sent, framed as bytes, and turned into text only when it is whole.

    A code that is no text in `encoding` becomes an empty one: the desk answers `unknown`, so that the reader
    knows, and no repair of it can be taken for another code.
    """

    def __init__(self, encoding: str = "utf-8", silence: float = SILENCE, whole: float = WHOLE) -> None:
        self._encoding = encoding
        self._framer = Framer(LONGEST * WIDEST, silence, whole, LONGEST_CONTACT * WIDEST)

    def feed(self, data: bytes, now: float) -> list[Scan]:
        keys = (END if byte in ENDS else chr(byte) for byte in data)
        return [self._text(scan) for key in keys for scan in self._framer.key(key, now)]

    def deadline(self) -> float | None:
        return self._framer.deadline()

    def expire(self, now: float) -> list[Scan]:
        return [self._text(scan) for scan in self._framer.expire(now)]

    def throw_away(self, at: float) -> None:
        self._framer.throw_away(at)

    @property
    def throwing(self) -> bool:
        return self._framer.throwing

    def _text(self, scan: Scan) -> Scan:
        try:
            return Scan(scan.text.encode("latin-1").decode(self._encoding), scan.at)
        except UnicodeDecodeError:
            log.warning("a code was no text in %s: look at the scanner's encoding and speed", self._encoding)
            return Scan("", scan.at)
