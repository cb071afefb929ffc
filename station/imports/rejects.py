"""The report of rejected rows: a CSV file that can be corrected, and imported again."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from station.imports import Entry, Unreadable

EXAMPLES = 10
"""Rejected rows that are told where no report was asked for."""


class Rejects:
    """Writes to `path` what is added: row, why, and the row as it was. Without a path keeps some examples.

    A row that can't be divided into cells is a `line`, which an import of the report passes over.

    UTF-8 with a byte order mark, without which spreadsheets spoil Chinese.
    """

    def __init__(self, path: Path | None, source: Path, header: Sequence[str]) -> None:
        self.examples: list[Entry] = []
        self._file: IO[str] | None = None
        if path is None:
            return
        try:
            if path.exists() and path.samefile(source):
                raise Unreadable(
                    "--rejects names the file that is imported: give the report a name of its own."
                )
            self._file = path.open("w", encoding="utf-8-sig", newline="")
        except OSError as error:
            raise Unreadable(f"the report {path} can't be written: {error.strerror}.") from None
        self._rows = csv.writer(self._file)
        self._width = len(header)
        self._rows.writerow(["row", "why", *header, "line"])

    def __enter__(self) -> Rejects:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()

    def add(self, entry: Entry) -> None:
        if self._file:
            missing = [""] * (self._width - len(entry.cells))
            self._rows.writerow([entry.number, entry.why, *entry.cells, *missing, entry.line])
        elif len(self.examples) < EXAMPLES:
            self.examples.append(entry)
