"""A broker of the simulator's own, to be taken away and brought back. The only file that imports amqtt.

amqtt speaks MQTT 3.1.1 and keeps nothing when it stops: to a station that is a broker that lost its memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import logging
import socket
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from station.config import BrokerConfig

if TYPE_CHECKING:
    from amqtt.broker import Broker

HOST = "127.0.0.1"
START_SECONDS = 30.0
"""How long a start may take; importing amqtt takes most of it."""
CUT_SECONDS = 5.0
"""How long amqtt may take to see that its clients are gone, and again to end; it takes milliseconds."""

SETTINGS: dict[str, Any] = {
    "listeners": {"default": {"type": "external", "bind": HOST}},
    "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
}
"""The connections are this file's: amqtt's own shutdown waits for ever for a client that is connected."""


class EmbeddedBroker:
    """Takes anonymous clients of this machine, on one port for as long as the object lives.

    The port stays bound while the broker is away: nobody else gets it, and no client that tries to connect
    to it is given the same port for itself and talks to itself.
    """

    def __init__(self) -> None:
        self._bound = socket.socket()
        self._bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._bound.bind((HOST, 0))
        self.port: int = self._bound.getsockname()[1]
        self._running: _Running | None = None
        self._lock = threading.Lock()

    @property
    def config(self) -> BrokerConfig:
        """What a station has to be told to find it."""
        return BrokerConfig(host=HOST, port=self.port, protocol="3.1.1")

    @property
    def is_up(self) -> bool:
        return self._running is not None

    def up(self) -> None:
        """Returns once it takes connections. Does nothing if it is up. Raises OSError."""
        with self._lock:
            if self._running is None:
                self._running = _Running(self.port)

    def down(self) -> None:
        """Returns once every connection is cut. Does nothing if it is down."""
        with self._lock:
            if self._running is not None:
                self._running.stop()
                self._running = None

    def close(self) -> None:
        """Down, for good. May be called twice."""
        self.down()
        self._bound.close()


class _Running:
    """One life of the broker, in a thread with an event loop of its own."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._clients: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._thread = threading.Thread(target=self._run, name="broker", daemon=True)
        self._thread.start()
        self._loop, self._stopping = self._started.result(START_SECONDS)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:
            if self._started.done():
                raise
            self._started.set_exception(error)

    async def _serve(self) -> None:
        from amqtt.broker import Broker

        quiet()
        broker = Broker(copy.deepcopy(SETTINGS))
        await broker.start()
        listener = await asyncio.start_server(
            lambda reader, writer: self._client(broker, reader, writer), HOST, self._port
        )
        stopping = asyncio.Event()
        self._started.set_result((asyncio.get_running_loop(), stopping))
        await stopping.wait()
        listener.close()
        await self._cut_off()
        await asyncio.wait_for(broker.shutdown(), CUT_SECONDS)

    async def _client(
        self, broker: Broker, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve a client until it has gone, however it goes."""
        from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter

        task = asyncio.current_task()
        assert task is not None
        self._clients[task] = writer
        try:
            with contextlib.suppress(OSError):
                await broker.external_connected(
                    StreamReaderAdapter(reader), StreamWriterAdapter(writer), "default"
                )
        finally:
            del self._clients[task]
            writer.close()

    async def _cut_off(self) -> None:
        for each in self._clients.values():
            each.transport.abort()
        if self._clients:
            await asyncio.wait(self._clients, timeout=CUT_SECONDS)


def quiet() -> None:
    """amqtt logs each packet and each client that leaves, and writes to clients that have left, which asyncio
    warns of; none of it is for whoever tries a station."""
    for name in ("amqtt", "transitions"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    logging.getLogger("asyncio").setLevel(logging.ERROR)
