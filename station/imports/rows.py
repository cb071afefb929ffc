"""The rows of a table as entries: what each says, by a reader of rows that may find it unusable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from station.imports import Entry, Unusable
from station.imports.table import Row, Table


def entries(table: Table, read: Callable[[Row], Any]) -> Iterator[Entry]:
    """`read` may raise Unusable or ValueError, in words."""
    for row in table:
        if row.why:
            yield Entry(row.number, row.end, row.cells, row.line, why=row.why)
            continue
        try:
            yield Entry(row.number, row.end, row.cells, values=(read(row),))
        except (Unusable, ValueError) as why:
            yield Entry(row.number, row.end, row.cells, why=str(why))


class Once:
    """No two rows of a list are about the same thing."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}

    def check(self, key: str, row: int) -> None:
        """Raises Unusable for the second."""
        before = self._rows.setdefault(key, row)
        if before != row:
            raise Unusable(f"{key} is in row {before} already")
