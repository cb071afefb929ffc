"""When a station that is cut off takes returns only: past the time or the loans that the policy says."""

from __future__ import annotations

from station.events import LENDING
from station.model import Moment
from station.store import Store


class Degradation:
    """Knows how long the broker has been away. A station that has no broker is never degraded."""

    def __init__(self, store: Store, *, since: float | None) -> None:
        """`since`: the monotonic time from which the broker is away; None: it is there, or there is none."""
        self._store = store
        self._since = since

    def link_up(self) -> None:
        self._since = None

    def link_down(self, mono: float) -> None:
        if self._since is None:
            self._since = mono

    @property
    def is_cut_off(self) -> bool:
        return self._since is not None

    def is_degraded(self, now: Moment) -> bool:
        if self._since is None:
            return False
        policy = self._store.shelf.policy
        hours = policy.degrade_after_hours
        if hours and now.mono - self._since >= hours * 3600:
            return True
        loans = policy.degrade_after_loans
        return loans > 0 and self._unsent_loans(loans) >= loans

    def _unsent_loans(self, enough: int) -> int:
        """Loans and renewals that the broker has not acknowledged; stops counting at `enough`."""
        position, found = self._store.journal.reached("sent") or 0, 0
        while events := self._store.journal.after(position, 50):
            found += sum(each.event["type"] in LENDING for each in events)
            if found >= enough:
                break
            position = events[-1].position
        return found
