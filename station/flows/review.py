"""ADMIT, REJECT, BLOCK, UNBLOCK: staff decides on a card."""

from __future__ import annotations

from msgspec import structs

from station.decision import Decision, Draft
from station.events import Admitted, Applied, Blocked, Rejected, Unblocked
from station.model import Reader
from station.signals import Reason, Signal

FROM = {
    "ADMIT": {"applied"},
    "REJECT": {"applied"},
    "BLOCK": {"active", "expired", "applied"},
    "UNBLOCK": {"blocked"},
}
"""The states of a reader in which a command changes something."""
TO = {"ADMIT": "active", "REJECT": "blocked", "BLOCK": "blocked", "UNBLOCK": "active"}
EVENTS = {"ADMIT": Admitted, "REJECT": Rejected, "BLOCK": Blocked, "UNBLOCK": Unblocked}
COMMANDS = frozenset(TO)


def known(draft: Draft, name: str, reader: Reader) -> Decision:
    """A card that is already what the command makes of it is said to be so, without an event."""
    if reader.kind == "staff" and reader.id == draft.staff:
        return draft.decide(Signal.REFUSED, Reason.WRONG_KIND, reader=reader.id)
    if reader.status in FROM[name]:
        draft.save(structs.replace(reader, status=TO[name]))
        draft.record(EVENTS[name](reader=reader.id, staff=draft.staff))
    elif reader.status != TO[name]:
        return draft.decide(Signal.REFUSED, _why(reader), reader=reader.id)
    return draft.decide(_done(name), reader=reader.id)


def unknown(draft: Draft, name: str, key: str) -> Decision:
    """Staff may admit a card that has never applied; nothing else can be done with it."""
    if name != "ADMIT":
        return draft.decide(Signal.UNKNOWN)
    draft.save(Reader(id=key))
    draft.record(Applied(reader=key))
    draft.record(Admitted(reader=key, staff=draft.staff))
    return draft.decide(Signal.ADMITTED, reader=key)


def _done(name: str) -> Signal:
    return Signal.ADMITTED if name == "ADMIT" else Signal.DONE_OK


def _why(reader: Reader) -> Reason:
    if reader.status == "blocked":
        return Reason.READER_BLOCKED
    return Reason.READER_EXPIRED if reader.status == "expired" else Reason.WRONG_KIND
