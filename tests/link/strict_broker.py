"""The least of an MQTT 5 broker, for what Mosquitto is too kind to mind. It delivers nothing."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Callable
from types import TracebackType

from tests.mosquitto import HOST, PATIENCE

CONNACK, PUBACK, SUBACK = 2, 4, 9
RECEIVE_MAXIMUM = 0x21
NOT_AUTHORIZED = 0x87
SILENCE = 0.02
"""Seconds without a byte after which it acknowledges what has come, all at once."""


class StrictBroker:
    """Says how many messages it takes at once, and ends the connection of who sends more."""

    def __init__(self, *, receive_maximum: int = 65_535, subscribing: int = 1) -> None:
        self.most_at_once = 0
        self._maximum = receive_maximum
        self._subscribing = subscribing
        self._topics: list[str] = []
        self._unacknowledged: list[bytes] = []
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> StrictBroker:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._thread.join(PATIENCE)
        self._listener.close()

    def topics(self) -> list[str]:
        """Of what was published with QoS 1."""
        return list(self._topics)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE), f"heard {self._topics}"

    def _run(self) -> None:
        while not self._closing.is_set():
            if select.select([self._listener], [], [], SILENCE)[0]:
                with self._listener.accept()[0] as client:
                    self._unacknowledged.clear()
                    self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        data = b""
        while not self._closing.is_set():
            if not select.select([client], [], [], SILENCE)[0]:
                self._acknowledge(client)
                continue
            try:
                came = client.recv(65_536)
            except ConnectionError:
                return
            data += came
            while packet := _whole(data):
                kind, body, data = packet
                if not self._packet(client, kind, body):
                    return
            if not came:
                return

    def _packet(self, client: socket.socket, kind: int, body: bytes) -> bool:
        """Whether the connection goes on."""
        match kind >> 4:
            case 1:  # CONNECT
                properties = bytes([RECEIVE_MAXIMUM]) + struct.pack("!H", self._maximum)
                client.sendall(_packet(CONNACK, b"\x00\x00" + bytes([len(properties)]) + properties))
            case 3 if kind & 0b0110:  # PUBLISH with QoS 1
                return self._published(body)
            case 8:  # SUBSCRIBE
                client.sendall(
                    _packet(SUBACK, body[:2] + b"\x00" + bytes([self._subscribing]) * _filters(body))
                )
            case 14:  # DISCONNECT
                return False
        return True

    def _published(self, body: bytes) -> bool:
        (length,) = struct.unpack_from("!H", body)
        self._unacknowledged.append(body[2 + length : 4 + length])
        with self._changed:
            self.most_at_once = max(self.most_at_once, len(self._unacknowledged))
            self._topics.append(body[2 : 2 + length].decode())
            self._changed.notify_all()
        return len(self._unacknowledged) <= self._maximum

    def _acknowledge(self, client: socket.socket) -> None:
        client.sendall(b"".join(_packet(PUBACK, each) for each in self._unacknowledged))
        self._unacknowledged.clear()


def _packet(kind: int, body: bytes) -> bytes:
    assert len(body) < 128
    return bytes([kind << 4, len(body)]) + body


def _whole(data: bytes) -> tuple[int, bytes, bytes] | None:
    """The first packet's first byte, its body, and what follows; None: it isn't whole yet."""
    length, shift = 0, 0
    for place, byte in enumerate(data[1:5], 1):
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            body, rest = data[place + 1 : place + 1 + length], data[place + 1 + length :]
            return (data[0], body, rest) if len(body) == length else None
    return None


def _filters(body: bytes) -> int:
    """How many topic filters a SUBSCRIBE has."""
    place, number = 3 + body[2], 0
    while place < len(body):
        place += 3 + int(struct.unpack_from("!H", body, place)[0])
        number += 1
    return number
