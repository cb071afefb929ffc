"""A list of copies becomes items, each with its event, as if staff had taken them in one by one."""

from __future__ import annotations

from collections import Counter

from station.decision import Draft
from station.events import ItemAdded
from station.imports import Unusable, values
from station.imports.columns import Column
from station.imports.rows import Once
from station.imports.run import Done
from station.imports.table import Row
from station.model import Item
from station.scan import looks_like_isbn

COLUMNS = (
    Column("item", ("label", "id", "barcode", "条码", "条码号", "馆藏条码")),
    Column("isbn", ("isbn13", "isbn_13", "isbn10", "isbn_10", "书号")),
    Column("title", ("书名", "题名", "正题名")),
    Column("location", ("shelf", "shelfmark", "馆藏地", "位置", "架位")),
    Column("status", ("状态",)),
)
STATUSES = ("available", "lost", "withdrawn", "reference")


class ItemRows:
    """Rows to items. Where books are known by their ISBN, the n-th row of an ISBN is its n-th copy."""

    def __init__(self, *, by_isbn: bool) -> None:
        self._by_isbn = by_isbn
        self._once = Once()
        self._copies: Counter[str] = Counter()

    def read(self, row: Row) -> Item:
        """Raises Unusable."""
        said = row.values.get
        isbn = values.isbn(said("isbn", ""))
        item = Item(
            id=self._key(said("item", ""), isbn),
            isbn=isbn,
            title=values.words(said("title", ""), "the title"),
            location=values.words(said("location", ""), "the location"),
            status=values.one_of(said("status", ""), "the status", STATUSES),  # type: ignore[arg-type]
        )
        self._once.check(item.id, row.number)
        return item

    def _key(self, label: str, isbn: str | None) -> str:
        if not label and isbn and self._by_isbn:
            self._copies[isbn] += 1
            return f"{isbn}-{self._copies[isbn]}"
        key = values.number(label, "the label of a copy")
        if looks_like_isbn(key):
            raise Unusable(f"{key} is an ISBN, which all copies share; a copy needs a label of its own")
        return key


def add(draft: Draft, item: Item) -> Done | str:
    """A copy that is here already is left as it is, whatever has become of it since."""
    before = draft.shelf.item(item.id)
    if before is None:
        if draft.shelf.reader(item.id):
            return f"{item.id} is a reader's card; a book needs a label of its own"
        draft.save(item)
        draft.record(ItemAdded(item=item.id, isbn=item.isbn))
        return Done.ADDED
    if before.isbn != item.isbn:
        return f"{item.id} is another book's label already ({before.isbn or 'without an ISBN'})"
    return Done.ALREADY
