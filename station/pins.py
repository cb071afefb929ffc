"""PINs: kept as a scrypt hash, keyed with the library's secret so that a copied document alone is no use."""

from __future__ import annotations

import hashlib
import hmac
import os
import re

DIGITS = re.compile(r"[0-9]{4,8}")
"""What a PIN is (the contract); full-width and other digits are not."""

_COST = {"n": 2**13, "r": 8, "p": 1}
"""scrypt's cost: 8 MiB for a check, which a Pi Zero 2 W has to spare."""


def hashed(digits: str, secret: bytes) -> str:
    """The text that a reader's document keeps: salt and hash, in hexadecimal.

    Raises ValueError if `digits` is not 4 to 8 of 0-9.
    """
    if not DIGITS.fullmatch(digits):
        raise ValueError("a PIN is 4 to 8 digits")
    salt = os.urandom(16)
    return f"{salt.hex()}${_hash(digits, salt, secret).hex()}"


def fits(kept: str | None, digits: str, secret: bytes) -> bool:
    """Whether `digits` is the PIN whose hash is `kept`; a missing or malformed hash fits nothing."""
    salt, _, expected = (kept or "").partition("$")
    try:
        return hmac.compare_digest(_hash(digits, bytes.fromhex(salt), secret), bytes.fromhex(expected))
    except ValueError:
        return False


def _hash(digits: str, salt: bytes, secret: bytes) -> bytes:
    keyed = hmac.digest(secret, digits.encode(), "sha256")
    return hashlib.scrypt(keyed, salt=salt, dklen=32, **_COST)
