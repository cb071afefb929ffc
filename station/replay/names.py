"""The names that a transcript may use for what documents and events hold. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from msgspec import structs

from station.events import EVENTS, EventType, short
from station.model import Count, Document, Id, Incident, Item, Library, Policy, Reader, Title

_STAMPS = {"stamp", "parent", "stamps", "extra", "loanstamp", "reststamp"}
Hints = dict[str, Any]


def _fields(cls: type[Document] | type[Policy], *without: str) -> Hints:
    """Field names and types of `cls` that a transcript may set."""
    return {
        each.name: each.type for each in structs.fields(cls) if each.name not in {*_STAMPS, *without, "loan"}
    }


POLICY = _fields(Policy)
_LOAN: Hints = {"loan": Id | None, "since": str, "due": date, "renewals": Count}

GIVEN: dict[str, Hints] = {
    "library": {**_fields(Library, "policy"), **POLICY},
    "policy": POLICY,
    "reader": _fields(Reader, "id"),
    "item": {**_fields(Item, "id"), **_LOAN},
    "title": {**_fields(Title, "isbn"), "year": Count | None},
}
"""What `given` may say of each kind; an item's loan is written beside its own fields."""

DOCUMENTS: dict[str, type[Document]] = {
    "item": Item,
    "reader": Reader,
    "exception": Incident,
    "library": Library,
    "title": Title,
}

EXPECTED: dict[str, list[str]] = {
    kind: list(dict.fromkeys([*_fields(cls), *GIVEN.get(kind, {}), "stamp", "parent"]))
    for kind, cls in DOCUMENTS.items()
}
EXPECTED["item"] += ["station", "event"]
EXPECTED["library"].remove("policy")

EVENT_TYPES = [each.value for each in EventType]
PASSED_OVER = ("station.", "exception.", "loan.due_soon", "loan.overdue")
"""Beginnings of the event types that `event` and `no event` pass over unless they are named."""

_AROUND = ("specversion", "id", "source", "type", "subject", "time", "datacontenttype")
_OF_OURS = ("epoch", "seq", "clocktrusted", "bootid", "monotonic")
EVENT_KEYS = list(
    dict.fromkeys([*(each.name for cls in EVENTS for each in structs.fields(cls)), *_AROUND, *_OF_OURS])
)
"""What events hold: their data, and around it what CloudEvents asks for and what a station adds."""


def of(kind: str) -> Callable[[str], str]:
    """Names the fields of a kind; an item's loan may be written as in its document: `loan.due`."""
    return _of_item if kind == "item" else str


def _of_item(name: str) -> str:
    name = name.removeprefix("loan.")
    return "loan" if name == "reader" else name


def event_type(text: str) -> str:
    """`loan.borrowed` for `shelfpost.loan.borrowed.v1`, and for itself."""
    return short(text)
