"""The cards and books that can be scanned with a key, as they stand in the store."""

from __future__ import annotations

from msgspec import Struct

from station import masks
from station.documents import read
from station.model import Item, Reader
from station.simulate import words
from station.store import Store

CARD_KEYS = ("f5", "f6", "f7", "f8")
BOOK_KEYS = tuple("acdeghijklmn")
"""With Alt. A scanner types letters too, but neither function keys nor Alt; so its scans stay whole.
Alt+B and Alt+F look like Ctrl and an arrow to a program in a terminal."""


class Sample(Struct, frozen=True):
    """`text` is what is scanned; `note` says what is to be known of it, such as who has it."""

    key: str
    text: str
    name: str
    note: str


def cards(store: Store) -> list[Sample]:
    """The first few cards, by their numbers."""
    found = [read(Reader, each) for each in store.shelf.table("readers").after("", len(CARD_KEYS))]
    return [
        Sample(key, each.id, each.kind, _card_note(each)) for key, each in zip(CARD_KEYS, found, strict=False)
    ]


def books(store: Store) -> list[Sample]:
    """The first few copies, by their labels."""
    found = [read(Item, each) for each in store.shelf.table("items").after("", len(BOOK_KEYS))]
    return [
        Sample(key, each.id, words.title(store.shelf, each.id), _book_note(each))
        for key, each in zip(BOOK_KEYS, found, strict=False)
    ]


def _card_note(reader: Reader) -> str:
    if reader.status != "active":
        return reader.status
    return "" if reader.limit is None else f"limit {reader.limit}"


def _book_note(item: Item) -> str:
    if item.loan:
        return masks.code(item.loan.reader)
    if item.hold_for:
        return "held"
    return "" if item.status == "available" else item.status
