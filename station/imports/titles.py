"""A file of titles becomes the station's catalogue. The last row of an ISBN is the one that holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import structs

from station.imports import Unusable, values
from station.imports.columns import Column
from station.imports.run import Done
from station.imports.table import Row
from station.model import Title
from station.store import Store
from station.titles import described

SOURCE = "catalogue"
COLUMNS = (
    Column("isbn", ("isbn13", "isbn_13", "isbn10", "isbn_10", "书号"), required=True),
    Column("title", ("书名", "题名", "正题名"), required=True),
    Column("authors", ("author", "作者", "著者", "责任者")),
    Column("publisher", ("publishers", "出版社", "出版者")),
    Column("year", ("publication_year", "date", "出版年", "出版时间", "出版日期")),
    Column("language", ("lang", "语种", "语言")),
)
_BETWEEN_AUTHORS = re.compile("[;；|、]")


class TitleWriter:
    """Into the catalogue of `store`; with `dry_run` nothing is written."""

    batch = 500

    def __init__(self, store: Store, *, dry_run: bool = False) -> None:
        self._store = store
        self._dry_run = dry_run

    def write(self, titles: Sequence[Title]) -> list[Done | str]:
        with self._store.transaction():
            return [self._put(each) for each in titles]

    def finish(self) -> None:
        """Books that wait for one of these titles get it as soon as the daemon looks."""
        last, wanted = "", self._store.wanted
        while not self._dry_run and (page := wanted.after(last)):
            last = page[-1].isbn
            known = [each for each in page if self._store.catalogue.get(each.isbn)]
            with self._store.transaction():
                for each in known:
                    wanted.put(structs.replace(each, due="", no=()))

    def _put(self, title: Title) -> Done:
        before = self._store.catalogue.get(title.isbn)
        if before == title:
            return Done.ALREADY
        if not self._dry_run:
            self._store.catalogue.put(title)
        return Done.ADDED if before is None else Done.CHANGED


def title_in(row: Row) -> Title:
    """Raises Unusable or ValueError, in words."""
    isbn = values.isbn(row.values["isbn"])
    if isbn is None:
        raise Unusable("it has no ISBN")
    said = row.values.get
    title = described(
        isbn,
        row.values["title"],
        authors=_BETWEEN_AUTHORS.split(said("authors", "")),
        publisher=said("publisher", ""),
        year=said("year", ""),
        language=said("language", ""),
        source=SOURCE,
    )
    year = said("year", "")
    if year and title.year is None:
        raise Unusable(f"{year[:40]!r} holds no year")
    return title
