"""The link: keeps a connection to the broker, sends what is on disk, hears what central says.

One thread, the link's, with a store handle of its own; the desk never waits for it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from station.config import BrokerConfig
from station.decision import Act
from station.drivers import Clock
from station.joining.host import Host
from station.model import instant
from station.mqtt import ANSWER_SECONDS, Connection, Message, Refused
from station.questions import Questions
from station.reconnecting import Reconnecting
from station.store import Store, StoreError
from station.topics import Topics
from station.traffic import Traffic

log = logging.getLogger("station.link")

LOOK_SECONDS = 1.0
"""How often the link looks whether a command beside the daemon has written something."""
HEALTH_SECONDS = 60.0
LIBRARY_SECONDS = 30.0
"""How often a station without its library's document asks for it again: a broker whose queue is too short for
all documents drops the last ones."""
GOODBYE_SECONDS = 2.0


class LinkUp(Struct, frozen=True):
    pass


class LinkDown(Struct, frozen=True):
    cause: str


class Ordered(Struct, frozen=True):
    """Central wants this of the station itself."""

    act: Act


News = LinkUp | LinkDown | Ordered


class Link:
    """Runs until `close`. `notify` is called in the link's thread, and must only queue.

    `about` is what the state topic says beside the state; `health` what the health topic says beside the
    outbox; `left` is of Replica; `questions` what another thread asks of all who listen; `alike` what
    stations that join are told; `longest_wait`, in seconds, is of Reconnecting.
    """

    def __init__(
        self,
        broker: BrokerConfig,
        topics: Topics,
        open_store: Callable[[], Store],
        clock: Clock,
        notify: Callable[[News], None],
        *,
        about: dict[str, Any],
        health: Callable[[], dict[str, Any]],
        left: Callable[[str], str | None] = lambda _: None,
        questions: Questions | None = None,
        alike: dict[str, dict[str, Any]] | None = None,
        longest_wait: float | None = None,
    ) -> None:
        self._broker = broker
        self._topics = topics
        self._open_store = open_store
        self._clock = clock
        self._notify = notify
        self._about = about
        self._health = health
        self._left = left
        self._questions = questions or Questions()
        self._alike = alike or {}
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._closing = threading.Event()
        self._reconnecting = Reconnecting(topics.station, longest_wait)
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
        """A link that is closed at once still tells what there is to tell."""
        store: Store | None = None
        while True:
            try:
                store = store or self._open_store()
                self._serve(store)
            except (OSError, Refused, StoreError, ValueError) as error:
                self._failed(str(error), refused=isinstance(error, Refused))
            except Exception as error:
                log.exception("the link has failed; it is made anew")
                self._failed(f"{type(error).__name__}: {error}")
            if self._closing.is_set():
                break
        if store:
            store.close()

    def _failed(self, cause: str, *, refused: bool = False) -> None:
        wait = self._reconnecting.failed(cause, refused=refused)
        self._notify(LinkDown(cause))
        self._closing.wait(wait)

    def _serve(self, store: Store) -> None:
        """One connection, from its birth message to its end."""
        host = Host(store, self._broker, self._topics, self._clock, self._alike)
        traffic = Traffic(
            store, self._topics, self._clock, self._questions, act=self._ordered, left=self._left, host=host
        )
        connection = Connection(
            self._broker,
            f"{self._topics.library}-{self._topics.station}",
            will=self._state("lost"),
            received=traffic.received,
            acknowledged=traffic.acknowledged,
        )
        try:
            self._birth(connection, traffic, store)
            self._questions.can_be_asked(self.wake)
            self._pump(connection, traffic, store)
            self._leave(connection, traffic)
        finally:
            self._questions.cannot_be_asked()
            connection.drop()
            traffic.outbox.save()

    def _birth(self, connection: Connection, traffic: Traffic, store: Store) -> None:
        """The state topic comes back last, and so says that all that the broker keeps has come."""
        traffic.connected(resumed=connection.resumed)
        connection.publish(self._state(_state_of(store)))
        connection.flush(ANSWER_SECONDS)
        connection.subscribe(*traffic.filters())
        connection.subscribe(self._topics.state)
        self._reconnecting.succeeded()
        self._notify(LinkUp())

    def _pump(self, connection: Connection, traffic: Traffic, store: Store) -> None:
        health_due, seen, state = 0.0, -1, _state_of(store)
        library_due = time.monotonic() + LIBRARY_SECONDS
        while not self._closing.is_set():
            if state == "init" and _state_of(store) == "ready":
                state = "ready"
                connection.publish(self._state(state))
            elif state == "init" and time.monotonic() >= library_due:
                connection.subscribe(self._topics.documents("library"))
                library_due = time.monotonic() + LIBRARY_SECONDS
            if time.monotonic() >= health_due:
                connection.publish(self._health_message(traffic))
                health_due = time.monotonic() + HEALTH_SECONDS
            for each in traffic.take():
                connection.publish(each)
            connection.serve(LOOK_SECONDS, self._wake_read)
            if self._woken() or store.version() != seen:
                seen = store.version()
                traffic.has_more()
                if invited := traffic.more_filters():
                    connection.subscribe(*invited)

    def _leave(self, connection: Connection, traffic: Traffic) -> None:
        """What was recorded last, such as `station.stopped`, still goes out if the broker is quick."""
        end = time.monotonic() + GOODBYE_SECONDS
        traffic.has_more()
        while time.monotonic() < end:
            for each in traffic.take():
                connection.publish(each)
            if traffic.is_done:
                break
            connection.serve(0.1)
        connection.publish(self._state("disconnected"))
        connection.flush(GOODBYE_SECONDS)
        connection.close()

    def _ordered(self, act: Act) -> None:
        self._notify(Ordered(act))

    def _state(self, state: str) -> Message:
        said = {"state": state, **self._about, "at": instant(self._clock.now().wall)}
        return Message(self._topics.state, msgspec.json.encode(said), retain=True, token=state)

    def _health_message(self, traffic: Traffic) -> Message:
        said = {**self._health(), **traffic.outbox.health(), "at": instant(self._clock.now().wall)}
        return Message(self._topics.health, msgspec.json.encode(said), qos=0, retain=True)

    def _woken(self) -> bool:
        try:
            return bool(os.read(self._wake_read, 4096))
        except BlockingIOError:
            return False


def _state_of(store: Store) -> str:
    """`init` until the station has its library's document, by a command or through the broker."""
    return "init" if store.shelf.library() is None else "ready"
