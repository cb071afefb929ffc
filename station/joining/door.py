"""The daemon's side of joining: takes codes as they are scanned, and keeps the last one at work."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from station.config import ConfigError, load
from station.drivers import Clock
from station.joining import JoinError, pending
from station.joining.newcomer import Joined, Newcomer, NotJoined
from station.joining.pending import Pending
from station.store import StoreError

log = logging.getLogger("station.joining")

HOW = (
    "this station has no library yet and waits for one: scan a join code (`station print join` or `station"
    " library invite` at a station of the library makes one), or run `station library create` here"
)


class Door:
    """`config` is the configuration's file; `notify` is called in another thread, and must only queue."""

    def __init__(
        self, config: Path, data_dir: Path, clock: Clock, notify: Callable[[Joined | NotJoined], None]
    ) -> None:
        self._config = config
        self._data_dir = data_dir
        self._clock = clock
        self._notify = notify
        self._newcomer: Newcomer | None = None

    @property
    def is_busy(self) -> bool:
        """A join whose file is gone has come to its end, here or by a command beside the daemon."""
        at_work = self._newcomer is not None and self._newcomer.is_at_work
        return at_work and (self._data_dir / pending.FILE).exists()

    def open(self) -> None:
        """Say how to get a library, and go on with the join that a stop or a power cut has interrupted."""
        log.warning(HOW)
        begun = pending.read(self._data_dir)
        if begun is not None:
            self._start(begun)

    def scanned(self, text: str) -> None:
        """A join code. Raises StoreError if it can't be kept; what is wrong with it is said and shown."""
        try:
            begun = pending.begin(text, load(self._config, learned=False), self._clock.now())
        except OSError as error:
            raise StoreError(
                f"the join code can't be kept in {self._data_dir}: {error.strerror}. Look at the disk (full?"
                " read-only?), and scan it again."
            ) from error
        except (ConfigError, JoinError, ValueError) as error:
            self._notify(NotJoined(str(error)))
            return
        log.info("joining the library %s", begun.code.library)
        self._start(begun)

    def close(self) -> None:
        if self._newcomer:
            self._newcomer.close()
            self._newcomer = None

    def shut(self) -> None:
        """There is a library, or will be: no join goes on, and none after the next start."""
        self.close()
        pending.forget(self._data_dir)

    def _start(self, begun: Pending) -> None:
        self.close()
        self._newcomer = Newcomer(self._config, begun, self._clock, self._notify)
        self._newcomer.start()
