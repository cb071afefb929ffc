"""COUNT: a stocktake, by scanning what stands on the shelf. It undoes no loan."""

from __future__ import annotations

from msgspec import structs

from station.decision import Decision, Draft
from station.events import Counted, ItemSeen
from station.flows.found import found
from station.model import Item
from station.session import Mode, State
from station.signals import Signal

COMMAND = "COUNT"


def place(draft: Draft, mode: Mode, name: str) -> Decision:
    """The name of a place that books have: what follows stands there."""
    if not any(each.location == name for each in draft.shelf.items()):
        return draft.decide(Signal.UNKNOWN)
    return draft.decide(Signal.MODE, mode=structs.replace(mode, place=name))


def book(draft: Draft, mode: Mode, scanned: Item) -> Decision:
    """A book that stands here; a lost one is found by it. Seen twice is seen once."""
    if scanned.id in mode.seen:
        return draft.decide(Signal.SEEN, item=scanned.id)
    item = found(draft, scanned)
    draft.record(ItemSeen(item=item.id, location=mode.place, staff=draft.staff))
    counted = structs.replace(mode, seen=mode.seen | {item.id})
    return draft.decide(Signal.SEEN, item=item.id, mode=counted)


def is_open(state: State) -> bool:
    return state.mode is not None and state.mode.name == COMMAND


def sum_up(draft: Draft) -> bool:
    """End the stocktake that is open: nobody counts a shelf for nothing. Returns whether one was."""
    mode = draft.state.mode
    if mode is None or not is_open(draft.state):
        return False
    draft.state = draft.without_mode()
    _record(draft, mode)
    return True


def left_alone(draft: Draft) -> Decision:
    """Silence has ended the staff session, and the stocktake with it."""
    sum_up(draft)
    return draft.decide(None)


def _record(draft: Draft, mode: Mode) -> None:
    """With a place only its books can be missing; without one, the whole library's."""
    items = draft.shelf.items()
    seen = [each for each in items if each.id in mode.seen]
    missing = [each.id for each in items if _should_be_here(each, mode.place) and each.id not in mode.seen]
    unexpected = [each.id for each in seen if each.loan or each.status == "withdrawn"]
    misplaced = [each.id for each in seen if mode.place and each.location not in (None, mode.place)]
    counts = {
        "seen": len(seen),
        "missing": len(missing),
        "unexpected": len(unexpected),
        "misplaced": len(misplaced),
    }
    draft.record(
        Counted(
            station=draft.shelf.station,
            counts=counts,
            missing=tuple(missing),
            unexpected=tuple(unexpected),
            misplaced=tuple(misplaced),
            location=mode.place,
            staff=draft.staff,
        )
    )


def _should_be_here(item: Item, place: str | None) -> bool:
    here = place is None or item.location == place
    return here and item.loan is None and item.status in ("available", "reference")
