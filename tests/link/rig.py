"""A link in this process, with a store of its own, against a broker that is somebody else's program."""

from __future__ import annotations

import json
import queue
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from station.config import BrokerConfig
from station.decision import Decision
from station.events import ItemAdded
from station.link import Link, LinkDown, LinkUp, News, Ordered
from station.model import Document
from station.questions import Questions
from station.session import State
from station.store import Store
from station.topics import Topics
from tests.consumer import Consumer, publish
from tests.mosquitto import HOST, PATIENCE
from tests.stores import EPOCH, LIBRARY, STATION, SetClock, events, stock

TOPICS = Topics("shelfpost", LIBRARY, STATION)
OF_THE_STATION = (TOPICS.state, TOPICS.health, TOPICS.replies, "shelfpost/+/events/#")


class Linked:
    """A station without a desk. The link runs between `start` and `close`, or inside `with`.

    While `may_go_on` is cleared, a link that has lost its broker waits before it tries again.
    """

    def __init__(
        self, folder: Path, port: int, protocol: str = "5", *, has_library: bool = True, **broker: Any
    ) -> None:
        self.port = port
        self.config = BrokerConfig(host=HOST, port=port, protocol=protocol, **broker)  # type: ignore[arg-type]
        self.clock = SetClock()
        self.questions = Questions()
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.open_store: Callable[[], Store] = self._another_handle
        self._file = folder / "station.db"
        self.store = Store.open(self._file, STATION, epoch=EPOCH)
        self._news: queue.Queue[News] = queue.Queue()
        self._link: Link | None = None
        if has_library and self.store.shelf.library() is None:
            stock(self.store)

    def __enter__(self) -> Linked:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        self.store.close()

    def start(self, *, closed: bool = False) -> None:
        """`closed`: it was told to end before it began."""
        self._link = Link(
            self.config,
            TOPICS,
            self.open_store,
            self.clock,
            self._hear,
            about={"station": STATION},
            health=lambda: {"uptime": 7},
            questions=self.questions,
        )
        if closed:
            self._link.close()
        self._link.start()

    def close(self) -> None:
        """Returns when the link's thread has ended."""
        self.may_go_on.set()
        if self._link:
            self._link.close(PATIENCE)
            assert not self._link._thread.is_alive()
            self._link = None

    def record(self, number: int) -> None:
        """So many events, one decision each."""
        for _ in range(number):
            made = (ItemAdded(item=f"BK-{self.store.journal.head + 1}"),)
            self.decide(Decision(state=State(), record=made))

    def save(self, *documents: Document) -> None:
        self.decide(Decision(state=State(), save=documents))

    def decide(self, decision: Decision) -> None:
        self.store.decide(lambda _: decision, self.clock.now())
        if self._link:
            self._link.wake()

    def events(self) -> list[dict[str, Any]]:
        return events(self.store)

    def wait_until_up(self) -> None:
        while not isinstance(self._news.get(timeout=PATIENCE), LinkUp):
            pass

    def wait_until_down(self) -> str:
        """Why the link is down."""
        while not isinstance(news := self._news.get(timeout=PATIENCE), LinkDown):
            pass
        return news.cause

    def wait_until_ordered(self) -> str:
        """What central wants of the station itself."""
        while not isinstance(news := self._news.get(timeout=PATIENCE), Ordered):
            pass
        return news.act.value

    def was_never_down(self) -> bool:
        """Of the news that were not taken yet."""
        return not any(isinstance(each, LinkDown) for each in self._news.queue)

    def confirm(self, sequence: int, epoch: str = EPOCH) -> None:
        """What central says once it holds every event up to here."""
        publish(self.port, TOPICS.confirmed, json.dumps({"epoch": epoch, "seq": sequence}), retain=True)

    def command(self, **said: Any) -> None:
        publish(self.port, TOPICS.commands, json.dumps(said))

    def wait_until_answered(self, watching: Consumer) -> None:
        """Until the link has worked off all that was sent to it: it answers a command that means nothing."""
        question = secrets.token_hex(4)
        self.command(command="resend", id=question, epoch="no such epoch", **{"from": 1, "to": 1})
        watching.wait(lambda: question in [each["id"] for each in watching.said(TOPICS.replies)])

    def _hear(self, news: News) -> None:
        self._news.put(news)
        if isinstance(news, LinkDown):
            self.may_go_on.wait(PATIENCE)

    def _another_handle(self) -> Store:
        return Store.open(self._file, STATION, durable=False)


def states(central: Consumer) -> list[str]:
    return [each["state"] for each in central.said(TOPICS.state)]


def all_of(number: int) -> list[int]:
    """The sequences of so many events."""
    return list(range(1, number + 1))
