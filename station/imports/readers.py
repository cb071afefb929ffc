"""A list of cards becomes readers, each admitted with its event. Names are not read: documents hold none."""

from __future__ import annotations

from msgspec import structs

from station.decision import Draft
from station.events import Admitted
from station.imports import values
from station.imports.columns import Column
from station.imports.rows import Once
from station.imports.run import Done
from station.imports.table import Row
from station.model import MOST, Reader

COLUMNS = (
    Column(
        "id",
        ("card", "reader", "card_number", "barcode", "卡号", "证号", "读者证号", "借书证号"),
        required=True,
    ),
    Column("kind", ("type", "类型")),
    Column("limit", ("max_loans", "可借册数")),
    Column("expires", ("expiry", "valid_until", "有效期", "有效期至")),
)
KINDS = ("reader", "staff")


class ReaderRows:
    """Rows to readers."""

    def __init__(self) -> None:
        self._once = Once()

    def read(self, row: Row) -> Reader:
        """Raises Unusable."""
        said = row.values.get
        reader = Reader(
            id=values.number(row.values["id"], "the number of a card"),
            kind=values.one_of(said("kind", ""), "the kind", KINDS),  # type: ignore[arg-type]
            limit=values.count(said("limit", ""), "the limit", MOST),
            expires=values.day(said("expires", ""), "the last day"),
        )
        self._once.check(reader.id, row.number)
        return reader


def admit(draft: Draft, reader: Reader) -> Done | str:
    """Who has applied is admitted; a card that is known already is left as it is."""
    before = draft.shelf.reader(reader.id)
    if before is not None and before.status != "applied":
        if before.kind != reader.kind:
            return f"its card is a {before.kind}'s already"
        return Done.ALREADY
    if draft.shelf.item(reader.id):
        return "its number is a book's label; a card needs a number of its own"
    admitted = structs.replace(
        before or reader, kind=reader.kind, status="active", limit=reader.limit, expires=reader.expires
    )
    draft.save(admitted)
    draft.record(Admitted(reader=reader.id))
    return Done.ADDED
