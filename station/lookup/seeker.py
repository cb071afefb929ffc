"""Asks those who may know a title, one after the other, and writes down what comes of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import structs

from station.decision import Decision, Draft
from station.drivers import Clock
from station.flows import titles
from station.lookup.providers import No, Provider
from station.model import Title, instant
from station.session import State
from station.store import Store
from station.store.shelf import StoredShelf
from station.store.wanted import Wanted

log = logging.getLogger("station.lookup")

UNKNOWN_AGAIN = timedelta(days=30)
"""When a title that nobody knows is looked for again: catalogues grow by the month."""
SILENT_FIRST, SILENT_LONGEST = timedelta(minutes=1), timedelta(hours=6)
"""When somebody who did not answer is asked again. It doubles, up to the longest."""


class Seeker:
    """Over a `store` of its own. Each step is short but for the providers' time-outs."""

    def __init__(self, store: Store, providers: Sequence[Provider], clock: Clock) -> None:
        self._store = store
        self._providers = providers
        self._clock = clock

    def step(self) -> bool:
        """Look for the title that is due next; False: none is. Raises StoreError."""
        wanted = self._store.wanted.due(instant(self._clock.now().wall))
        if wanted is None:
            return False
        known = self._store.shelf.title(wanted.isbn)
        if known is not None:
            self._found(known)
        elif not self._store.shelf.copies(wanted.isbn):
            self._forget(wanted.isbn)
        else:
            self._look(wanted)
        return True

    def _look(self, wanted: Wanted) -> None:
        """Those who have said no are not asked again until nobody is left."""
        before = () if wanted.settled else wanted.no
        answers: dict[str, No] = {}
        for each in self._providers:
            answer = No.UNKNOWN if each.name in before else each.ask(wanted.isbn)
            if isinstance(answer, Title):
                self._found(answer)
                return
            answers[each.name] = answer
        said_no = tuple(name for name, answer in answers.items() if answer is No.UNKNOWN)
        if No.SILENT in answers.values() or not said_no:
            self._later(structs.replace(wanted, no=said_no))
        else:
            self._nobody_knows(structs.replace(wanted, no=said_no))

    def _found(self, title: Title) -> None:
        """A title that is lost with the power is looked up again; an event must not be."""
        incident = self._store.shelf.incident(titles.exception_id(title.isbn))
        now = self._clock.now()

        def settle(shelf: StoredShelf) -> Decision:
            self._store.wanted.forget(title.isbn)
            return titles.known(Draft(State(), shelf, now), title)

        self._store.decide(settle, now, synced=incident is not None)
        log.info("the title of ISBN %s is known: %s", title.isbn, title.source)

    def _nobody_knows(self, wanted: Wanted) -> None:
        now = self._clock.now()
        again = structs.replace(wanted, due=_in(UNKNOWN_AGAIN, now.wall), silent=0, settled=True)

        def settle(shelf: StoredShelf) -> Decision:
            self._store.wanted.put(again)
            return titles.unknown(Draft(State(), shelf, now), wanted.isbn)

        self._store.decide(settle, now, synced=True)
        log.info("nobody knows the title of ISBN %s", wanted.isbn)

    def _later(self, wanted: Wanted) -> None:
        wait = min(SILENT_FIRST * 2 ** min(wanted.silent, 16), SILENT_LONGEST)
        due = _in(wait, self._clock.now().wall)
        with self._store.transaction():
            self._store.wanted.put(structs.replace(wanted, due=due, silent=wanted.silent + 1, settled=False))

    def _forget(self, isbn: str) -> None:
        with self._store.transaction():
            self._store.wanted.forget(isbn)


def _in(wait: timedelta, wall: datetime) -> str:
    return instant(wall + wait)
