"""The backup file: a head that says what it is, and the store in pieces, compressed and sealed.

    shelfpost-backup 1          the format and its version
    {"library": …}              JSON on one line: whose it is, of when, what it holds
    5f1c…                       BLAKE2b of these two lines
    pieces                      four bytes of length, then so many bytes

The head is readable without the passphrase, and no piece opens under another head.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from station.backup import BackupError
from station.backup.seals import SALT_BYTES, BrokenSeal, Cipher, Digest, Seal, derived, is_same
from station.store.copies import VERSION, Contents

MAGIC = b"shelfpost-backup "
FORMAT = 1
PIECE = 2**18
"""Bytes of the store in a piece: what is in memory at once."""
LONGEST_PIECE = 2 * PIECE
LONGEST_LINE = 2**16


class Lock(Struct, frozen=True):
    """How the passphrase makes the key; `check` tells a wrong one from a damaged file. Hexadecimal."""

    salt: str
    check: str


class Head(Struct, frozen=True, kw_only=True):
    """`written` is by the station's clock, which may have been wrong; `contents.stamp` goes back only
    where it was too far ahead.
    """

    station: str
    written: str
    contents: Contents
    lock: Lock | None = None


def pack(store: Path, file: BinaryIO, head: Head, secret: bytes | None) -> None:
    """Write the store in the file at `store` into `file`, encrypted if there is a `secret`."""
    key = b""
    if secret is not None:
        salt = os.urandom(SALT_BYTES)
        key, check = derived(secret, salt)
        head = msgspec.structs.replace(head, lock=Lock(salt.hex(), check.hex()))
    lines = b"%s%d\n%s\n" % (MAGIC, FORMAT, msgspec.json.encode(head))
    seal: Seal = Digest(lines) if secret is None else Cipher(key, lines)
    file.write(lines + _digest(lines) + b"\n")
    with store.open("rb") as pages:
        for number, (data, last) in enumerate(_with_last(iter(lambda: pages.read(PIECE), b""))):
            closed = seal.close(number, last, zlib.compress(data, 6))
            file.write(len(closed).to_bytes(4, "big") + closed)


def unpack(path: Path, target: Path, secret: bytes | None) -> Head:
    """Write the store in the backup at `path` into the new file `target`.

    Raises BackupError if it is no backup, newer, damaged, cut off, or locked with another passphrase.
    """
    try:
        with path.open("rb") as file, target.open("xb") as pages:
            head, lines = _head(file, path)
            seal = _seal(head, lines, secret, path)
            for number, (closed, last) in enumerate(_with_last(_pieces(file, path))):
                pages.write(_inflated(seal.open(number, last, closed), path))
    except BrokenSeal:
        raise _damaged(path) from None
    return head


def head_of(path: Path) -> Head:
    """What the backup at `path` says of itself. Raises BackupError or OSError."""
    with path.open("rb") as file:
        return _head(file, path)[0]


def _head(file: BinaryIO, path: Path) -> tuple[Head, bytes]:
    first, second, digest = (file.readline(LONGEST_LINE) for _ in range(3))
    if not first.startswith(MAGIC):
        raise BackupError(f"{path} is not a Shelfpost backup. Nothing was changed.")
    if digest != _digest(first + second) + b"\n":
        raise _damaged(path)
    if first != b"%s%d\n" % (MAGIC, FORMAT):
        raise _newer(path)
    try:
        head = msgspec.json.decode(second, type=Head)
    except msgspec.MsgspecError:
        raise _damaged(path) from None
    if head.contents.version > VERSION:
        raise _newer(path)
    return head, first + second


def _seal(head: Head, lines: bytes, secret: bytes | None, path: Path) -> Seal:
    if head.lock is None:
        return Digest(lines)
    if secret is None:
        raise BackupError(f"{path} is encrypted: name the file of its passphrase with --passphrase-file.")
    key, check = derived(secret, bytes.fromhex(head.lock.salt))
    if not is_same(check, bytes.fromhex(head.lock.check)):
        raise BackupError(f"{path} was encrypted with another passphrase. Nothing was changed.")
    return Cipher(key, lines)


def _pieces(file: BinaryIO, path: Path) -> Iterator[bytes]:
    while length := file.read(4):
        size = int.from_bytes(length, "big")
        piece = file.read(size) if size <= LONGEST_PIECE else b""
        if len(length) < 4 or len(piece) < size:
            raise _damaged(path)
        yield piece


def _inflated(data: bytes, path: Path) -> bytes:
    """Never more than a piece, whatever the file says."""
    try:
        inflater = zlib.decompressobj()
        found = inflater.decompress(data, PIECE + 1)
    except zlib.error:
        raise _damaged(path) from None
    if not inflater.eof or len(found) > PIECE:
        raise _damaged(path)
    return found


def _with_last(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each piece, and whether it is the last one; where there is none, an empty one, which no seal opens."""
    before = next(pieces, b"")
    for each in pieces:
        yield before, False
        before = each
    yield before, True


def _digest(lines: bytes) -> bytes:
    return hashlib.blake2b(lines, digest_size=32).hexdigest().encode()


def _damaged(path: Path) -> BackupError:
    return BackupError(f"{path} is damaged or cut off. Nothing was changed: take another backup.")


def _newer(path: Path) -> BackupError:
    return BackupError(
        f"{path} was written by a newer Shelfpost. Nothing was changed: install the newer version first."
    )
