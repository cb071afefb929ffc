"""Listening to a broker as somebody who only looks on, through every outage; and events as a line of text."""

from __future__ import annotations

import json
import secrets
from collections import deque
from collections.abc import Generator, Iterator
from typing import Any

from msgspec import Struct

from station import masks
from station.config import BrokerConfig
from station.drivers.wake import Wake
from station.events import short
from station.mqtt import Connection, Message, Refused, WayIn

FIRST_WAIT = 0.25
"""Seconds before the second try; each further wait is twice as long, up to a limit."""
LOOK_SECONDS = 1.0

CARDS = frozenset({"reader", "staff"})
"""Data of an event that is a card's number."""
PRIVATE = frozenset({"contact"})
"""Data of an event that is nobody's business who looks on."""


class Up(Struct, frozen=True):
    """Connected and subscribed. `connection` is good until the next `Down`."""

    connection: Connection


class Down(Struct, frozen=True):
    """No connection; it is tried again in `again` seconds."""

    cause: Exception
    again: float


class Quiet(Struct, frozen=True):
    """About a second has passed, or all that came has been handed out."""


Heard = Message | Up | Down | Quiet


def listen(
    broker: BrokerConfig,
    filters: list[str],
    closing: Wake,
    *,
    longest_wait: float = 60.0,
    way_in: WayIn | None = None,
) -> Generator[Heard]:
    """What comes on `filters`, until `closing` is set; in a session that the broker forgets afterwards.

    Raises ConfigError if the broker's password can't be read.
    """
    wait = FIRST_WAIT
    while not closing.wait(0):
        try:
            for each in _one_connection(broker, filters, closing, way_in):
                if isinstance(each, Quiet):
                    wait = FIRST_WAIT
                yield each
        except (OSError, Refused) as error:
            yield Down(error, wait)
            closing.wait(wait)
            wait = min(wait * 2, longest_wait)


def _one_connection(
    broker: BrokerConfig, filters: list[str], closing: Wake, way_in: WayIn | None
) -> Iterator[Heard]:
    came: deque[Message] = deque()
    name = f"watch-{secrets.token_hex(6)}"
    connection = Connection(broker, name, persistent=False, received=came.append, way_in=way_in)
    try:
        connection.subscribe(*filters)
        yield Up(connection)
        while not closing.wait(0):
            try:
                connection.serve(LOOK_SECONDS, closing.fd)
            finally:
                while came:
                    yield came.popleft()
            yield Quiet()
        connection.close()
    finally:
        connection.drop()


def event_in(payload: bytes) -> dict[str, Any] | None:
    """The event that a message holds; None if it holds something else."""
    try:
        event = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict) or not isinstance(event.get("data"), dict):
        return None
    return event if all(isinstance(event.get(key), str) for key in ("id", "type", "subject")) else None


def kind(event: dict[str, Any]) -> str:
    """`loan.borrowed` for `shelfpost.loan.borrowed.v1`."""
    return short(event["type"])


def about(event: dict[str, Any], *, names: bool = True) -> str:
    """Whom or what an event is about, and its data; of a card only the last four characters.

    Without `names` the data stands alone, for where there is little room.
    """
    subject, data = event["subject"], event["data"]
    is_card = subject in (data.get("reader"), data.get("staff")) or kind(event).startswith("reader.")
    words = [masks.code(subject) if is_card else subject]
    for name, value in data.items():
        if value != subject and name not in PRIVATE:
            words.append(f"{name}={_said(name, value)}" if names else _said(name, value))
    return visible(" ".join(words))


def _said(name: str, value: object) -> str:
    if name in CARDS:
        return masks.code(str(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def visible(text: str) -> str:
    """Without what a terminal would take for a command: a broker may say anything."""
    return "".join(char if char.isprintable() else "�" for char in text)
