"""Somebody who may know titles, and remembers what he was asked."""

from __future__ import annotations

from station.lookup.providers import No
from station.model import Title


class Asked:
    """Says of each ISBN what `says` has, and of any other `otherwise`."""

    def __init__(self, name: str, otherwise: No = No.UNKNOWN, **says: Title) -> None:
        self.name = name
        self.otherwise = otherwise
        self.says = {each.isbn: each for each in says.values()}
        self.asked: list[str] = []

    def ask(self, isbn: str) -> Title | No:
        self.asked.append(isbn)
        return self.says.get(isbn, self.otherwise)
