"""One handle on the store, for one thread. What is decided is written in one durable transaction."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from tinydb import TinyDB

from station.decision import Decision
from station.model import Library, Moment
from station.store.catalogue import Catalogue
from station.store.contacts import Contacts
from station.store.errors import StoreError
from station.store.invites import Invites
from station.store.journal import Journal
from station.store.rows import OrderedTable, RowTable
from station.store.schema import prepare
from station.store.shared import Shared
from station.store.shelf import StoredShelf
from station.store.storage import SqliteStorage
from station.store.wanted import WantedTitles


class RowDB(TinyDB):
    table_class = RowTable


class OrderedDB(TinyDB):
    """For any of TinyDB's own storages that has a `transaction`."""

    table_class = OrderedTable


class Store:
    """TinyDB with a journal. Make one with `Store.open`, and one for each thread."""

    def __init__(
        self, db: TinyDB, station: str, *, epoch: str | None = None, folder: Path | None = None
    ) -> None:
        self._db = db
        self.journal = Journal(db, station, epoch)
        self.catalogue = Catalogue(db)
        self.wanted = WantedTitles(db)
        self.shared = Shared(db, self.wanted)
        self.invites = Invites(db)
        self.contacts = Contacts(db, folder)
        with self.transaction():
            self.journal.begin()

    @classmethod
    def open(cls, path: Path, station: str, *, durable: bool = True, epoch: str | None = None) -> Store:
        """The store in the file at `path`, which is made if there is none.

        With `durable=False` a commit survives the process but not a power cut. Raises StoreError.
        """
        prepare(path)
        db = RowDB(path, storage=SqliteStorage, durable=durable)
        return cls(db, station, epoch=epoch, folder=path.parent)

    @property
    def shelf(self) -> StoredShelf:
        """The library as it is now, for reading outside a decision."""
        return StoredShelf(self._db, self.journal)

    def decide(
        self,
        flow: Callable[[StoredShelf], Decision],
        now: Moment,
        *,
        degraded: bool = False,
        synced: bool = False,
    ) -> Decision:
        """Let `flow` decide on the library as it is, and commit what it says: all of it, or nothing.

        Nobody else changes the library in between. When this returns, the decision is on disk; on a handle
        that is not durable only where it is `synced`. Raises StoreError if it could not be committed; then
        nothing has happened.
        """
        with self.transaction(synced=synced):
            shelf = StoredShelf(self._db, self.journal, degraded)
            decision = flow(shelf)
            if decision.save or decision.record:
                library = shelf.library() or _created(decision)
                stamps = self.journal.write(decision.record, len(decision.save), library.id, now)
                for document, stamp in zip(decision.save, stamps, strict=True):
                    self.shared.put(document, stamp)
                if decision.contact and decision.reader:
                    self.contacts.put(self.journal.head, decision.reader, decision.contact, now.wall)
        return decision

    def transaction(self, *, synced: bool = False) -> AbstractContextManager[None]:
        """All or nothing; `synced`: safe from a power cut whatever the handle. Raises StoreError."""
        storage: Any = self._db.storage
        under_way: AbstractContextManager[None] = storage.transaction(synced=synced)
        return under_way

    def version(self) -> int:
        """A number that changes when somebody else has written."""
        return int(self._db.storage.version())  # type: ignore[attr-defined]

    def close(self) -> None:
        self._db.close()


def _created(decision: Decision) -> Library:
    for document in decision.save:
        if isinstance(document, Library):
            return document
    raise StoreError("this station has no library yet: make one with `station library create`.")
