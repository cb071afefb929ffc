"""A reader who wants to be forgotten: documents say nothing more, and every station's log follows them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from station.decision import Draft
from station.events import ReaderChanged
from station.model import Incident, Reader

ERASED = "erased"
"""What stands where a reader's id was; in a reader's document, the field that says so."""


def is_erased(reader: Reader) -> bool:
    return reader.extra.get(ERASED) is True


def erase(draft: Draft, reader: Reader, incidents: Iterable[Incident]) -> None:
    """The card stays as one that has expired: a document that is gone would come back from elsewhere."""
    draft.save(
        Reader(id=reader.id, status="expired", stamp=reader.stamp, stamps=reader.stamps, extra={ERASED: True})
    )
    for each in incidents:
        note = each.note.replace(reader.id, ERASED)
        draft.save(structs.replace(each, reader=ERASED, note=note))
    draft.record(ReaderChanged(reader=reader.id, staff=draft.staff))


def readmitted(reader: Reader) -> Reader:
    """The card in new hands: without the field that says that it was erased."""
    return structs.replace(reader, extra={key: value for key, value in reader.extra.items() if key != ERASED})
