"""The store: documents, events and marks on disk, and the one place where a decision becomes durable."""

from station.store.errors import NoDocument, StoreError
from station.store.store import Store

__all__ = ["NoDocument", "Store", "StoreError"]
