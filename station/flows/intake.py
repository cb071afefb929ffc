"""ADD: books are taken in by their ISBN and the labels of their copies."""

from __future__ import annotations

from msgspec import structs

from station.decision import Decision, Draft
from station.events import ItemAdded
from station.model import Item
from station.scan import looks_like_isbn
from station.session import Mode
from station.signals import Reason, Signal


def isbn(draft: Draft, mode: Mode, number: str) -> Decision:
    """The ISBN of the labels that follow; where books are known by it, the ISBN alone adds a copy."""
    if draft.shelf.policy.lend_by == "copy":
        return draft.decide(Signal.MODE, mode=structs.replace(mode, isbn=number))
    taken = {each.id for each in draft.shelf.copies(number)}
    key = next(each for n in range(1, len(taken) + 2) if (each := f"{number}-{n}") not in taken)
    return _add(draft, Item(id=key, isbn=number))


def label(draft: Draft, mode: Mode, key: str) -> Decision:
    """A label that nobody knows; without an ISBN before it, a copy without a title.

    What looks like an ISBN and isn't one was misread, or misprinted: it is no label.
    """
    if looks_like_isbn(key):
        return draft.decide(Signal.UNKNOWN)
    return _add(draft, Item(id=key, isbn=mode.isbn))


def is_on_goods(key: str) -> bool:
    """Whether a code is of the kind that shops read (EAN, UPC): a price, or a book's own, and no label."""
    return key.isascii() and key.isdigit() and len(key) in (8, 12, 13, 14)


def known(draft: Draft, mode: Mode, item: Item) -> Decision:
    """A withdrawn copy is taken in again; any other has been already."""
    if item.status != "withdrawn":
        return draft.decide(Signal.REFUSED, Reason.WRONG_KIND, item=item.id)
    return _add(draft, structs.replace(item, status="available", isbn=mode.isbn or item.isbn))


def _add(draft: Draft, item: Item) -> Decision:
    draft.save(item)
    draft.record(ItemAdded(item=item.id, isbn=item.isbn, staff=draft.staff))
    return draft.decide(Signal.ADDED, item=item.id)
