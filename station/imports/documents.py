"""Writes documents with their events, decided as a command decides: on the library as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from station.decision import Decision, Draft
from station.imports.run import Done
from station.model import Moment
from station.session import State
from station.store import Store
from station.store.shelf import StoredShelf


class DocumentWriter:
    """Lets `put` decide on each value, at the moment that `now` says; with `dry_run` nothing is written."""

    batch = 100

    def __init__(
        self,
        store: Store,
        put: Callable[[Draft, Any], Done | str],
        now: Callable[[], Moment],
        *,
        dry_run: bool = False,
    ) -> None:
        self._store = store
        self._put = put
        self._now = now
        self._dry_run = dry_run

    def write(self, values: Sequence[Any]) -> list[Done | str]:
        now = self._now()
        outcomes: list[Done | str] = []

        def decide(shelf: StoredShelf) -> Decision:
            draft = Draft(State(), shelf, now)
            outcomes.extend(self._put(draft, each) for each in values)
            return Decision(state=State()) if self._dry_run else draft.decide(None)

        self._store.decide(decide, now)
        return outcomes
