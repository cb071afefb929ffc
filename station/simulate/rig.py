"""The whole station of a simulator: daemon, store, link and broker, and a central server that listens.

Only scanner and panel are played. Nothing here knows how it is looked at.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from msgspec import Struct

from station import wiring
from station.config import Config, password
from station.daemon import Daemon
from station.drivers import Clock
from station.drivers.notify import Notifier
from station.drivers.wake import Wake
from station.mqtt import Message
from station.service import only_one, same_library
from station.signals import Shown
from station.simulate import library
from station.simulate.broker import EmbeddedBroker
from station.simulate.central import Central
from station.simulate.hands import Repeats, ToldPanel, TypedScanner
from station.store import Store
from station.topics import Topics, escaped
from station.watching import Down, Quiet, Up, listen

SCANNER = "keyboard"
RETRY_SECONDS = 0.5
"""How long central waits between two tries at most: its broker is on this machine."""
END_SECONDS = 15.0
LAST_EVENTS_SECONDS = 2.0
"""How long the end waits for the last events to reach central."""


class Plan(Struct, frozen=True):
    """What to simulate. `embedded` is None where the configuration names a broker."""

    config: Config
    embedded: EmbeddedBroker | None
    sample: bool


class Arrived(Struct, frozen=True):
    """An event has reached central for the first time."""

    event: dict[str, Any]


class Connected(Struct, frozen=True):
    """Whether central has a connection to the broker."""

    up: bool


class Noted(Struct, frozen=True):
    """A warning of the station's log."""

    text: str


class Failed(Struct, frozen=True):
    """The station has ended, and should not have."""

    error: Exception


Happening = Shown | Arrived | Connected | Noted | Failed
Tell = Callable[[Happening], object]


class Rig:
    """Everything started and stopped together. `tell` is called from several threads, and only queues."""

    def __init__(self, plan: Plan, tell: Tell, clock: Clock) -> None:
        self.plan = plan
        self._tell = tell
        self._clock = clock
        self._scanner = TypedScanner(SCANNER, self._clock)
        self._repeats = Repeats(plan.config.session.repeat_seconds)
        self._library: str | None = None
        self._closing = Wake()
        self._heard = threading.Condition()
        self._listening = threading.Event()
        self._ready: Future[tuple[Daemon, Central]] = Future()
        self._station = threading.Thread(target=self._run_station, name="station", daemon=True)
        self._ears = threading.Thread(target=self._listen, name="central", daemon=True)
        self._log = _Notes(tell)

    def start(self) -> None:
        """Raises ConfigError, StoreError or OSError, each with what to do."""
        assert self.plan.config.broker
        password(self.plan.config.broker)
        logging.getLogger("station").addHandler(self._log)
        if self.plan.embedded:
            self.plan.embedded.up()
        self._station.start()
        self._daemon, self._central = self._ready.result()
        self._ears.start()

    def stop(self) -> None:
        """Stop in order. What is recorded last still reaches central if the broker is there."""
        if self._ears.is_alive():
            self._daemon.stop("quit")
            self._station.join(END_SECONDS)
            if self.plan.embedded and self.plan.embedded.is_up:
                self._wait_for_last_events()
            self._closing.set()
            self._ears.join(END_SECONDS)
        if self.plan.embedded:
            self.plan.embedded.close()
        logging.getLogger("station").removeHandler(self._log)

    def scan(self, text: str) -> bool:
        """False if the station takes it for the same scan again, and does nothing."""
        fresh = self.wait_for_repeat(text) == 0
        self._repeats.scanned(text, self._scanner.scan(text))
        return fresh

    def wait_for_repeat(self, text: str) -> float:
        """Seconds until `text` counts as another scan."""
        return self._repeats.wait(text, self._clock.now().mono)

    def open_store(self) -> Store:
        """A handle for the calling thread, to look at what is there."""
        return wiring.open_store(self.plan.config, durable=False)

    def is_drained(self, store: Store) -> bool:
        """Whether the broker has acknowledged every event, and brought each to central where it is ours."""
        if unsent_events(store):
            return False
        journal = store.journal
        return self.plan.embedded is None or self._central.has(journal.epoch, journal.last_sequence)

    def _run_station(self) -> None:
        try:
            with only_one(self.plan.config.station.data_dir):
                self._open_and_run()
        except Exception as error:
            if self._ready.done():
                self._tell(Failed(error))
            else:
                self._ready.set_exception(error)

    def _open_and_run(self) -> None:
        """In the station's own thread, whose store it is. Central listens before the first event goes out."""
        config = self.plan.config
        store = wiring.open_store(config)
        same_library(config, store)
        if self.plan.sample:
            library.stock(store, self._clock.now())
        panel = ToldPanel(self._tell)
        daemon = Daemon(config, self._clock, panel, [self._scanner], store, Notifier({}), RETRY_SECONDS)
        self._ready.set_result((daemon, self._make_central(store)))
        self._listening.wait()
        daemon.run()

    def _make_central(self, store: Store) -> Central:
        """Central needs not hear again what the broker had acknowledged before."""
        assert self.plan.config.broker
        found = store.shelf.library()
        self._library = found.id if found else self.plan.config.station.library
        topics = Topics(self.plan.config.broker.root, self._library or "", self.plan.config.station.id)
        journal = store.journal
        return Central(topics, journal.epoch, max(0, journal.last_sequence - unsent_events(store)))

    def _listen(self) -> None:
        broker = self.plan.config.broker
        assert broker
        root = f"{broker.root}/{escaped(self._library) if self._library else '+'}"
        filters = [f"{root}/events/#", f"{root}/stations/{self.plan.config.station.id}/health"]
        for heard in listen(broker, filters, self._closing, longest_wait=RETRY_SECONDS):
            match heard:
                case Up(connection):
                    self._tell(Connected(True))
                    up = connection
                case Down():
                    self._tell(Connected(False))
                case Message():
                    self._receive(heard)
                case Quiet():
                    question = self._central.question(time.monotonic())
                    if question and self.plan.embedded:
                        with contextlib.suppress(OSError):  # the next look at the connection finds it too
                            up.publish(question)
            self._listening.set()

    def _receive(self, message: Message) -> None:
        with self._heard:
            event = self._central.received(message)
            self._heard.notify_all()
        if event is not None:
            self._tell(Arrived(event))

    def _wait_for_last_events(self) -> None:
        store = self.open_store()
        epoch, last = store.journal.epoch, store.journal.last_sequence
        store.close()
        with self._heard:
            self._heard.wait_for(lambda: self._central.has(epoch, last), LAST_EVENTS_SECONDS)


class _Notes(logging.Handler):
    """Warnings of the station's log, for whoever looks on."""

    def __init__(self, tell: Tell) -> None:
        super().__init__(logging.WARNING)
        self._say = tell

    def emit(self, record: logging.LogRecord) -> None:
        self._say(Noted(record.getMessage()))


def unsent_events(store: Store) -> int:
    """How many events the broker has not acknowledged."""
    return store.journal.head - (store.journal.reached("sent") or 0)
