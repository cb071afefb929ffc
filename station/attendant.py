"""What the daemon does about each thing that it hears: scans, scanners that come and go, the link's news."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from msgspec import structs

from station import masks
from station.decision import Act
from station.drivers import Clock, Reading, Report, ScannerEnded, ScannerFound, ScannerLost
from station.face import Face
from station.joining.newcomer import Joined, NotJoined
from station.link import LinkDown, LinkUp, News, Ordered
from station.membership import Membership
from station.model import Moment
from station.signals import Reason, Signal
from station.store import StoreError

log = logging.getLogger("station.daemon")


class Attendant:
    """`stop` is told why the station is to stop."""

    def __init__(self, membership: Membership, face: Face, clock: Clock, stop: Callable[[str], None]) -> None:
        self._membership = membership
        self._face = face
        self._clock = clock
        self._stop = stop
        self._fault = ""

    def attend(self, message: Report | News | Joined | NotJoined | None) -> None:
        """None is said now and then while nothing else is."""
        match message:
            case Reading():
                self.guarded(lambda: self._scan(message))
            case ScannerEnded():
                pass
            case ScannerFound(name):
                log.info("scanner %s is there", name)
            case ScannerLost(name, cause):
                log.warning("scanner %s is gone: %s", name, cause)
                self._face.signal(Signal.FAULT)
            case Joined() | None:
                self.guarded(self._membership.look)
            case NotJoined(why):
                log.warning("not joined: %s", why)
                self._face.signal(Signal.REFUSED, Reason.NOT_CONFIGURED)
            case LinkUp():
                self._membership.degradation.link_up()
            case LinkDown():
                self._membership.degradation.link_down(self._clock.now().mono)
            case Ordered(act) if act is Act.IDENTIFY:
                self._face.signal(Signal.IDENTIFY)
            case Ordered(act):
                self._stop(act.value)

    def _scan(self, reading: Reading) -> None:
        """The green light comes after the commit, never before."""
        shown = self._membership.desk.scan(
            reading.scanner, reading.text, as_of(self._clock.now(), reading.at)
        )
        for each in shown:
            self._face.show(each)
        for each in shown:
            log.info("%s: %s", reading.scanner, masks.shown(each))
        self._membership.wake_link()

    def tick(self) -> None:
        """Nobody has scanned: a store that fails here is no fault to show, and is tried again later."""
        try:
            shown = self._membership.desk.tick(self._clock.now())
        except StoreError as error:
            log.error("what has fallen due or has ended could not be written: %s", error)
            return
        for each in shown:
            self._face.show(each)

    def guarded(self, act: Callable[[], object]) -> None:
        """A store that can't be written shows `fault`; the station goes on as soon as it can."""
        try:
            act()
        except StoreError as error:
            if str(error) != self._fault:
                log.error("%s", error)
            self._fault = str(error)
            self._face.signal(Signal.FAULT)
        else:
            if self._fault:
                log.info("the store can be written again")
            self._fault = ""


def as_of(now: Moment, mono: float) -> Moment:
    """The moment of a reading: scans that waited in the queue keep the time at which they were made."""
    ago = max(0.0, now.mono - mono)
    return structs.replace(now, mono=now.mono - ago, wall=now.wall - timedelta(seconds=ago))
