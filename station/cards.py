"""Signed cards: anybody can guess a number and print it, so the code of a printed card carries a tag too.

`RD-1001+7K3M9QZX`: the id, and 40 bits of an HMAC keyed with the library's secret, in Crockford's base 32.
Any station of the library checks it without a network. To find a tag by trying takes half a million million
scans, two seconds each, so wrong ones are neither counted nor locked. All characters are in Code 128, in a QR
code, and on every keyboard layout that a scanner types in. Books' labels are not signed.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable

from station.model import Policy, Reader

LONGEST = 503
"""Characters of a card's number that leave room for the tag in a scan."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TAG = 8
_SIGNED = re.compile(rf"(.+)\+([{_ALPHABET}]{{{_TAG}}})", re.DOTALL)


def signed(card: str, secret: bytes) -> str:
    """What the code of a printed card holds. Raises ValueError if `card` is too long to be scanned so."""
    if not 0 < len(card) <= LONGEST:
        raise ValueError(f"a card's number has 1 to {LONGEST} characters")
    return f"{card}+{_tag(card, secret)}"


def split(text: str) -> tuple[str, str] | None:
    """The id and the tag, where `text` looks like a signed card."""
    found = _SIGNED.fullmatch(text)
    return (found[1], found[2]) if found else None


def fits(card: str, tag: str, secret: bytes) -> bool:
    return hmac.compare_digest(tag.encode(), _tag(card, secret).encode())


def opened_by_a_number(policy: Policy, readers: Iterable[Reader]) -> list[Reader]:
    """The staff cards that anybody opens who prints their number: not blocked, without a PIN, where unsigned
    cards count. Each wants a PIN, or the library the policy `cards=signed`.
    """
    if policy.cards == "signed":
        return []
    return [each for each in readers if each.kind == "staff" and each.status == "active" and not each.pin]


def _tag(card: str, secret: bytes) -> str:
    bits = int.from_bytes(hmac.digest(secret, b"card:" + card.encode(), "sha256")[: _TAG * 5 // 8], "big")
    return "".join(_ALPHABET[bits >> 5 * place & 31] for place in reversed(range(_TAG)))
