"""What a broker lets one client do, tried message by message. Nothing of it is retained."""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec import Struct, structs

from station.config import BrokerConfig
from station.mqtt import Connection, Message, Refused

ANSWER = 5.0
"""Seconds for one answer of the broker."""
FOLLOWS = 2.0
"""Seconds for what follows an answer: what is retained, or what was written and comes back."""
STEP = 0.2


class Tried(Struct, frozen=True):
    """`refused`: why, in words; empty: it was taken. `heard`: what came back of it."""

    refused: str = ""
    heard: tuple[Message, ...] = ()


class Probe:
    """A client of its own, so that the running station keeps its connection. The broker forgets it after.

    A broker that refuses may end the connection with it: the next try makes a new one.
    """

    def __init__(self, broker: BrokerConfig, client_id: str) -> None:
        self._broker = broker
        self._client_id = client_id
        self._connection: Connection | None = None
        self._acknowledged = False
        self._heard: list[Message] = []

    def connect(self) -> Connection:
        """Raises Refused, OSError or ConfigError."""
        if self._connection is None:
            self._connection = Connection(
                self._broker,
                self._client_id,
                persistent=False,
                received=self._heard.append,
                acknowledged=self._acknowledge,
            )
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.drop()
            self._connection = None

    def listen(self, *filters: str, until: str | None = None) -> Tried:
        """Subscribe, and wait for the first message on the topic `until`, where one is named.

        The connection is let go of afterwards: a broker may have much that is retained.
        """
        self._heard.clear()
        try:
            connection = self.connect()
            connection.subscribe(*filters)
            self._serve(connection, lambda: connection.granted > 0, ANSWER)
            if until is not None:
                self._serve(connection, lambda: any(each.topic == until for each in self._heard), FOLLOWS)
            return Tried(heard=tuple(self._heard))
        except (Refused, OSError) as error:
            return Tried(str(error))
        finally:
            self.close()

    def write(self, message: Message, *, echo: bool) -> Tried:
        """Publish, not retained; with `echo` subscribe to the topic before, and wait until it comes back."""
        self._heard.clear()
        self._acknowledged = False
        try:
            connection = self.connect()
            if echo:
                connection.subscribe(message.topic)
            connection.publish(structs.replace(message, qos=1, retain=False, token=message.topic))
            self._serve(connection, lambda: self._acknowledged, ANSWER)
            if echo:
                self._serve(connection, lambda: self._has_come_back(message), FOLLOWS)
            return Tried(heard=tuple(self._heard))
        except (Refused, OSError) as error:
            self.close()
            return Tried(str(error))

    def _acknowledge(self, _token: object) -> None:
        self._acknowledged = True

    def _has_come_back(self, message: Message) -> bool:
        return any((each.topic, each.payload) == (message.topic, message.payload) for each in self._heard)

    def _serve(self, connection: Connection, is_done: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not is_done() and time.monotonic() < end:
            connection.serve(STEP)
