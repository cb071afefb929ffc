"""Who may know a title, and what an answer may be."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from station.model import Title
from station.questions import Questions, Said
from station.store import Store


class No(StrEnum):
    """Why there is no title."""

    UNKNOWN = "unknown"
    """Whoever was asked has answered, and doesn't know it."""
    SILENT = "silent"
    """Whoever was asked has not answered."""
    NOT_ASKED = "not_asked"
    """There is nobody to ask: no catalogue was imported."""


class Provider(Protocol):
    """`name` is what the configuration calls it, and the `source` of its titles."""

    @property
    def name(self) -> str: ...

    def ask(self, isbn: str) -> Title | No:
        """Raises nothing but what is a fault of the station's own."""
        ...


class CatalogueProvider:
    """The file that the library imported, in the seeker's own handle on the store."""

    name = "catalogue"

    def __init__(self, store: Store) -> None:
        self._catalogue = store.catalogue

    def ask(self, isbn: str) -> Title | No:
        found = self._catalogue.get(isbn)
        if found is not None:
            return found
        return No.NOT_ASKED if self._catalogue.is_empty() else No.UNKNOWN


PATIENT_TIMES = 3
QUICK_SECONDS = 0.5
"""How long the answer is waited for when so many questions in turn have met with no word at all."""


class BrokerProvider:
    """Whoever listens on the lookup topic. `timeout`: seconds.

    Where nobody seems to listen the wait is short: ten thousand books of an import would take a day. A title
    that comes later is taken all the same.
    """

    name = "broker"

    def __init__(self, store: Store, questions: Questions, timeout: float) -> None:
        self._store = store
        self._questions = questions
        self._timeout = timeout
        self._silences = 0

    def ask(self, isbn: str) -> Title | No:
        is_patient = self._silences < PATIENT_TIMES
        said = self._questions.ask(isbn, self._timeout if is_patient else min(QUICK_SECONDS, self._timeout))
        if said is not Said.UNASKED:
            self._silences = self._silences + 1 if said is Said.NOTHING else 0
        found = self._store.shelf.title(isbn)
        if found is not None:
            return found
        return No.UNKNOWN if said is Said.NO else No.SILENT
