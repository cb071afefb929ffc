"""What the two stations say to each other, and how it travels: a body as text, and its tag.

The tag is of the body's very bytes, so nothing depends on how JSON is written.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from station.config.sections import StationId
from station.joining import seals

LARGEST = 262_144
"""Bytes of a message that is worth reading: certificates may be many."""

Key = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
S = TypeVar("S", bound=Struct)


class Ask(Struct, frozen=True, kw_only=True):
    """A fresh station's request. `key` is its public key, drawn for this; `station` how it would be called.

    `fixed`: its own configuration gives it that name.
    """

    key: Key
    station: StationId
    fixed: bool = False


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Refused, or sealed: `Given` as JSON, in hexadecimal. `to` is the key of the request that it answers."""

    to: Key
    refused: Literal["spent", "ended", "taken", "named", "wrong"] | None = None
    key: Key | None = None
    sealed: str | None = None


class Given(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a station of the library has. `ca` is a certificate's text, `ca_file` where to find it instead."""

    secret: Key
    station: StationId
    username: str | None = None
    password: str | None = None
    ca: str | None = None
    ca_file: str | None = None
    patterns: dict[str, Any] = {}
    session: dict[str, Any] = {}


class _Tagged(Struct, frozen=True):
    body: str
    tag: str


def packed(body: str, root: bytes, purpose: str) -> bytes:
    return msgspec.json.encode(_Tagged(body, seals.tag(root, purpose, body.encode())))


def text(said: Struct) -> str:
    return msgspec.json.encode(said).decode()


def unpacked(payload: bytes, root: bytes, purpose: str, kind: type[S]) -> tuple[str, S | None]:
    """The body and what it says; None where its tag was made with another secret.

    Raises ValueError for what is no such message.
    """
    if len(payload) > LARGEST:
        raise ValueError("too large")
    try:
        found = msgspec.json.decode(payload, type=_Tagged)
        if not seals.is_tag(found.tag, root, purpose, found.body.encode()):
            return found.body, None
        return found.body, msgspec.json.decode(found.body, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ValueError(str(error)) from None
