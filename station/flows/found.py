"""A lost book that is scanned is found, whatever comes of the scan otherwise."""

from __future__ import annotations

from msgspec import structs

from station.decision import Draft
from station.events import ItemFound
from station.model import Item


def found(draft: Draft, item: Item) -> Item:
    """The item as it is for this scan: a lost one is available again, and staff will hear of it."""
    if item.status != "lost":
        return item
    here = structs.replace(item, status="available")
    draft.save(here)
    draft.record(ItemFound(item=item.id, isbn=item.isbn, staff=draft.staff))
    draft.raise_incident("lost_and_found", "a book that was lost has been scanned at the shelf", item=item.id)
    return here
