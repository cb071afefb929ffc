"""The headless station: starts everything, watches it, stops it.

One thread, this one, is the desk's. Scanners, the link and signals only put things on its queue.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from msgspec import Struct, structs

from station import __version__, masks, wiring
from station.config import BrokerConfig, Config, ConfigError, load
from station.decision import Act
from station.degrade import Degradation
from station.desk import Desk
from station.drivers import Clock, Panel, Reading, Report, Scanner, ScannerEnded, ScannerLost
from station.drivers.notify import Notifier
from station.health import Health
from station.housekeeping import Housekeeper
from station.joining.alike import alike
from station.joining.door import Door
from station.joining.newcomer import Joined, NotJoined
from station.life import started, stopped
from station.link import Link, LinkDown, LinkUp, News, Ordered
from station.model import Moment
from station.questions import Questions
from station.signals import Reason, Shown, Signal
from station.stall import STALL_SECONDS, Stall
from station.store import Store, StoreError
from station.topics import Topics

log = logging.getLogger("station.daemon")

SCANNERS_OPEN = 2.0
"""Seconds that the scanners may take to be opened before the station says that it is ready without them."""
WAITING_FOR_A_LIBRARY = 2.0
"""Seconds between two looks for a library, while the station has none."""


class Stop(Struct, frozen=True):
    """`reason` is what the `station.stopped` event says."""

    reason: str


class Broken(Struct, frozen=True):
    """A scanner's thread has failed, by a fault of ours: the daemon ends, and systemd starts it again."""

    error: Exception


Message = Report | News | Joined | NotJoined | Stop | Broken
Inbox = queue.SimpleQueue[Message]
"""SimpleQueue, since its `put` may be called from a signal handler."""


