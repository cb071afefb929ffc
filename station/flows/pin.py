"""Digits after a card that asks for its PIN."""

from __future__ import annotations

from msgspec import structs

from station.decision import Decision, Draft
from station.flows.card import not_good, welcome
from station.model import Moment
from station.session import AskedPin, WrongPin
from station.signals import Reason, Signal

TRIES = 5
WITHIN_SECONDS = 60.0
LOCKED_SECONDS = 300.0
"""Five wrong PINs within a minute lock a card at this station for five minutes after the last."""


def pin(draft: Draft, asked: AskedPin, digits: str) -> Decision:
    reader = draft.shelf.reader(asked.reader)
    if reader is None:
        return draft.decide(Signal.UNKNOWN, asked=None)
    if not is_locked(draft.state.wrong_pins, reader.id, draft.now) and draft.shelf.pin_fits(reader, digits):
        draft.state = structs.replace(draft.state, wrong_pins=_others(draft, reader.id))
        reason = not_good(draft, reader)  # staff, or another station, may have blocked it meanwhile
        if reason is not None:
            return draft.decide(Signal.REFUSED, reason, reader=reader.id, asked=None)
        return welcome(draft, reader)
    wrong = (*_recent(draft), WrongPin(reader.id, draft.now.boot, draft.now.mono))
    return draft.decide(Signal.REFUSED, Reason.PIN_WRONG, reader=reader.id, wrong_pins=wrong)


def is_locked(wrong: tuple[WrongPin, ...], reader: str, now: Moment) -> bool:
    times = [_when(each, now) for each in wrong if each.reader == reader]
    return any(
        fifth - first <= WITHIN_SECONDS and now.mono - fifth < LOCKED_SECONDS
        for first, fifth in zip(times, times[TRIES - 1 :], strict=False)
    )


def _when(each: WrongPin, now: Moment) -> float:
    """In monotonic seconds of this boot. How long the power was away nobody knows: what was before it counts
    as typed when this boot began.
    """
    return each.mono if each.boot == now.boot else 0.0


def _recent(draft: Draft) -> tuple[WrongPin, ...]:
    kept = LOCKED_SECONDS + WITHIN_SECONDS
    now = draft.now
    return tuple(each for each in draft.state.wrong_pins if now.mono - _when(each, now) < kept)


def _others(draft: Draft, reader: str) -> tuple[WrongPin, ...]:
    return tuple(each for each in _recent(draft) if each.reader != reader)
