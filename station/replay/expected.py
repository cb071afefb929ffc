"""What a transcript expects of documents, and what is not so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, structs

from station.model import Document, Incident, Item, Library, Reader
from station.replay.names import DOCUMENTS
from station.replay.steps import ExpectDocument
from station.replay.values import same, text_of
from station.store.shelf import StoredShelf

NEVER_ABSENT = ("id", "isbn", "kind", "status")
"""Fields that tell of a document by being there: `status=none` says that there is no such document."""


def difference(shelf: StoredShelf, expected: ExpectDocument) -> str | None:
    """What is not as expected, in words; None where all is."""
    found = _found(shelf, expected)
    if not found:
        return None if _none_wanted(expected) else f"there is no {expected.kind} {expected.key}".rstrip()
    differences = [_differing(_held(shelf, each, expected.values), expected.values) for each in found]
    if not all(differences):
        return None
    name = f"{expected.kind} {expected.key}".rstrip()
    return f"{name}: " + "; ".join(differences[-1])


def fields_of(document: Document) -> dict[str, Any]:
    """The fields of a document by the names of a transcript; an item's loan stands beside its own."""
    fields = _fields(document)
    if isinstance(document, Library):
        return {**fields, **_fields(document.policy)}
    if isinstance(document, Item) and document.loan:
        return {**_fields(document.loan), **fields, "loan": document.loan.reader}
    return fields


def _found(shelf: StoredShelf, expected: ExpectDocument) -> list[Document]:
    """The document of that id; of exceptions also those of that kind, item or reader, oldest first."""
    cls = DOCUMENTS[expected.kind]
    if expected.kind == "library":
        library = shelf.library()
        return [library] if library and expected.key in ("", library.id, library.name) else []
    if expected.kind == "exception":
        every = sorted(shelf.all(Incident), key=lambda each: each.stamp)
        return [each for each in every if expected.key in (each.id, each.kind, each.item, each.reader)]
    found = shelf.get(cls, expected.key)
    return [] if found is None else [found]


def _held(shelf: StoredShelf, document: Document, wanted: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a document, with a PIN as its digits where they are the ones that are wanted."""
    fields = fields_of(document)
    if isinstance(document, Reader) and document.pin and "pin" in wanted:
        fits = shelf.pin_fits(document, wanted["pin"])
        return {**fields, "pin": wanted["pin"] if fits else "another"}
    return fields


def _differing(fields: Mapping[str, Any], wanted: Mapping[str, str]) -> list[str]:
    return [
        f"{name}: expected {text}, came {text_of(fields.get(name))}"
        for name, text in wanted.items()
        if not same(text, fields.get(name))
    ]


def _none_wanted(expected: ExpectDocument) -> bool:
    return any(expected.values.get(name) == "none" for name in NEVER_ABSENT)


def _fields(value: Struct) -> dict[str, Any]:
    return {name: held for name, held in structs.asdict(value).items() if name != "extra"}
