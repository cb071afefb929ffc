"""The desk: what it remembers between scans, and their way. The only one that decides, in one thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from station import calendar
from station.decision import Act, Decision, Draft
from station.flows import choose, count, join
from station.flows.clock import ClockWatch
from station.model import Moment, instant
from station.scan import Patterns, Scan, clean, meaning
from station.session import PendingItem, State, Times, deadline, expire, heard
from station.signals import Shown
from station.store import Store
from station.store.shelf import StoredShelf

MOST_LEFT = 1000
"""Books that were scanned alone which are remembered; a power cut forgets them."""
LOOK_AGAIN = 60.0
"""Seconds until `tick` tries again, after a store that could not be written."""


class Desk:
    """Takes lines from scanners, one at a time, and says what the panel shows.

    `is_degraded` says, of the library as it is, whether only returns are taken for now; `act` is told what
    staff wants of the station itself; `join` gets the text of a join code, where one can be taken.
    """

    def __init__(
        self,
        store: Store,
        *,
        times: Times = Times(),  # noqa: B008
        patterns: Patterns = Patterns(),  # noqa: B008
        is_degraded: Callable[[Moment], bool] = lambda _: False,
        act: Callable[[Act], None] = lambda _: None,
        join: Callable[[str], None] | None = None,
    ) -> None:
        self.state = State(wrong_pins=store.journal.wrong_pins())
        self._store = store
        self._times = times
        self._patterns = patterns
        self._is_degraded = is_degraded
        self._act = act
        self._join = join
        self._counted: State | None = None
        self._look_at = 0.0
        self._watch = ClockWatch()
        self._repeats: dict[tuple[str, str], float] = {}
        self._left: dict[str, str] = {}

    def deadline(self) -> float:
        """The monotonic time at which `tick` will have something to do, if nobody scans before."""
        session = deadline(self.state, self._times)
        return self._look_at if session is None else min(session, self._look_at)

    def tick(self, now: Moment) -> list[Shown]:
        """End the sessions whose silence was too long, and look through the due dates of a new day.

        Raises StoreError if what has come to its end could not be written; it is tried again later.
        """
        before = self.state
        self.state, signals = expire(before, self._times, now.mono)
        self._note_what_is_left(before.pending, now)
        if count.is_open(before) and not count.is_open(self.state):
            self._counted = before
        self._sum_up(now)
        self._watch, jump = self._watch.look(now)
        if jump:
            calendar.jumped(self._store, jump, now)
        if now.mono >= self._look_at:
            self._look_at = now.mono + LOOK_AGAIN
            self._look_at = now.mono + calendar.look(self._store, now)
        return [Shown(each, at=now.wall) for each in signals]

    def _sum_up(self, now: Moment) -> None:
        """A stocktake that silence has ended; before the next scan, which may lend what was counted."""
        left = self._counted
        if left:
            look_at, self._look_at = self._look_at, now.mono + LOOK_AGAIN
            self._store.decide(lambda shelf: count.left_alone(Draft(left, shelf, now)), now)
            self._counted, self._look_at = None, look_at

    def scan(self, scanner: str, line: str, now: Moment) -> list[Shown]:
        """What is shown for a line, after all that it says is on disk.

        Raises StoreError if it could not be written: then nothing has happened.
        """
        shown = self.tick(now)
        scan = clean(scanner, line)
        if self._is_repeat(scan, now.mono):
            return shown
        return shown + self._decided(scan, now)

    def _decided(self, scan: Scan, now: Moment) -> list[Shown]:
        try:
            decision = self._store.decide(
                lambda shelf: self._decide(scan, shelf, now), now, degraded=self._is_degraded(now)
            )
        except Exception:
            self._repeats.pop((scan.scanner, scan.text), None)
            raise
        waited, self.state = self.state.pending, decision.state
        self._note_what_is_left(waited, now)
        if decision.act:
            self._act(decision.act)
        if decision.join and self._join:
            self._join(decision.join)
        shown = _shown(decision, now)
        return shown + self._decided(scan, now) if decision.again else shown

    def left(self, item: str) -> str | None:
        """When the book was last scanned here alone, and no card came: an instant. For any thread to ask."""
        return self._left.get(item)

    def _note_what_is_left(self, waited: PendingItem | None, now: Moment) -> None:
        """A book that nobody has, scanned without a card, was perhaps brought back from another station.

        `waited` is what waited for a card; it is left where no card came, or another book took its place.
        """
        waits = self.state.pending
        if waited and not self.state.session and (waits is None or waits.item != waited.item):
            at = now.wall - timedelta(seconds=now.mono - waited.since)
            self._left = dict([*self._left.items(), (waited.item, instant(at))][-MOST_LEFT:])

    def _is_repeat(self, scan: Scan, mono: float) -> bool:
        """The same text from the same scanner within `repeat` seconds of its last reading is one scan."""
        fresh = {key: at for key, at in self._repeats.items() if mono - at < self._times.repeat}
        key = (scan.scanner, scan.text)
        self._repeats = {**fresh, key: mono}
        return key in fresh

    def _decide(self, scan: Scan, shelf: StoredShelf, now: Moment) -> Decision:
        state = heard(self.state, now.mono)
        before = self.state.staff
        draft = Draft(state, shelf, now, silence=now.mono - before.since if before else 0.0)
        if shelf.library() is None:
            return join.without_library(draft, scan.text, can_join=self._join is not None)
        what = meaning(scan, shelf, self._patterns, pin_awaited=state.asked is not None)
        decision = choose.decide(draft, what)
        if decision.state.wrong_pins != self.state.wrong_pins:
            self._store.journal.keep_wrong_pins(decision.state.wrong_pins)
        return decision


def _shown(decision: Decision, now: Moment) -> list[Shown]:
    if decision.signal is None:
        return []
    return [Shown(decision.signal, decision.reason, now.wall, decision.item, decision.reader)]
