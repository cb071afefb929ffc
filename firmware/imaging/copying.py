"""The stock image into a file that may be changed: unpacked, with holes for its zeros."""

from __future__ import annotations

import errno
import lzma
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from imaging.tools import MIB, Trouble

PACKED = {
    b"\xfd7zXZ\x00": "xz",
    b"PK\x03\x04": "zip",
    b"\x1f\x8b": "gz",
    b"BZh": "bz2",
    b"\x28\xb5\x2f\xfd": "zst",
}
"""What archives begin with."""
OTHERS = {"zip": "unzip", "gz": "gunzip -k", "bz2": "bunzip2 -k", "zst": "unzstd"}
ZEROS = bytes(MIB)
Blocks = Iterator[tuple[int, bytes]]
"""Places and what stands there."""


def unpacked(stock: Path, target: Path, say: Callable[[str], None]) -> None:
    """Copy `stock` to `target`, which only its owner may read: it will hold keys. Raises Trouble, OSError."""
    try:
        with stock.open("rb") as file:
            packed = next((kind for magic, kind in PACKED.items() if file.peek(6).startswith(magic)), None)
            if packed in OTHERS:
                raise Trouble(f"{stock}: is packed; unpack it first: {OTHERS[packed]} {stock}")
            total = stock.stat().st_size
            say(f"copying {stock}")
            with _made(target) as made:
                blocks = _unpacked(file) if packed else _written(file, 0, total)
                size = _spread(_told(blocks, lambda: file.tell() * 100 // max(total, 1), say), made)
                made.truncate(size if packed else total)
    except (EOFError, lzma.LZMAError):
        raise Trouble(f"{stock}: the archive is damaged or was cut short: load it down again") from None
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise Trouble(f"{error.filename or stock}: {error.strerror}") from None


def some(source: Path, target: Path, start: int, size: int, at: int = 0) -> None:
    """Copy `size` bytes of `source` from `start` on to `at` in `target`, which has zeros there."""
    with source.open("rb") as file, _made(target) as made:
        _spread(((place - start + at, block) for place, block in _written(file, start, start + size)), made)


def _made(target: Path) -> IO[bytes]:
    return os.fdopen(os.open(target, os.O_RDWR | os.O_CREAT, 0o600), "r+b")


def _unpacked(file: IO[bytes]) -> Blocks:
    place = 0
    with lzma.open(file) as plain:
        while block := plain.read(MIB):
            yield place, block
            place += len(block)


def _written(file: IO[bytes], start: int, end: int) -> Blocks:
    """What was ever written between two places: holes are passed over, since an image may be mostly those."""
    while start < end:
        try:
            start = file.seek(start, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # Holes alone, up to the end.
                return
            raise
        block = file.read(min(MIB, max(0, end - start)))
        if not block:
            return
        yield start, block
        start += len(block)


def _told(blocks: Blocks, percent: Callable[[], int], say: Callable[[str], None]) -> Blocks:
    said = 0
    for each in blocks:
        yield each
        if percent() >= said + 20:
            said = percent()
            say(f"copying: {said} %")


def _spread(blocks: Blocks, made: IO[bytes]) -> int:
    """Write what is not zero, and leave holes for the rest. Returns where the end is."""
    end = 0
    for place, block in blocks:
        if block != ZEROS[: len(block)]:
            made.seek(place)
            made.write(block)
        end = place + len(block)
    return end
