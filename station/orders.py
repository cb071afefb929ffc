"""Orders from afar, carried out once: the answer is kept with what was done, in the same transaction.

A command may come twice (MQTT's QoS 1 promises no less): the same id is answered again and does nothing more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import structs

from station.decision import Act, Decision, Draft
from station.drivers import Clock
from station.flows.orders import Order, answer, by
from station.store import Store
from station.store.shelf import StoredShelf

KEPT = 200
"""Answers that are kept, the newest ones."""


class Orders:
    """Over a `store` of the caller's thread. `act` is told what the station itself is to do."""

    def __init__(self, store: Store, clock: Clock, act: Callable[[Act], None]) -> None:
        self._store = store
        self._clock = clock
        self._act = act

    def carry_out(self, order: Order) -> dict[str, Any]:
        """The answer; what it says is on disk. Raises StoreError: then nothing has happened."""
        known = self._store.journal.answers().get(order.id)
        if known is not None:
            return known
        if self._store.shelf.library() is None:
            return {"ok": False, "error": "this station has no library yet"}
        said: dict[str, Any] = {}
        now = self._clock.now()

        def decide(shelf: StoredShelf) -> Decision:
            draft = Draft(by(order.staff, now.mono), shelf, now)
            decision = order.carry_out(draft)
            said.update(answer(decision))
            self._store.journal.answered(order.id, said, KEPT)
            refused = not said["ok"]
            return structs.replace(decision, save=(), record=()) if refused else decision

        decision = self._store.decide(decide, now, synced=True)
        if decision.act:
            self._act(decision.act)
        return said
