"""A scanner that writes lines: one scan a line, from a file, a FIFO, or standard input."""

from __future__ import annotations

import os
import select
import stat
import time
from collections.abc import Callable
from io import FileIO

from station.drivers import Emit, Reading, ScannerEnded, ScannerFound, ScannerLost
from station.drivers.wake import Wake

LONGEST = 8_192
"""Bytes of a line without its end."""

CHUNK = 65_536
LOOK_AGAIN = 1.0
"""Seconds between two looks for a path that isn't there."""

STDIN = 0


class Lines:
    """Cuts bytes into lines, wherever they were cut before. Ends are `\\n` and `\\r\\n`.

    A line over `longest` bytes, and one that isn't UTF-8, becomes an empty one: the desk answers `unknown`,
    so that the reader knows, and no part or repair of it can be taken for another code.
    """

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._line = b""

    def feed(self, data: bytes) -> list[str]:
        """The lines that `data` has made whole."""
        *ends, rest = data.split(b"\n")
        lines = [self._end(each) for each in ends]
        self._add(rest)
        return lines

    def end(self) -> list[str]:
        """The last line, where the source ended without ending it."""
        return [self._end(b"")] if self._line else []

    def _add(self, piece: bytes) -> None:
        """Keep enough to see that a line is too long, and no more; `\\r` may still turn out to be its end."""
        self._line = (self._line + piece)[: self._longest + 2]

    def _end(self, piece: bytes) -> str:
        self._add(piece)
        line, self._line = self._line.removesuffix(b"\r"), b""
        try:
            return "" if len(line) > self._longest else line.decode()
        except UnicodeDecodeError:
            return ""


class LinesScanner:
    """Reads `path`, or standard input where it is `-`.

    A FIFO is read for ever, writer after writer; a file and standard input end. The last line of a writer
    or a file counts without its `\\n`. An empty line is a reading with an empty text.
    """

    def __init__(
        self, name: str, path: str, clock: Callable[[], float] = time.monotonic, longest: int = LONGEST
    ) -> None:
        self.name = name
        self._path = path
        self._clock = clock
        self._longest = longest
        self._wake = Wake()

    def close(self) -> None:
        self._wake.set()

    def run(self, emit: Emit) -> None:
        """Report until the source ends, or `close`. A path that isn't there, or fails, is tried again."""
        lost = False
        while not self._wake.wait(LOOK_AGAIN if lost else 0):
            try:
                with self._opened() as source:
                    emit(ScannerFound(self.name))
                    lost = False
                    self._read(source.fileno(), emit)
                return
            except OSError as error:
                if not lost:
                    emit(ScannerLost(self.name, f"{self._path}: {error.strerror}"))
                lost = True

    def _opened(self) -> FileIO:
        """The source, opened so that neither a FIFO nor a terminal makes it wait. Raises OSError."""
        if self._path == "-":
            return open(STDIN, "rb", buffering=0, closefd=False)
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        return open(self._path, "rb", buffering=0, opener=lambda path, _: os.open(path, flags))

    def _read(self, source: int, emit: Emit) -> None:
        lines = Lines(self._longest)
        poll = select.poll()
        poll.register(source, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        while self._wake.fd not in dict(poll.poll()):
            data = _chunk(source)
            at = self._clock()
            for line in lines.feed(data) if data else lines.end():
                emit(Reading(self.name, line, at))
            if data == b"" and not self._renewed(source):
                emit(ScannerEnded(self.name))
                return

    def _renewed(self, source: int) -> bool:
        """Whether there will be more: a FIFO whose last writer has left is opened anew.

        Left as it is, it would be readable without end. The new descriptor is there before it takes the old
        one's place, so that nothing is lost that a next writer has written in between. Raises OSError if the
        path is gone.
        """
        if self._path == "-" or not stat.S_ISFIFO(os.fstat(source).st_mode):
            return False
        with self._opened() as fresh:
            os.dup2(fresh.fileno(), source, inheritable=False)
        return True


def _chunk(source: int) -> bytes | None:
    """What a readable source has: empty at its end; None if a writer has left and the next one is there."""
    try:
        return os.read(source, CHUNK)
    except BlockingIOError:
        return None
