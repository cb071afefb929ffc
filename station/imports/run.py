"""The whole of an import: entries in, short batches out, counts and rejected rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from itertools import islice
from typing import Any, Protocol

from msgspec import Struct, structs

from station.imports import Entry
from station.imports.rejects import Rejects


class Done(StrEnum):
    """What became of a value."""

    ADDED = "added"
    CHANGED = "changed"
    ALREADY = "already"


class Writer(Protocol):
    """Writes values, all of a batch in one transaction: the desk waits for no more than `batch` of them."""

    batch: int

    def write(self, values: Sequence[Any]) -> list[Done | str]:
        """What became of each, or why it was rejected. Raises StoreError; then nothing of it was written."""
        ...


class Counts(Struct):
    """`rows` of the file; of what they say: `added`, `changed`, `already` there, and rows `rejected`."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    already: int = 0
    rejected: int = 0


def run(
    entries: Iterable[Entry],
    writer: Writer,
    rejects: Rejects,
    progress: Callable[[int], None] = lambda _end: None,
    pause: Callable[[], None] = lambda: None,
) -> Counts:
    """Write what `entries` say. `pause` is called between two batches, so that readers get their turn."""
    counts, remaining = Counts(), iter(entries)
    while batch := list(islice(remaining, writer.batch)):
        _write(batch, writer, rejects, counts)
        progress(batch[-1].end)
        pause()
    return counts


def _write(batch: list[Entry], writer: Writer, rejects: Rejects, counts: Counts) -> None:
    values = [(entry, value) for entry in batch for value in entry.values]
    outcomes = writer.write([value for _, value in values]) if values else []
    whys: dict[int, str] = {}
    for (entry, _), outcome in zip(values, outcomes, strict=True):
        if isinstance(outcome, Done):
            setattr(counts, outcome.value, getattr(counts, outcome.value) + 1)
        else:
            whys[entry.number] = outcome
    for entry in batch:
        counts.rows += 1
        why = entry.why or whys.get(entry.number)
        if why:
            counts.rejected += 1
            rejects.add(structs.replace(entry, why=why))
