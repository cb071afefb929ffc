"""What readers told of themselves, sealed: kept until central holds it or staff has seen to it.

The key lies beside the store in a file of its own, which no backup holds: a copy of the store tells nobody's
name. Whoever has the whole card has both.
"""

from __future__ import annotations

import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct
from tinydb import TinyDB
from tinydb.table import Document as Row

from station.contact import Contact
from station.store.errors import StoreError
from station.store.rows import OrderedTable

KEY = "contacts.key"
"""The key's file, in the data folder."""
_BYTES, _NONCE = 32, 12
PAGE = 200
LONGEST = timedelta(days=90)
"""A contact that nobody has asked for in so long is forgotten."""


class Kept(Struct, frozen=True):
    """A sealed contact as it stands in its table: whose it is, since when, and of which event."""

    position: int
    reader: str
    since: str


class Contacts:
    """In the table `contacts` of `db`. Writing is the caller's transaction.

    Without a `folder` the key is in memory.
    """

    def __init__(self, db: TinyDB, folder: Path | None) -> None:
        self._db = db
        self._folder = folder
        self._key: bytes | None = None if folder else secrets.token_bytes(_BYTES)

    def put(self, position: int, reader: str, contact: Contact, since: datetime) -> None:
        """Keep what the event at `position` tells. Raises StoreError if the key's file can't be made."""
        nonce = secrets.token_bytes(_NONCE)
        plain, bound = msgspec.json.encode(contact), _bound(position, reader)
        sealed = _cipher(self._made_key()).encrypt(nonce, plain, bound)
        body = {"reader": reader, "since": since.isoformat(), "sealed": b64encode(nonce + sealed).decode()}
        self._table.put(Row(body, _id(position)))  # type: ignore[arg-type]

    def get(self, position: int) -> Contact | None:
        """What the event tells, or None where it is gone, or was sealed with another station's key."""
        found = self._table.get(doc_id=_id(position))  # type: ignore[call-overload]
        key = self._known_key()
        if found is None or key is None:
            return None
        from cryptography.exceptions import InvalidTag

        sealed = b64decode(found["sealed"])
        try:
            plain = _cipher(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(position, found["reader"]))
        except InvalidTag:
            return None
        return msgspec.json.decode(plain, type=Contact)

    def all(self) -> Iterator[Kept]:
        """Oldest first."""
        last = ""
        while page := self._table.after(last, PAGE):
            yield from (Kept(int(each.doc_id), each["reader"], each["since"]) for each in page)
            last = str(page[-1].doc_id)

    def forget(self, position: int) -> None:
        self._table.remove(doc_ids=[_id(position)])  # type: ignore[list-item]

    def forget_confirmed(self, position: int) -> None:
        """Central holds every event up to here."""
        for each in list(self.all()):
            if each.position > position:
                return
            self.forget(each.position)

    def _known_key(self) -> bytes | None:
        if self._key is None and self._folder:
            try:
                self._key = (self._folder / KEY).read_bytes()
            except OSError:
                return None
        return self._key

    def _made_key(self) -> bytes:
        key = self._known_key()
        if key is None:
            assert self._folder
            key = self._key = _make(self._folder)
        return key

    @property
    def _table(self) -> OrderedTable:
        table = self._db.table("contacts")
        assert isinstance(table, OrderedTable)
        return table


def _make(folder: Path) -> bytes:
    """A new key, on disk before it is used."""
    key, unfinished = secrets.token_bytes(_BYTES), folder / f"{KEY}.new"
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, flags, 0o600), "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(folder / KEY)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise StoreError(f"cannot write {folder / KEY}: {error.strerror}.") from error
    return key


def _cipher(key: bytes):  # type: ignore[no-untyped-def]
    """Imported when somebody has shown a contact, and not before: it takes some megabytes."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    return ChaCha20Poly1305(key)


def _bound(position: int, reader: str) -> bytes:
    """A sealed contact can't be moved to another event or reader."""
    return f"{position}/{reader}".encode()


def _id(position: int) -> str:
    return f"{position:015d}"
