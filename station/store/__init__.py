"""The store: documents, events and marks on disk, and the one place where a decision becomes durable."""

from station.store.errors import StoreError
from station.store.store import Store

__all__ = ["Store", "StoreError"]
