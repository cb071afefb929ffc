"""A join in a thread of its own, beside a desk that has no library yet."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from station.config import ConfigError, load
from station.drivers import Clock
from station.drivers.wake import Wake
from station.joining import JoinError, pending
from station.joining.guest import Exchange
from station.joining.pending import Pending
from station.joining.settle import settle
from station.store import StoreError

log = logging.getLogger("station.joining")

TRY_AGAIN = 5.0
"""Seconds until a disk that could not be written is tried again."""
FAULT = (
    "joining ended by a fault of the program, which the log has. Scan the code again; if it ends so again,"
    " please report what the log says"
)


class Joined(Struct, frozen=True):
    """The library is in the store, and the station's name and broker in its identity."""


class NotJoined(Struct, frozen=True):
    """It can't be with this code, or not now; `why` says so in words."""

    why: str


class Newcomer:
    """Runs until it is answered, or until `close`. `notify` is called in its thread, and must only queue."""

    def __init__(
        self, config: Path, begun: Pending, clock: Clock, notify: Callable[[Joined | NotJoined], None]
    ) -> None:
        self._config = config
        self._begun = begun
        self._clock = clock
        self._notify = notify
        self._closing = Wake()
        self._thread = threading.Thread(target=self._run, name="newcomer", daemon=True)

    @property
    def is_at_work(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def close(self, timeout: float = 5.0) -> None:
        """What has been begun stays on disk. May be called twice."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        while not self._closing.wait(0):
            try:
                news = self._join()
            except (ConfigError, StoreError, OSError) as error:
                log.error("joining goes on later: %s", error)
                self._closing.wait(TRY_AGAIN)
                continue
            except Exception:
                log.exception("a fault ended the join")
                news = NotJoined(FAULT)
            if news is not None:
                self._notify(news)
            return

    def _join(self) -> Joined | NotJoined | None:
        config = load(self._config, learned=False)
        try:
            given = Exchange(config, self._begun, self._clock, log.warning).answered(self._closing)
            if given is None:
                return None
            settle(config, self._begun.code, given)
        except JoinError as error:
            pending.forget(config.station.data_dir, self._begun)
            return NotJoined(str(error))
        return Joined()
