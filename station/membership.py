"""The station's place in a library: none yet, one that it joins while it runs, or in service for it.

Here is all that depends on who the station is: desk, link, housekeeper, lookup. A station that joins is
another one from then on, without a restart, and gets them anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from station import __version__, board, wiring
from station.config import BrokerConfig, Config, ConfigError, load
from station.decision import Act
from station.degrade import Degradation
from station.desk import Desk
from station.drivers import Clock
from station.housekeeping import Housekeeper
from station.joining.alike import alike
from station.joining.door import Door
from station.joining.newcomer import Joined, NotJoined
from station.life import started, stopped
from station.link import Link, News
from station.model import Moment
from station.questions import Questions
from station.signals import Signal
from station.store import Store
from station.topics import Topics

log = logging.getLogger("station.daemon")

MOVED = (
    "this station's data was on another computer before, and goes on here with the epoch %s. If it is a copy,"
    " and the other station still runs, give one of the two another id in [station] of its configuration: two"
    " with one id push each other off the broker."
)


class Membership:
    """`notify` is called from other threads, and must only queue. `act` does what a command code asks for.

    `config_file` is where `config` came from, and is read again after a join; without it join codes are of no
    use here. `health` and `longest_wait` are of Link.
    """

    def __init__(
        self,
        config: Config,
        config_file: Path | None,
        store: Store,
        clock: Clock,
        notify: Callable[[News | Joined | NotJoined], None],
        act: Callable[[Act], None],
        health: Callable[[], dict[str, Any]],
        longest_wait: float | None,
    ) -> None:
        self._config_file = config_file
        self._clock = clock
        self._notify = notify
        self._act = act
        self._health = health
        self._longest_wait = longest_wait
        self._door = Door(config_file, config.station.data_dir, clock, notify) if config_file else None
        self._link: Link | None = None
        self.is_in_service = False
        self._furnish(config, store)

    def _furnish(self, config: Config, store: Store) -> None:
        self.config = config
        self._store = store
        self.degradation = Degradation(store, since=None)
        self.desk = Desk(
            store,
            times=wiring.times(config.session),
            patterns=wiring.patterns(config.patterns),
            is_degraded=self.degradation.is_degraded,
            act=self._act,
            join=self._door.scanned if self._door else None,
        )
        self._housekeeper = Housekeeper(
            lambda: wiring.open_store(config), self._clock, has_broker=config.broker is not None
        )
        self._questions = Questions()
        self._lookup = wiring.lookup(config, self._clock, self._questions)

    def seek(self) -> None:
        """Say how to get a library where there is none, and go on with a join that was interrupted."""
        if self._door and self._store.shelf.library() is None:
            self._door.open()

    def look(self) -> None:
        """See what there is of a library by now. May be called again and again; raises StoreError.

        The link begins once the library's id is known, lending and the log once its document is there.
        """
        library = self._store.shelf.library()
        if not self.is_in_service and (library or (self._store.journal.joined() and not self._is_joining)):
            self._become_its_station()
        if library and not self.is_in_service:
            self._go_into_service(library.id)
        known = library.id if library else self.config.station.library
        if known and self.config.broker and not self._link and (library or not self._is_joining):
            self._link = self._make_link(self.config.broker, known)
            self._link.start()

    @property
    def _is_joining(self) -> bool:
        return self._door is not None and self._door.is_busy

    def _become_its_station(self) -> None:
        """What was learned since the start, by a join code or beside this daemon, holds from here on."""
        if self._door is None or self._config_file is None:
            return
        self._door.shut()
        try:
            found = load(self._config_file)
        except ConfigError as error:
            log.error("the configuration is as it was at the start: %s", error)
            return
        if found != self.config:
            before = self._store
            self._furnish(found, wiring.open_store(found))
            before.close()
            if self._link:
                self._link.close()
                self._link = None

    def _go_into_service(self, library: str) -> None:
        now, journal, before = self._clock.now(), self._store.journal, self._store.journal.epoch
        self._store.decide(lambda shelf: started(shelf, journal, now, board.own()), now)
        if journal.epoch != before:
            log.warning(MOVED, journal.epoch)
        self.is_in_service = True
        self._housekeeper.start()
        log.info("in service for the library %s as %s", library, self.config.station.id)
        if self._lookup:
            self._lookup.start()

    def _make_link(self, broker: BrokerConfig, library: str) -> Link:
        station = self.config.station
        return Link(
            broker,
            Topics(broker.root, library, station.id),
            lambda: wiring.open_store(self.config, durable=False),
            self._clock,
            self._notify,
            about={"station": station.id, "version": __version__, "location": station.location},
            health=self._health,
            left=self.desk.left,
            questions=self._questions,
            alike=alike(self.config),
            longest_wait=self._longest_wait,
        )

    def wake_link(self) -> None:
        """There may be something to send."""
        if self._link:
            self._link.wake()

    def resting(self, now: Moment) -> Signal:
        """What the station rests in while nobody scans."""
        if not self.is_in_service:
            return Signal.LOCKED
        if not self.degradation.is_cut_off:
            return Signal.READY
        return Signal.DEGRADED if self.degradation.is_degraded(now) else Signal.OFFLINE

    def stop_joining(self) -> None:
        """The next start goes on with it."""
        if self._door:
            self._door.close()

    def record_stop(self, reason: str) -> None:
        """Raises StoreError."""
        self._store.decide(lambda shelf: stopped(shelf, self._store.journal, reason), self._clock.now())

    def close(self) -> None:
        if self._lookup:
            self._lookup.close()
        if self._link:
            self._link.close()
        self._housekeeper.close()
        self._store.close()
