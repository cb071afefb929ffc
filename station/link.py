"""The link: keeps a connection to the broker, sends what is on disk, hears what central says.

One thread, the link's, with a store handle of its own; the desk never waits for it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from station.commands import Commands
from station.config import BrokerConfig
from station.drivers import Clock
from station.model import instant
from station.mqtt import Connection, Message, Refused
from station.outbox import Outbox
from station.store import Store, StoreError
from station.topics import Topics

log = logging.getLogger("station.link")

LOOK_SECONDS = 1.0
"""How often the link looks whether a command beside the daemon has written something."""
HEALTH_SECONDS = 60.0
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0
GOODBYE_SECONDS = 2.0
EVENT_TYPE = "application/cloudevents+json"


class LinkUp(Struct, frozen=True):
    pass


class LinkDown(Struct, frozen=True):
    cause: str


class Link:
    """Runs until `close`. `notify` is called in the link's thread, and must only queue.

    `about` is what the state topic says beside the state; `health` what the health topic says beside the
    outbox.
    """

    def __init__(
        self,
        broker: BrokerConfig,
        topics: Topics,
        open_store: Callable[[], Store],
        clock: Clock,
        notify: Callable[[LinkUp | LinkDown], None],
        *,
        about: dict[str, Any],
        health: Callable[[], dict[str, Any]],
    ) -> None:
        self._broker = broker
        self._topics = topics
        self._open_store = open_store
        self._clock = clock
        self._notify = notify
        self._about = about
        self._health = health
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._closing = threading.Event()
        self._backoff = Backoff()
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There is something new to send. May be called from any thread."""
        with contextlib.suppress(BlockingIOError):  # then it has been woken often enough
            os.write(self._wake_write, b"w")

    def close(self, timeout: float = 5.0) -> None:
        """Say `disconnected` and end, within `timeout` seconds."""
        self._closing.set()
        self.wake()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        store: Store | None = None
        while not self._closing.is_set():
            try:
                store = store or self._open_store()
                self._serve(store)
            except (OSError, Refused, StoreError, ValueError) as error:
                wait = self._backoff.failed(str(error))
                self._notify(LinkDown(str(error)))
                self._closing.wait(wait)
        if store:
            store.close()

    def _serve(self, store: Store) -> None:
        """One connection, from its birth message to its end."""
        outbox = Outbox(store)
        commands = Commands(outbox, self._topics)
        connection = Connection(
            self._broker,
            f"{self._topics.library}-{self._topics.station}",
            will=self._state("lost"),
            received=commands.received,
            acknowledged=outbox.acknowledged,
        )
        try:
            self._birth(connection, outbox)
            self._pump(connection, outbox, commands, store)
            self._leave(connection, outbox)
        finally:
            outbox.save()
            connection.drop()

    def _birth(self, connection: Connection, outbox: Outbox) -> None:
        connection.subscribe(self._topics.confirmed, self._topics.commands)
        connection.publish(self._state("ready"))
        outbox.connected()
        self._backoff.succeeded()
        self._notify(LinkUp())

    def _pump(self, connection: Connection, outbox: Outbox, commands: Commands, store: Store) -> None:
        health_due, seen, fresh = 0.0, 0, True
        while not self._closing.is_set():
            if fresh or outbox.in_flight:
                self._send(connection, outbox)
            for reply in commands.replies():
                connection.publish(reply)
            if time.monotonic() >= health_due:
                connection.publish(self._health_message(outbox))
                health_due = time.monotonic() + HEALTH_SECONDS
            connection.serve(LOOK_SECONDS, self._wake_read)
            fresh = self._woken() or commands.wants_sending()
            if store.version() != seen:
                seen, fresh = store.version(), True

    def _send(self, connection: Connection, outbox: Outbox) -> None:
        for each in outbox.take(self._clock.now()):
            topic = self._topics.event(each.event["type"])
            payload = msgspec.json.encode(each.event)
            connection.publish(Message(topic, payload, content_type=EVENT_TYPE, token=each.position))

    def _leave(self, connection: Connection, outbox: Outbox) -> None:
        """What was recorded last, such as `station.stopped`, still goes out if the broker is quick."""
        self._send(connection, outbox)
        connection.publish(self._state("disconnected"))
        connection.flush(GOODBYE_SECONDS)
        connection.close()

    def _state(self, state: str) -> Message:
        said = {"state": state, **self._about, "at": instant(self._clock.now().wall)}
        return Message(self._topics.state, msgspec.json.encode(said), retain=True)

    def _health_message(self, outbox: Outbox) -> Message:
        said = {**self._health(), **outbox.health(), "at": instant(self._clock.now().wall)}
        return Message(self._topics.health, msgspec.json.encode(said), qos=0, retain=True)

    def _woken(self) -> bool:
        try:
            return bool(os.read(self._wake_read, 4096))
        except BlockingIOError:
            return False


class Backoff:
    """Waits that double up to a minute, with jitter so that a room of stations doesn't come back at once."""

    def __init__(self) -> None:
        self._wait = FIRST_WAIT
        self._said = ""

    def failed(self, cause: str) -> float:
        """Say the cause, once for each; returns the seconds to wait."""
        if cause != self._said:
            log.warning("no broker: %s. Loans are kept on disk and sent later.", cause)
            self._said = cause
        wait, self._wait = self._wait, min(self._wait * 2, LONGEST_WAIT)
        return wait * random.uniform(0.5, 1.0)

    def succeeded(self) -> None:
        log.info("the broker is there")
        self._wait = FIRST_WAIT
        self._said = ""
