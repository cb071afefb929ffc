"""What comes of looking a title up: its document, or a word to staff that nobody knows it."""

from __future__ import annotations

from msgspec import structs

from station.decision import Decision, Draft
from station.model import Title

KIND = "title_unknown"


def exception_id(isbn: str) -> str:
    """The same at every station, so that a title that several look for is one exception."""
    return f"{KIND}-{isbn}"


def known(draft: Draft, title: Title) -> Decision:
    """The title is there; one that has come from elsewhere meanwhile stays as it is."""
    if draft.shelf.title(title.isbn) is None:
        draft.save(title)
    found = draft.shelf.incident(exception_id(title.isbn))
    if found and found.status == "open":
        draft.resolve_incident(found, "the title is known now")
    return draft.decide(None)


def corrected(draft: Draft, title: Title) -> Decision:
    """What staff says of a book stands, whoever said something else before."""
    before = draft.shelf.title(title.isbn)
    if before is not None:
        title = structs.replace(
            title, stamp=before.stamp, parent=before.parent, stamps=before.stamps, extra=before.extra
        )
    if title != before:
        draft.save(title)
    return known(draft, title)


def unknown(draft: Draft, isbn: str) -> Decision:
    """Nobody knows it. Staff is told once, and not again where staff has said that it is well so."""
    if draft.shelf.incident(exception_id(isbn)) is None:
        copies = draft.shelf.copies(isbn)
        note = f"nobody knows the title of ISBN {isbn}; `station title add {isbn}` gives it one"
        draft.raise_incident(KIND, note, item=copies[0].id if copies else None, key=exception_id(isbn))
    return draft.decide(None)
