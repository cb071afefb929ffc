"""LOST, FOUND, WITHDRAW: staff says what has become of a book. Its loan stays as it is."""

from __future__ import annotations

from msgspec import structs

from station.decision import Decision, Draft
from station.events import ItemFound, ItemLost, ItemWithdrawn
from station.model import Item
from station.signals import Reason, Signal

TO = {"LOST": "lost", "FOUND": "available", "WITHDRAW": "withdrawn"}
EVENTS = {"LOST": ItemLost, "FOUND": ItemFound, "WITHDRAW": ItemWithdrawn}
COMMANDS = frozenset(TO)


def book(draft: Draft, name: str, item: Item) -> Decision:
    """A book that is already so is said to be so, without an event."""
    if name == "FOUND" and item.status != "lost":
        if item.status != "available":
            return draft.decide(Signal.REFUSED, Reason.WRONG_KIND, item=item.id)
    elif item.status != TO[name]:
        draft.save(structs.replace(item, status=TO[name]))
        draft.record(EVENTS[name](item=item.id, isbn=item.isbn, staff=draft.staff))
    return draft.decide(Signal.DONE_OK, item=item.id)
