"""A station that is all there but for its surroundings: a real store, desk and outbox, a virtual clock,
and a consumer in place of the broker.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from station import cards
from station.decision import Act
from station.degrade import Degradation
from station.desk import Desk
from station.life import started, stopped
from station.model import Moment
from station.outbox import Outbox
from station.replay.values import within
from station.signals import Shown
from station.store import Store

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
"""When a transcript begins that gives no clock."""
FINEST = 2**22
"""Monotonic times are multiples of 1/4194304 s, finer than a microsecond: their sums and differences
are exact in floating point, so that at exactly 30 s it is exactly 30 s.
"""


class Clock:
    """Counts whole microseconds, and only when it is told to."""

    def __init__(self) -> None:
        self._start = START
        self._since_boot = 0
        self._boot = 1

    def now(self) -> Moment:
        wall = self._start + timedelta(microseconds=self._since_boot)
        mono = round(self._since_boot * FINEST / 1_000_000) / FINEST
        return Moment(wall, mono, boot=f"boot-{self._boot}", zone=UTC)

    def set(self, wall: datetime) -> None:
        """The wall clock jumps; monotonic time doesn't notice."""
        self._start = within(wall) - timedelta(microseconds=self._since_boot)

    def advance(self, microseconds: int) -> None:
        self._since_boot += microseconds

    def must_reach(self, microseconds: int) -> None:
        """Raises Impossible where the calendar ends before so much time has passed."""
        within(self.now().wall + timedelta(microseconds=microseconds))

    def until(self, mono: float) -> int:
        """Microseconds until the monotonic time `mono`."""
        return max(0, round(mono * 1_000_000) - self._since_boot)

    def reboot(self) -> None:
        self._start, self._since_boot, self._boot = self.now().wall, 0, self._boot + 1


class VirtualStation:
    """Keeps its store in `folder`. The broker is there at the start."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.consumer: list[dict[str, Any]] = []
        self._folder = folder
        self._cuts = 0
        self._broker = True
        self._start()

    @property
    def broker_is_up(self) -> bool:
        return self._broker

    def _start(self) -> None:
        """Everything that is in memory is made anew."""
        path = self._folder / f"{self._cuts}" / "station.db"
        self.store = Store.open(path, "replay", durable=False, epoch="replay")
        self._degradation = Degradation(self.store, since=None if self._broker else self.clock.now().mono)
        self._wanted: list[Act] = []
        self._desk = Desk(
            self.store,
            is_degraded=self._degradation.is_degraded,
            act=self._wanted.append,
            join=lambda _: None,  # the station that made the code is not in the transcript
        )
        self._outbox = Outbox(self.store)
        self._in_service = False
        if self._broker:
            self._outbox.connected()
        self.join_library()

    def join_library(self) -> None:
        """As a station does: its log begins once there is a library."""
        if not self._in_service and self.store.shelf.library():
            now = self.clock.now()
            self.store.decide(lambda shelf: started(shelf, self.store.journal, now), now)
            self._in_service = True
            self.deliver()

    def scan(self, scanner: str, text: str) -> list[Shown]:
        shown = self._desk.scan(scanner, text, self.clock.now())
        if self._wanted:
            self._restart(self._wanted[0])
        return shown

    def signed(self, card: str) -> str:
        """What the code of a card holds that a station of this library has printed."""
        return cards.signed(card, self.store.journal.secret())

    def pass_time(self, microseconds: int) -> list[Shown]:
        """Let time go by; what is due in between is done at its own time."""
        shown: list[Shown] = []
        self.clock.must_reach(microseconds)
        while (sooner := self.clock.until(self._desk.deadline())) <= microseconds:
            self.clock.advance(sooner)
            shown += self._desk.tick(self.clock.now())
            microseconds -= sooner
        self.clock.advance(microseconds)
        return shown

    def broker(self, up: bool) -> None:
        if up and not self._broker:
            self._outbox.connected()
        self._broker = up
        if up:
            self._degradation.link_up()
        else:
            self._degradation.link_down(self.clock.now().mono)

    def deliver(self) -> None:
        """What the broker takes, the consumer has; one that it has already it drops."""
        while self._broker and (events := self._outbox.take(self.clock.now())):
            for each in events:
                if each.event["id"] not in {had["id"] for had in self.consumer}:
                    self.consumer.append(each.event)
                self._outbox.acknowledged(each.position)

    def cut(self) -> None:
        """The power goes, and comes back: only what is in the store's files at this moment goes on."""
        before, after = (self._folder / str(self._cuts + each) for each in (0, 1))
        shutil.copytree(before, after, ignore=shutil.ignore_patterns("*-shm"))
        self.close()
        self._cuts += 1
        self.clock.reboot()
        self._start()

    def _restart(self, act: Act) -> None:
        """The station stops in order, and is back at once, after a shutdown too."""
        self.store.decide(lambda shelf: stopped(shelf, self.store.journal, act.value), self.clock.now())
        self.deliver()
        self.close()
        self._start()

    def close(self) -> None:
        self.store.close()
