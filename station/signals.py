"""What a panel can show: the names that the contract fixes, and nothing about lamps."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class Signal(StrEnum):
    READY = "ready"
    WELCOME = "welcome"
    PIN = "pin"
    BORROWED = "borrowed"
    RENEWED = "renewed"
    RETURNED = "returned"
    RETURNED_HOLD = "returned_hold"
    CARD_FIRST = "card_first"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    PENDING = "pending"
    ADMITTED = "admitted"
    STAFF = "staff"
    MODE = "mode"
    ADDED = "added"
    SEEN = "seen"
    DONE_OK = "done_ok"
    UNDONE = "undone"
    GOODBYE = "goodbye"
    OFFLINE = "offline"
    DEGRADED = "degraded"
    LOCKED = "locked"
    FAULT = "fault"
    STARTING = "starting"
    STOPPING = "stopping"
    IDENTIFY = "identify"


RESTING = frozenset({Signal.READY, Signal.OFFLINE, Signal.DEGRADED, Signal.LOCKED})
"""Signals that stay until the next one; every other is momentary and falls back to the last of these."""


class Reason(StrEnum):
    """Why a scan was refused."""

    READER_BLOCKED = "reader_blocked"
    READER_EXPIRED = "reader_expired"
    LOAN_LIMIT = "loan_limit"
    OVERDUE = "overdue"
    RENEWAL_LIMIT = "renewal_limit"
    ON_HOLD = "on_hold"
    REFERENCE_ONLY = "reference_only"
    WITHDRAWN = "withdrawn"
    ON_LOAN = "on_loan"
    NOT_ON_LOAN = "not_on_loan"
    NOT_STAFF = "not_staff"
    PIN_WRONG = "pin_wrong"
    NOTHING_TO_UNDO = "nothing_to_undo"
    DEGRADED = "degraded"
    NOT_CONFIGURED = "not_configured"
    WRONG_KIND = "wrong_kind"


class Shown(msgspec.Struct, frozen=True):
    """One thing for a panel to show. `reason` is set where, and only where, `signal` is `refused`.

    `silent`: with its lamps alone, since it was heard before.
    """

    signal: Signal
    reason: Reason | None = None
    at: datetime | None = None
    item: str | None = None
    reader: str | None = None
    silent: bool = False
