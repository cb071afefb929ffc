"""How the pieces of a backup file are closed, so that none can be changed, left out or put elsewhere.

A piece is closed together with the file's head, its own number, and whether it is the last one. After
Hoang and others, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance" (2015): STREAM.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from typing import Protocol

from station.backup import BackupError

SALT_BYTES = 16
CHECK_BYTES = 16
SHORTEST = 12
"""Characters of a passphrase; what is shorter can be found by trying."""
COST = {"n": 2**15, "r": 8, "p": 1}
"""scrypt's cost, part of the file's format: 32 MiB, which a Pi Zero 2 W has to spare once a day."""


class BrokenSeal(Exception):
    """This piece is not what was closed."""


class Seal(Protocol):
    def close(self, number: int, last: bool, data: bytes) -> bytes: ...

    def open(self, number: int, last: bool, closed: bytes) -> bytes:
        """Raises BrokenSeal."""
        ...


class Digest:
    """For a backup without a passphrase: finds damage, keeps nobody out."""

    SIZE = 16

    def __init__(self, head: bytes) -> None:
        self._head = head

    def close(self, number: int, last: bool, data: bytes) -> bytes:
        return data + self._digest(number, last, data)

    def open(self, number: int, last: bool, closed: bytes) -> bytes:
        data, digest = closed[: -self.SIZE], closed[-self.SIZE :]
        if digest != self._digest(number, last, data):
            raise BrokenSeal
        return data

    def _digest(self, number: int, last: bool, data: bytes) -> bytes:
        return hashlib.blake2b(self._head + _place(number, last) + data, digest_size=self.SIZE).digest()


class Cipher:
    """ChaCha20-Poly1305 with a key of this file alone."""

    def __init__(self, key: bytes, head: bytes) -> None:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        self._cipher = ChaCha20Poly1305(key)
        self._invalid = InvalidTag
        self._head = head

    def close(self, number: int, last: bool, data: bytes) -> bytes:
        return self._cipher.encrypt(_place(number, last), data, self._head)

    def open(self, number: int, last: bool, closed: bytes) -> bytes:
        try:
            return self._cipher.decrypt(_place(number, last), closed, self._head)
        except self._invalid:
            raise BrokenSeal from None


def passphrase(path: Path) -> bytes:
    """The passphrase in a file, without its line end. Raises BackupError that shows none of it."""
    try:
        secret = path.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise BackupError(f"the passphrase file {path} cannot be read: {error.strerror}.") from error
    if len(secret.decode(errors="replace")) < SHORTEST:
        raise BackupError(
            f"the passphrase in {path} is too short: it takes {SHORTEST} characters or more, on one line."
        )
    return secret


def derived(secret: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """The file's key, and a value that tells a wrong passphrase from a damaged file."""
    both = hashlib.scrypt(secret, salt=salt, dklen=32 + CHECK_BYTES, maxmem=2**26, **COST)
    return both[:32], both[32:]


def is_same(one: bytes, other: bytes) -> bool:
    return hmac.compare_digest(one, other)


def _place(number: int, last: bool) -> bytes:
    """Twelve bytes, as the cipher's nonce is: never the same twice in a file."""
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")
