"""UNDO: the last loan, renewal or return of this session is taken back, as a change of its own."""

from __future__ import annotations

from msgspec import structs

from station.decision import Decision, Draft
from station.events import Undone
from station.model import Item
from station.session import Step
from station.signals import Reason, Signal


def undo(draft: Draft) -> Decision:
    """Takes the whole step back, newest event first, unless the item has changed since."""
    step = draft.state.last
    item = draft.shelf.item(step.after.id) if step else None
    if step is None or item is None or _lending(item) != _lending(step.after):
        return draft.decide(Signal.REFUSED, Reason.NOTHING_TO_UNDO)
    _take_back(draft, step, item)
    recent = tuple(each for each in draft.state.recent if each.item != item.id)
    return draft.decide(Signal.UNDONE, item=item.id, reader=step.readers[-1], last=None, recent=recent)


def _take_back(draft: Draft, step: Step, item: Item) -> None:
    for event, reader in zip(reversed(step.events), reversed(step.readers), strict=True):
        draft.record(Undone(item=item.id, reader=reader, undoes=event, staff=draft.staff))
    draft.save(structs.replace(item, loan=step.before.loan, hold_for=step.before.hold_for))


def _lending(item: Item) -> tuple[object, ...]:
    """What a loan, renewal or return changes; a new title or place in between does not matter."""
    return item.loan, item.hold_for, item.status
