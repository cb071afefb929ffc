"""What goes over one connection: events, documents and replies out; documents, confirmations, commands in.

Questions for titles go both ways.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from typing import Any

import msgspec

from station.answers import Answers
from station.commands import Commands
from station.decision import Act
from station.documents import KINDS, received, write
from station.drivers import Clock
from station.events import EventType
from station.joining.host import Host
from station.mqtt import Message
from station.orders import Orders
from station.outbox import Outbox
from station.questions import Questions
from station.replica import Outgoing, Replica
from station.store import NoDocument, Store
from station.store.journal import Stored
from station.topics import Topics

log = logging.getLogger("station.traffic")

EVENT_TYPE = "application/cloudevents+json"


class Traffic:
    """Made anew for each connection, over the link's own store handle."""

    def __init__(
        self,
        store: Store,
        topics: Topics,
        clock: Clock,
        questions: Questions,
        *,
        act: Callable[[Act], None] = lambda _: None,
        left: Callable[[str], str | None] = lambda _: None,
        host: Host | None = None,
    ) -> None:
        """`act` is told what central wants of the station itself; `left` is of Replica."""
        self._store = store
        self.outbox = Outbox(store)
        self._replica = Replica(store, left=left)
        self._commands = Commands(self.outbox, Orders(store, clock, act), topics)
        self._answers = Answers(store, topics, clock, questions)
        self._host = host
        self._is_hosting = False
        self._topics = topics
        self._clock = clock
        self._more = True

    def connected(self, *, resumed: bool) -> None:
        self.outbox.connected()
        self._replica.connected(resumed=resumed)

    def filters(self) -> list[str]:
        """What to subscribe to: central's word, questions for titles, and the documents of all stations.

        The library's own comes last. A station that is new is in service when it has that, and so has the
        others: a card that the library knows must not apply again.
        """
        kinds = [self._topics.documents(kind) for kind in reversed(KINDS)]
        own = [self._topics.confirmed, self._topics.commands, self._topics.lookups, self._topics.answers]
        return [*own, *kinds]

    def more_filters(self) -> list[str]:
        """What to subscribe to from now on, since somebody has been invited; once for each connection."""
        wanted = self._host.filters() if self._host and not self._is_hosting else []
        self._is_hosting = self._is_hosting or bool(wanted)
        return wanted

    def has_more(self) -> None:
        """Something was written into the store."""
        self._more = True

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to send, and all that was sent has been acknowledged."""
        return not self._more and not self.outbox.in_flight and not self._replica.in_flight

    def take(self) -> list[Message]:
        """What may go out now; events go before documents."""
        messages = self._commands.replies() + self._answers.messages()
        messages += self._host.replies() if self._host else []
        if self._more:
            events, documents = self._events(), self._documents()
            self._more = bool(events or documents)
            messages += events + documents
        return messages

    def acknowledged(self, token: Hashable) -> None:
        self._more = True
        if isinstance(token, int):
            self.outbox.acknowledged(token)
        elif isinstance(token, Outgoing):
            self._replica.acknowledged(token)

    def received(self, message: Message) -> None:
        """Whatever a message holds, it is used, or a log line says why not."""
        if message.topic == self._topics.state:
            self._replica.all_retained_came()
        elif message.topic in (self._topics.confirmed, self._topics.commands):
            self._commands.received(message)
        elif message.topic in (self._topics.lookups, self._topics.answers):
            self._answers.received(message)
        elif self._host and not self._topics.kind_of(message.topic):
            self._host.received(message)
        else:
            self._document(message)
        self._more = True

    def _events(self) -> list[Message]:
        return [
            Message(
                self._topics.event(each.event["type"]),
                msgspec.json.encode(self._whole(each)),
                content_type=EVENT_TYPE,
                token=each.position,
            )
            for each in self.outbox.take(self._clock.now())
        ]

    def _whole(self, stored: Stored) -> dict[str, Any]:
        """The event as it is sent: a contact is joined in, as long as it is there."""
        if stored.event["type"] != EventType.CONTACT.cloud:
            return stored.event
        contact = self._store.contacts.get(stored.position)
        if contact is None:
            return stored.event
        return {**stored.event, "data": {**stored.event["data"], "contact": contact}}

    def _documents(self) -> list[Message]:
        return [
            Message(
                self._topics.document(each.kind, each.key),
                msgspec.json.encode(write(each.document)),
                retain=True,
                token=each,
            )
            for each in self._replica.take()
        ]

    def _document(self, message: Message) -> None:
        kind = self._topics.kind_of(message.topic)
        if kind is None:
            return
        try:
            document = received(KINDS[kind], message.payload)
            if not self._topics.is_of(document, message.topic):
                raise ValueError("its id and its topic do not agree")
            self._replica.received(document, self._clock.now())
            self._answers.came(document)
        except (msgspec.MsgspecError, RecursionError, ValueError, NoDocument) as error:
            log.warning("a document on a %s topic was not taken: %s", kind, error)
