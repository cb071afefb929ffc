"""What central may say to a station: which events it holds, which it wants again, and what is to be done."""

from __future__ import annotations

import logging
from functools import reduce
from operator import or_
from typing import Any

import msgspec
from msgspec import Struct

from station.flows.orders import ORDERS, Order
from station.mqtt import Message
from station.orders import Orders
from station.outbox import Outbox
from station.store import StoreError
from station.topics import Topics

log = logging.getLogger("station.commands")

UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError)
"""What bytes from anybody may raise when they are read as JSON."""


class Confirmed(Struct):
    """Central holds every event of `epoch` up to `seq`, durably."""

    epoch: str
    seq: int


class Resend(Struct, tag_field="command", tag="resend", rename={"from_": "from"}):
    """Send the events of `epoch` from `from` to `to` again. `id` comes back in the reply."""

    id: str
    epoch: str
    from_: int
    to: int


COMMANDS: tuple[type[Struct], ...] = (Resend, *ORDERS)
"""Every command that a station takes."""

_CONFIRMED, _COMMAND = msgspec.json.Decoder(Confirmed), msgspec.json.Decoder(reduce(or_, COMMANDS))


class Commands:
    """Hears the topics `confirmed` and `commands`, and keeps the replies until they are taken."""

    def __init__(self, outbox: Outbox, orders: Orders, topics: Topics) -> None:
        self._outbox = outbox
        self._orders = orders
        self._topics = topics
        self._replies: list[Message] = []

    def received(self, message: Message) -> None:
        if message.topic == self._topics.confirmed:
            self._confirmed(message)
        elif message.topic == self._topics.commands:
            self._command(message)

    def replies(self) -> list[Message]:
        """The replies since the last call."""
        taken, self._replies = self._replies, []
        return taken

    def _confirmed(self, message: Message) -> None:
        if not message.payload:
            log.warning("an empty message on %s confirms nothing", message.topic)
            return
        try:
            said = _CONFIRMED.decode(message.payload)
        except UNREADABLE as error:
            log.warning("what %s says can't be read: %s", message.topic, error)
            return
        if not self._outbox.confirm(said.epoch, said.seq):
            log.warning("central confirms event %d of an epoch that has no such event here", said.seq)

    def _command(self, message: Message) -> None:
        if message.retain:
            log.warning("a retained command was ignored: it would run again at each start")
            self._reply(None, ok=False, error="a retained command is ignored: publish it without retain")
            return
        try:
            asked: Any = _COMMAND.decode(message.payload)
        except UNREADABLE as error:
            log.warning("a command can't be read: %s", error)
            self._reply(_id_of(message.payload), ok=False, error=f"this command can't be read: {error}")
            return
        if isinstance(asked, Order):
            self._order(asked)
        else:
            self._resend(asked)

    def _order(self, asked: Order) -> None:
        try:
            self._reply(asked.id, **self._orders.carry_out(asked))
        except StoreError as error:
            log.error("an order could not be carried out: %s", error)
            self._reply(asked.id, ok=False, error="the station's store can't be written; nothing has changed")

    def _resend(self, asked: Resend) -> None:
        events = self._outbox.resend(asked.epoch, asked.from_, asked.to)
        if events is None:
            self._reply(asked.id, ok=False, error="this station has no such events")
            return
        self._reply(asked.id, ok=True, events=events)

    def _reply(self, key: str | None, **said: Any) -> None:
        self._replies.append(Message(self._topics.replies, msgspec.json.encode({"id": key, **said})))


def _id_of(payload: bytes) -> str | None:
    try:
        said = msgspec.json.decode(payload)
    except UNREADABLE:
        return None
    key = said.get("id") if isinstance(said, dict) else None
    return key if isinstance(key, str) else None
