"""An outbox that grows old: staff hears of it at the station, since nobody else can."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from station.decision import Decision, Draft

OLD = timedelta(hours=24)


def look(draft: Draft, oldest: dict[str, Any] | None) -> Decision:
    """`oldest` is the oldest event that the broker lacks. The exception ends by itself when it has it.

    A clock that isn't synchronised says nothing about an age.
    """
    key = f"outbox_old-{draft.shelf.station}"
    found = draft.shelf.incident(key)
    is_open = found is not None and found.status == "open"
    old = oldest is not None and draft.now.wall - datetime.fromisoformat(oldest["time"]) >= OLD
    if old and oldest and not is_open and draft.now.trusted and oldest["clocktrusted"]:
        note = f"{draft.shelf.station} has sent nothing since {oldest['time']}: the broker can't be reached"
        draft.raise_incident("outbox_old", note, key=key)
    elif not old and is_open and found:
        draft.resolve_incident(found, "the broker has everything again")
    return draft.decide(None)
