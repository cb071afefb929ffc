"""The stock image into a file that may be changed: unpacked, with holes for its zeros."""

from __future__ import annotations

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


def unpacked(stock: Path, target: Path, say: Callable[[str], None]) -> None:
    """Copy `stock` to `target`, which only its owner may read: it will hold keys. Raises Trouble, OSError."""
    try:
        with stock.open("rb") as file:
            packed = next((kind for magic, kind in PACKED.items() if file.peek(6).startswith(magic)), None)
            if packed in OTHERS:
                raise Trouble(f"{stock}: is packed; unpack it first: {OTHERS[packed]} {stock}")
            total = stock.stat().st_size
            say(f"copying {stock}")
            with lzma.open(file) if packed else file as plain:
                _copy(plain, target, lambda: file.tell() * 100 // max(total, 1), say)
    except (EOFError, lzma.LZMAError):
        raise Trouble(f"{stock}: the archive is damaged or was cut short: load it down again") from None
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise Trouble(f"{stock}: {error.strerror}") from None


def some(source: Path, target: Path, start: int, size: int, at: int = 0) -> None:
    """Copy `size` bytes of `source` from `start` on to `at` in `target`, which has zeros there."""
    with source.open("rb") as file, target.open("r+b" if target.exists() else "xb") as made:
        file.seek(start)
        _spread(_blocks(file, size), made, at)


def _copy(plain: IO[bytes], target: Path, percent: Callable[[], int], say: Callable[[str], None]) -> None:
    def told(blocks: Iterator[bytes]) -> Iterator[bytes]:
        said = 0
        for block in blocks:
            yield block
            if percent() >= said + 20:
                said = percent()
                say(f"copying: {said} %")

    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as made:
        made.truncate(_spread(told(_blocks(plain)), made, 0))


def _spread(blocks: Iterator[bytes], made: IO[bytes], at: int) -> int:
    """Write what is not zero, and leave holes for the rest. Returns where the end is."""
    for block in blocks:
        if block != ZEROS[: len(block)]:
            made.seek(at)
            made.write(block)
        at += len(block)
    return at


def _blocks(file: IO[bytes], size: int | None = None) -> Iterator[bytes]:
    while block := file.read(MIB if size is None else min(MIB, size)):
        yield block
        if size is not None:
            size -= len(block)
