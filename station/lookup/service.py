"""The thread in which titles are looked up, with a store handle of its own. The desk never waits for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from station.drivers import Clock
from station.lookup.providers import Provider
from station.lookup.seeker import Seeker
from station.questions import Questions
from station.store import Store, StoreError

log = logging.getLogger("station.lookup")

LOOK_SECONDS = 2.0
"""How often it looks whether a title has become due: one indexed read."""
BREATH_SECONDS = 0.02
"""Between two titles: after an import there may be thousands, and readers go first."""
TROUBLE_SECONDS = 60.0


class Lookup:
    """Runs until `close`. `make_providers` is called in its thread, with its handle on the store.

    `closing` is what its providers may wait for; `questions` what they ask through the link.
    """

    def __init__(
        self,
        open_store: Callable[[], Store],
        make_providers: Callable[[Store], Sequence[Provider]],
        clock: Clock,
        closing: threading.Event,
        questions: Questions,
    ) -> None:
        self._open_store = open_store
        self._make_providers = make_providers
        self._clock = clock
        self._closing = closing
        self._questions = questions
        self._thread = threading.Thread(target=self._run, name="lookup", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self, timeout: float = 2.0) -> None:
        """End within `timeout` seconds. Whoever is being asked is left alone: the title stays wanted."""
        self._closing.set()
        self._questions.close()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        """Whatever goes wrong here, the station lends on."""
        wait, said = 0.0, ""
        while not self._closing.wait(wait):
            try:
                self._work()
            except StoreError as error:
                if str(error) != said:
                    log.error("titles can't be looked up: %s", error)
                said = str(error)
            except Exception:
                log.exception("the lookup has failed; it begins anew")
            wait = TROUBLE_SECONDS

    def _work(self) -> None:
        store = self._open_store()
        try:
            seeker = Seeker(store, self._make_providers(store), self._clock)
            while not self._closing.is_set():
                self._closing.wait(BREATH_SECONDS if seeker.step() else LOOK_SECONDS)
        finally:
            store.close()
