"""What is done now and then beside the desk, on a thread and a store handle of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

from station import history
from station.decision import Draft
from station.drivers import Clock
from station.flows import backlog
from station.session import State
from station.store import Store, StoreError

log = logging.getLogger("station.housekeeping")

EVERY = 3600.0
"""Seconds between two rounds. A round opens the handle and closes it again: it costs nothing meanwhile."""


class Housekeeper:
    """Runs until `close`. The first round is made at the start."""

    def __init__(self, open_store: Callable[[], Store], clock: Clock, *, has_broker: bool) -> None:
        self._open_store = open_store
        self._clock = clock
        self._has_broker = has_broker
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(5.0)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self.round()
            except StoreError as error:
                log.error("the log could not be looked through: %s", error)
            except Exception:
                log.exception("the log could not be looked through")
            self._closing.wait(EVERY)

    def round(self) -> None:
        now = self._clock.now()
        with closing(self._open_store()) as store:
            done = history.forget(store, now)
            history.forget_contacts(store, now)
            if self._has_broker and store.shelf.library() is not None:
                oldest = _oldest_unsent(store)
                store.decide(lambda shelf: backlog.look(Draft(State(), shelf, now), oldest), now)
        if done:
            log.info("%d events have lost their reader", done)


def _oldest_unsent(store: Store) -> dict[str, Any] | None:
    found = store.journal.after(store.journal.reached("sent") or 0, 1)
    return found[0].event if found else None
