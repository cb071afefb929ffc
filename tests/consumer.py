"""A central server's stand-in, not made of the station's parts: mosquitto_sub, and the contract's rules.

It drops an event whose id it has seen, and knows from `seq` whether it misses one.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, NamedTuple

from tests.mosquitto import HOST, PATIENCE, found


class Heard(NamedTuple):
    content_type: str
    qos: int
    retained: bool
    topic: str
    payload: str


class Consumer:
    """Listens to `topics` of the broker at `port` while inside its `with`.

    `name` makes its session persistent: the broker then keeps for it what comes while it is away.
    """

    FORMAT = "%C\t%q\t%r\t%t\t%p"
    READY = "consumer/is/ready"

    def __init__(
        self,
        port: int,
        *topics: str,
        name: str | None = None,
        protocol: str = "mqttv5",
        session: str = "-c",
        login: tuple[str, str] | None = None,
    ) -> None:
        self.port = port
        self.heard: list[Heard] = []
        self._login = login
        self._topics = topics or ("shelfpost/+/events/#",)
        self._options = ["-V", protocol, "-q", "1", *_as(login)]
        if name:
            self._options += ["-i", name, session]
            self._options += ["-x", "3600"] if protocol == "mqttv5" else []
        self._changed = threading.Condition()
        self._ready = False

    def __enter__(self) -> Consumer:
        topics = [word for each in (*self._topics, self.READY) for word in ("-t", each)]
        address = ["-h", HOST, "-p", str(self.port)]
        self._process = subprocess.Popen(
            [found("mosquitto_sub"), *address, *self._options, *topics, "-F", self.FORMAT],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        publish(self.port, self.READY, "now", retain=True, login=self._login)
        self.wait(lambda: self._ready)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait(PATIENCE)
        self._thread.join(PATIENCE)

    def wait(self, condition: Callable[[], bool]) -> None:
        """Until `condition` holds, looking each time something is heard."""
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE), f"heard only {self.heard}"

    def all_events(self) -> list[dict[str, Any]]:
        """Every event in the order in which it came, repeats too."""
        return [json.loads(each.payload) for each in self.heard if "/events/" in each.topic]

    def events(self) -> list[dict[str, Any]]:
        """The events in the order in which they came, without the repeats. Repeats must be the same."""
        kept: dict[str, dict[str, Any]] = {}
        for each in self.all_events():
            assert kept.setdefault(each["id"], each) == each, "an event came again and was another"
        return list(kept.values())

    def sequences(self) -> list[int]:
        return [each["seq"] for each in self.events()]

    def wait_for_sequence(self, last: int) -> None:
        """Until the event `last` is there."""
        self.wait(lambda: last in self.sequences())

    def said(self, topic: str) -> list[Any]:
        """What was heard on a topic, as JSON, oldest first."""
        return [json.loads(each.payload) for each in self.heard if each.topic == topic]

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            content_type, qos, retained, topic, payload = line.rstrip("\n").split("\t", 4)
            with self._changed:
                if topic == self.READY:
                    self._ready = True
                else:
                    self.heard.append(Heard(content_type, int(qos), retained == "1", topic, payload))
                self._changed.notify_all()


def publish(
    port: int,
    topic: str,
    payload: str | bytes,
    *,
    retain: bool = False,
    login: tuple[str, str] | None = None,
) -> None:
    """Publish with QoS 1, and return once the broker has acknowledged it."""
    data = payload.encode() if isinstance(payload, str) else payload
    command = [found("mosquitto_pub"), "-h", HOST, "-p", str(port), "-q", "1", "-t", topic]
    command += _as(login)
    command += ["-s" if data else "-n", *(["-r"] if retain else [])]
    subprocess.run(command, input=data, check=True, timeout=PATIENCE)


def _as(login: tuple[str, str] | None) -> list[str]:
    """`login` is a user name and a password, where the broker wants them."""
    return ["-u", login[0], "-P", login[1]] if login else []
