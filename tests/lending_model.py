"""Lending as a central server understands it: from the events alone. Knows nothing of the station's code."""

from __future__ import annotations

from typing import Any, NamedTuple


class Open(NamedTuple):
    """A loan as its events tell it."""

    reader: str
    due: str
    renewals: int
    event: str


class Lending:
    """Who has what, after `hear` was given every event in sequence. An event that makes no sense fails."""

    def __init__(self) -> None:
        self.loans: dict[str, Open] = {}
        self.readers: dict[str, str] = {}
        self.status: dict[str, str] = {}
        self._before: dict[str, tuple[str, Open | None]] = {}

    def hear(self, event: dict[str, Any]) -> None:
        kind, data = event["type"].removeprefix("shelfpost.").removesuffix(".v1"), event["data"]
        if kind.startswith("loan.") and kind != "loan.refused":
            self._loan(kind, event["id"], data)
        elif kind.startswith("reader."):
            self.readers[data["reader"]] = READERS[kind]
        elif kind in ITEMS:
            self.status[data["item"]] = ITEMS[kind]

    def count(self, reader: str) -> int:
        return sum(each.reader == reader for each in self.loans.values())

    def _loan(self, kind: str, key: str, data: dict[str, Any]) -> None:
        item, held = data["item"], self.loans.get(data["item"])
        after = held
        match kind:
            case "loan.borrowed":
                assert held is None, "borrowed while on loan"
                after = Open(data["reader"], data["due"], 0, key)
            case "loan.renewed":
                assert held is not None and held.reader == data["reader"], "renewed by somebody else"
                assert held.renewals + 1 == data["renewals"] and data["due"] >= held.due
                after = held._replace(due=data["due"], renewals=data["renewals"])
            case "loan.returned":
                assert held is not None and held.reader == data["reader"], "returned for somebody else"
                after = None
            case "loan.undone":
                undone, after = self._before.pop(data["undoes"])
                assert undone == item, "undone for another book"
        self._before[key] = (item, held)
        self.loans.pop(item, None)
        if after:
            self.loans[item] = after


READERS = {
    "reader.applied": "applied",
    "reader.admitted": "active",
    "reader.rejected": "blocked",
    "reader.blocked": "blocked",
    "reader.unblocked": "active",
}
ITEMS = {
    "item.added": "available",
    "item.found": "available",
    "item.lost": "lost",
    "item.withdrawn": "withdrawn",
}
