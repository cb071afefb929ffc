"""How the two stations know each other, and how the answer is sealed. The only file for joining's ciphers.

Both know the code's one-time secret: each message carries a tag that only it can make. The answer is sealed
with a key that both draw afresh beside it (X25519), so that whoever finds the paper later can't read what he
recorded. What the inviting station keeps is derived from the secret (HKDF, RFC 5869): the code can't be
printed from it again. `cryptography` is imported when somebody joins, and not before.
"""

from __future__ import annotations

import hmac
import os

KEY_BYTES = 32
NONCE_BYTES = 12


class BrokenSeal(Exception):
    """This was not sealed with the same secret, or not for this request."""


def root_of(secret: bytes, invitation: str) -> bytes:
    """What both stations keep in the secret's place."""
    return _derived(secret, b"shelfpost join 1", invitation.encode())


def tag(root: bytes, purpose: str, body: bytes) -> str:
    """`purpose` says which way a message goes, so that none can be sent back as an answer to itself."""
    return hmac.digest(_derived(root, b"", purpose.encode()), body, "sha256").hex()


def is_tag(said: str, root: bytes, purpose: str, body: bytes) -> bool:
    return hmac.compare_digest(said.encode(), tag(root, purpose, body).encode())


def new_key() -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.generate().private_bytes_raw()


def public(private: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def seal(data: bytes, root: bytes, private: bytes, peer: bytes, about: bytes) -> bytes:
    """`about` is what this answers: the seal opens with nothing else. Raises BrokenSeal for a bad `peer`."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_shared(root, private, peer)).encrypt(nonce, data, about)


def unseal(sealed: bytes, root: bytes, private: bytes, peer: bytes, about: bytes) -> bytes:
    """Raises BrokenSeal."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce, closed = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(_shared(root, private, peer)).decrypt(nonce, closed, about)
    except (InvalidTag, ValueError):
        raise BrokenSeal from None


def _shared(root: bytes, private: bytes, peer: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    try:
        drawn = X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(peer))
    except ValueError:
        raise BrokenSeal from None
    return _derived(drawn, root, b"seal")


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), KEY_BYTES, salt, info).derive(key)
