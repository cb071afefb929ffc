"""Digits after a card that asks for its PIN."""

from __future__ import annotations

from msgspec import structs

from station.decision import Decision, Draft
from station.flows.card import welcome
from station.session import AskedPin
from station.signals import Reason, Signal

TRIES = 5
WITHIN_SECONDS = 60.0
LOCKED_SECONDS = 300.0
"""Five wrong PINs within a minute lock a card at this station for five minutes after the last."""


def pin(draft: Draft, asked: AskedPin, digits: str) -> Decision:
    reader = draft.shelf.reader(asked.reader)
    if reader is None:
        return draft.decide(Signal.UNKNOWN, asked=None)
    if not is_locked(draft.state.wrong_pins, reader.id, draft.now.mono) and draft.shelf.pin_fits(
        reader, digits
    ):
        draft.state = structs.replace(draft.state, wrong_pins=_others(draft, reader.id))
        return welcome(draft, reader)
    wrong = (*_recent(draft), (reader.id, draft.now.mono))
    return draft.decide(Signal.REFUSED, Reason.PIN_WRONG, reader=reader.id, wrong_pins=wrong)


def is_locked(wrong: tuple[tuple[str, float], ...], reader: str, mono: float) -> bool:
    times = [at for who, at in wrong if who == reader]
    return any(
        fifth - first <= WITHIN_SECONDS and mono - fifth < LOCKED_SECONDS
        for first, fifth in zip(times, times[TRIES - 1 :], strict=False)
    )


def _recent(draft: Draft) -> tuple[tuple[str, float], ...]:
    kept = LOCKED_SECONDS + WITHIN_SECONDS
    return tuple(each for each in draft.state.wrong_pins if draft.now.mono - each[1] < kept)


def _others(draft: Draft, reader: str) -> tuple[tuple[str, float], ...]:
    return tuple(each for each in _recent(draft) if each[0] != reader)
