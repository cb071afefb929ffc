"""The headless station: starts everything, watches it, stops it.

One thread, this one, is the desk's. Scanners, the link and signals only put things on its queue.
"""

from __future__ import annotations

import logging
import queue
from pathlib import Path

from msgspec import Struct

from station.attendant import Attendant
from station.config import Config
from station.drivers import Clock, Panel, Report, Scanner, ScannerEnded
from station.drivers.notify import Notifier
from station.face import Face
from station.health import Health
from station.joining.newcomer import Joined, NotJoined
from station.link import News
from station.membership import Membership
from station.scanners import Broken, Scanners
from station.signals import Signal
from station.stall import STALL_SECONDS, Stall
from station.store import Store

log = logging.getLogger("station.daemon")

SCANNERS_OPEN = 2.0
"""Seconds that the scanners may take to be opened before the station says that it is ready without them."""
WAITING_FOR_A_LIBRARY = 2.0
"""Seconds between two looks for a library, while the station has none."""


class Stop(Struct, frozen=True):
    """`reason` is what the `station.stopped` event says."""

    reason: str


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
        self._clock = clock
        self._face = Face(panel, clock)
        self._notifier = notifier
        self._inbox: Inbox = queue.SimpleQueue()
        health = Health(config.station.data_dir, clock)
        self._scanners = Scanners(scanners, health.scanners, self._inbox.put)
        self._membership = Membership(
            config,
            config_file,
            store,
            clock,
            notify=self._inbox.put,
            act=lambda act: self.stop(act.value),
            health=health.report,
            longest_wait=longest_wait,
        )
        self._attendant = Attendant(self._membership, self._face, clock, self.stop)
        self._stall = Stall(self._held_up, stall_seconds)
        self._settled_by = 0.0
        self._is_ready = False

    def stop(self, reason: str) -> None:
        """May be called from a signal handler or any thread."""
        self._inbox.put(Stop(reason))

    def run(self) -> str:
        """Returns why it has stopped."""
        self._face.signal(Signal.STARTING)
        self._settled_by = self._clock.now().mono + SCANNERS_OPEN
        self._scanners.start()
        self._stall.start()
        self._membership.seek()
        self._attendant.guarded(self._membership.look)
        reason = self._serve()
        self._leave(reason)
        return reason

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
                case ScannerEnded() if self._scanners.have_all_ended:
                    return "end_of_input"
            with self._stall:
                self._heed(message)

    def _next(self) -> Message | None:
        """The next message; None when it is time to look at the desk's clock."""
        mono = self._clock.now().mono
        waits = [self._notifier.watchdog_seconds, max(0.0, self._membership.desk.deadline() - mono)]
        if not self._is_ready:
            waits.append(max(0.0, self._settled_by - mono))
        if not self._membership.is_in_service:
            waits.append(WAITING_FOR_A_LIBRARY)
        try:
            return self._inbox.get(timeout=min((each for each in waits if each is not None), default=None))
        except queue.Empty:
            return None

    def _settle(self, message: Message | None) -> None:
        """Ready is said once each scanner is open, or found missing: no scan that follows is lost."""
        if isinstance(message, Report):
            self._scanners.heard(message)
        is_time_up = self._clock.now().mono >= self._settled_by
        if not self._is_ready and (self._scanners.are_all_heard or is_time_up):
            self._is_ready = True
            self._notifier.ready()
            log.info("ready")

    def _heed(self, message: Report | News | Joined | NotJoined | None) -> None:
        """Scans that wait were made before now: by their time a session goes on that by now has ended."""
        self._attendant.attend(message)
        if self._inbox.empty():
            self._attendant.tick()
        if self._is_ready:
            self._face.rest(self._membership.resting(self._clock.now()))

    def _held_up(self, seconds: float) -> None:
        """Called in the stall's thread. Shown again and again, the fault keeps `ready` from blinking.

        Only the first sounds: the watchdog may end the process at any moment of those that follow, and what
        sounds then goes on sounding.
        """
        first = seconds == self._stall.seconds
        if first:
            log.error(
                "the station has been at one thing for %.0f s and takes no scan meanwhile: is the disk of %s"
                " failing? It goes on by itself as soon as the disk answers.",
                seconds,
                self._membership.config.station.data_dir,
            )
        self._face.signal(Signal.FAULT, silent=not first)

    def _leave(self, reason: str) -> None:
        self._stall.close()
        log.info("stopping: %s", reason)
        self._notifier.stopping()
        self._face.signal(Signal.STOPPING)
        self._scanners.close()
        self._membership.stop_joining()
        if self._membership.is_in_service:
            self._attendant.guarded(lambda: self._membership.record_stop(reason))
        self._membership.close()
        self._face.close()