class Daemon:
    """A station with everything chosen for it. `run` returns when it has been told to stop.

    `config_file` is where `config` came from: a station that joins a library while it runs reads it again,
    and goes on as the one that it is then. Without it join codes are of no use here.
    """

    def __init__(
        self,
        config: Config,
        clock: Clock,
        panel: Panel,
        scanners: list[Scanner],
        store: Store,
        notifier: Notifier,
        longest_wait: float | None = None,
        config_file: Path | None = None,
        stall_seconds: float = STALL_SECONDS,
    ) -> None:
        self._config = config
        self._config_file = config_file
        self._clock = clock
        self._panel = panel
        self._scanners = scanners
        self._notifier = notifier
        self._longest_wait = longest_wait
        self._inbox: Inbox = queue.SimpleQueue()
        self._health = Health(config.station.data_dir, clock)
        self._door = (
            Door(config_file, config.station.data_dir, clock, self._inbox.put) if config_file else None
        )
        self._stall = Stall(self._held_up, stall_seconds)
        self._furnish(config, store)
        self._link: Link | None = None
        self._in_service = False
        self._unheard: set[str] = set()
        self._settled_by = 0.0
        self._is_ready = False
        self._resting: Signal | None = None
        self._fault = ""

    def _furnish(self, config: Config, store: Store) -> None:
        """All that depends on who the station is."""
        self._config = config
        self._store = store
        self._degradation = Degradation(store, since=None)
        self._desk = Desk(
            store,
            times=wiring.times(config.session),
            patterns=wiring.patterns(config.patterns),
            is_degraded=self._degradation.is_degraded,
            act=lambda act: self.stop(act.value),
            join=self._door.scanned if self._door else None,
        )
        self._housekeeper = Housekeeper(
            lambda: wiring.open_store(config), self._clock, has_broker=config.broker is not None
        )
        self._questions = Questions()
        self._lookup = wiring.lookup(config, self._clock, self._questions)

    def stop(self, reason: str) -> None:
        """May be called from a signal handler or any thread."""
        self._inbox.put(Stop(reason))

    def run(self) -> str:
        """Returns why it has stopped."""
        self._show(Shown(Signal.STARTING, at=self._clock.now().wall))
        self._settled_by = self._clock.now().mono + SCANNERS_OPEN
        for each in self._scanners:
            self._health.scanners[each.name] = True
            self._unheard.add(each.name)
            threading.Thread(target=self._listen, args=(each,), name=each.name, daemon=True).start()
        self._stall.start()
        if self._door and self._store.shelf.library() is None:
            self._door.open()
        self._guarded(self._join_library)
        reason = self._serve()
        self._leave(reason)
        return reason

    def _listen(self, scanner: Scanner) -> None:
        try:
            scanner.run(self._inbox.put)
        except Exception as error:
            self._inbox.put(Broken(error))

    def _serve(self) -> str:
        while True:
            message = self._next()
            self._settle(message)
            self._notifier.alive()
            match message:
                case Stop(reason):
                    return reason
                case Broken(error):
                    raise error
                case ScannerEnded(name):
                    self._health.scanners.pop(name, None)
                    if not self._health.scanners:
                        return "end_of_input"
            with self._stall:
                self._heed(message)

    def _heed(self, message: Report | News | Joined | NotJoined | None) -> None:
        """Scans that wait were made before now: by their time a session goes on that by now has ended."""
        match message:
            case None:
                self._guarded(self._join_library)
            case ScannerEnded():
                pass
            case _:
                self._handle(message)
        if self._inbox.empty():
            self._tick()
        self._rest()

    def _held_up(self, seconds: float) -> None:
        """Called in the stall's thread. Shown again and again, the fault keeps `ready` from blinking."""
        if seconds == self._stall.seconds:
            log.error(
                "the station has been at one thing for %.0f s and takes no scan meanwhile: is the disk of %s"
                " failing? It goes on by itself as soon as the disk answers.",
                seconds,
                self._config.station.data_dir,
            )
        self._show(Shown(Signal.FAULT, at=self._clock.now().wall))

    def _settle(self, message: Message | None) -> None:
        """Ready is said once each scanner is open, or found missing: no scan that follows is lost."""
        if isinstance(message, Report):
            self._unheard.discard(message.scanner)
        if not self._is_ready and (not self._unheard or self._clock.now().mono >= self._settled_by):
            self._is_ready = True
            self._notifier.ready()
            log.info("ready")

    def _tick(self) -> None:
        """Nobody has scanned: a store that fails here is no fault to show, and is tried again later."""
        try:
            shown = self._desk.tick(self._clock.now())
        except StoreError as error:
            log.error("what has fallen due or has ended could not be written: %s", error)
            return
        for each in shown:
            self._show(each)

    def _next(self) -> Message | None:
        """The next message; None when it is time to look at the desk's clock."""
        waits = [self._notifier.watchdog_seconds]
        waits.append(max(0.0, self._desk.deadline() - self._clock.now().mono))
        if not self._is_ready:
            waits.append(max(0.0, self._settled_by - self._clock.now().mono))
        if not self._in_service:
            waits.append(WAITING_FOR_A_LIBRARY)
        try:
            return self._inbox.get(timeout=min((each for each in waits if each is not None), default=None))
        except queue.Empty:
            return None

    def _handle(self, message: Reading | Report | News | Joined | NotJoined) -> None:
        match message:
            case Joined():
                self._guarded(self._join_library)
            case NotJoined(why):
                log.warning("not joined: %s", why)
                self._show(Shown(Signal.REFUSED, Reason.NOT_CONFIGURED, self._clock.now().wall))
            case Reading():
                self._guarded(lambda: self._scan(message))
            case ScannerLost(name, cause):
                log.warning("scanner %s is gone: %s", name, cause)
                self._health.scanners[name] = False
                self._show(Shown(Signal.FAULT, at=self._clock.now().wall))
            case LinkUp():
                self._degradation.link_up()
            case LinkDown():
                self._degradation.link_down(self._clock.now().mono)
            case Ordered(act) if act is Act.IDENTIFY:
                self._show(Shown(Signal.IDENTIFY, at=self._clock.now().wall))
            case Ordered(act):
                self.stop(act.value)
            case _:
                log.info("scanner %s is there", message.scanner)
                self._health.scanners[message.scanner] = True

    def _scan(self, reading: Reading) -> None:
        """The green light comes after the commit, never before."""
        shown = self._desk.scan(reading.scanner, reading.text, as_of(self._clock.now(), reading.at))
        for each in shown:
            self._show(each)
        for each in shown:
            log.info("%s: %s", reading.scanner, masks.shown(each))
        if self._link:
            self._link.wake()

    def _guarded(self, act: Callable[[], object]) -> None:
        """A store that can't be written shows `fault`; the station goes on as soon as it can."""
        try:
            act()
        except StoreError as error:
            if str(error) != self._fault:
                log.error("%s", error)
            self._fault = str(error)
            self._show(Shown(Signal.FAULT, at=self._clock.now().wall))
        else:
            if self._fault:
                log.info("the store can be written again")
            self._fault = ""

    def _join_library(self) -> None:
        """The link begins once the library's id is known, lending and the log once its document is there."""
        library = self._store.shelf.library()
        if not self._in_service and (library or (self._store.journal.joined() and not self._is_joining)):
            self._become_its_station()
        if library and not self._in_service:
            self._store.decide(lambda shelf: started(shelf, self._store.journal), self._clock.now())
            self._in_service = True
            self._housekeeper.start()
            log.info("in service for the library %s as %s", library.id, self._config.station.id)
            if self._lookup:
                self._lookup.start()
        known = library.id if library else self._config.station.library
        if known and self._config.broker and not self._link and (library or not self._is_joining):
            self._link = self._make_link(self._config.broker, known)
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
        if found != self._config:
            before = self._store
            self._furnish(found, wiring.open_store(found))
            before.close()
            if self._link:
                self._link.close()
                self._link = None

    def _make_link(self, broker: BrokerConfig, library: str) -> Link:
        station = self._config.station
        return Link(
            broker,
            Topics(broker.root, library, station.id),
            lambda: wiring.open_store(self._config, durable=False),
            self._clock,
            self._inbox.put,
            about={"station": station.id, "version": __version__, "location": station.location},
            health=self._health.report,
            left=self._desk.left,
            questions=self._questions,
            alike=alike(self._config),
            longest_wait=self._longest_wait,
        )

    def _show(self, shown: Shown) -> None:
        self._panel.show(shown)

    def _rest(self) -> None:
        """Show what the station rests in, when that has changed."""
        if not self._is_ready:
            return
        now = self._clock.now()
        signal_ = self._resting_signal(now)
        if signal_ is not self._resting:
            self._resting = signal_
            self._show(Shown(signal_, at=now.wall))

    def _resting_signal(self, now: Moment) -> Signal:
        if not self._in_service:
            return Signal.LOCKED
        if not self._degradation.is_cut_off:
            return Signal.READY
        return Signal.DEGRADED if self._degradation.is_degraded(now) else Signal.OFFLINE

    def _leave(self, reason: str) -> None:
        self._stall.close()
        log.info("stopping: %s", reason)
        self._notifier.stopping()
        self._show(Shown(Signal.STOPPING, at=self._clock.now().wall))
        for each in self._scanners:
            each.close()
        if self._door:
            self._door.close()
        if self._in_service:
            self._guarded(
                lambda: self._store.decide(
                    lambda shelf: stopped(shelf, self._store.journal, reason), self._clock.now()
                )
            )
        if self._lookup:
            self._lookup.close()
        if self._link:
            self._link.close()
        self._housekeeper.close()
        self._store.close()
        self._panel.close()


def as_of(now: Moment, mono: float) -> Moment:
    """The moment of a reading: scans that waited in the queue keep the time at which they were made."""
    ago = max(0.0, now.mono - mono)
    return structs.replace(now, mono=now.mono - ago, wall=now.wall - timedelta(seconds=ago))
