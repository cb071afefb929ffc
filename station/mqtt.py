"""One connection to an MQTT broker. The only file that imports paho.

paho's own queue is never used as one: it is memory only, and a queued message dies with the process. A
connection is made new each time; what was in flight is on disk and goes out again from there.
"""

from __future__ import annotations

import hashlib
import select
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable, Hashable
from functools import cache
from typing import Any

import paho.mqtt.client as paho
from msgspec import Struct
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from station.config import BrokerConfig, password

KEEPALIVE_SECONDS = 30
ANSWER_SECONDS = 10.0
"""How long a broker may take to accept a connection, and again to answer the CONNECT."""
SESSION_SECONDS = 0xFFFFFFFF
"""MQTT 5's "never expires": without it a persistent session ends with its connection."""
NO_NAME = (
    "can't be a name: a part of it between dots is empty, over 63 letters long, or holds what no name may"
)
"""Of a host, where Python raises UnicodeError before it asks anybody."""
RECEIVE_MAXIMUM = 65_535
"""Messages that a broker takes without having acknowledged them, where it doesn't say (MQTT 5, 3.2.2.3.3)."""


class Refused(Exception):
    """The broker said no, to the connection or to a message; the text says what to do."""


class WayIn(Struct, frozen=True):
    """In place of a broker's password_file and ca_file, for a station that has neither yet.

    `certificate` is the fingerprint of the one that the broker has to show, whatever the clock says.
    """

    password: str | None = None
    certificate: bytes | None = None


class Message(Struct, frozen=True):
    """What goes to, or came from, the broker. `token` is given back when the broker has acknowledged it."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    content_type: str | None = None
    token: Hashable = None


class Connection:
    """A connection, served by the thread that made it.

    `persistent` keeps the broker's session for this client id. `received` and `acknowledged` are called
    while `serve` runs. Raises OSError where the broker can't be reached, Refused where it says no.
    """

    def __init__(
        self,
        broker: BrokerConfig,
        client_id: str,
        *,
        persistent: bool = True,
        will: Message | None = None,
        received: Callable[[Message], None] = lambda _: None,
        acknowledged: Callable[[Hashable], None] = lambda _: None,
        way_in: WayIn | None = None,
    ) -> None:
        self._address = f"{broker.host}:{broker.port}"
        self._five = broker.protocol == "5"
        self._in_flight: dict[int, Hashable] = {}
        self._kept_back: deque[Message] = deque()
        self._most = RECEIVE_MAXIMUM
        self._received = received
        self._acknowledged = acknowledged
        self._error: Exception | None = None
        self._is_up = False
        self.resumed = False
        """Whether the broker still had this client's session."""
        self.granted = 0
        """How many subscriptions the broker has granted."""
        self._client = self._make(broker, client_id, persistent, way_in)
        if will:
            self._client.will_set(will.topic, will.payload, will.qos, will.retain)
        self._open(broker, persistent)

    def subscribe(self, *filters: str) -> None:
        self._client.subscribe([(each, 1) for each in filters])

    def publish(self, message: Message) -> None:
        """Send it; what is more than the broker takes at once goes out as it acknowledges the rest."""
        if message.qos and len(self._in_flight) >= self._most:
            self._kept_back.append(message)
        else:
            self._send(message)
        self._raise()

    def serve(self, timeout: float, wake: int | None = None) -> None:
        """Move what there is to move; wait at most `timeout` seconds for it, or until `wake` can be read."""
        self._acknowledge_at_once()
        ready, writable = self._wait(timeout, wake)
        if ready:
            self._client.loop_read()
            while self._pending():
                self._client.loop_read()
        if writable:
            self._client.loop_write()
        self._client.loop_misc()
        self._raise()

    def flush(self, timeout: float) -> None:
        """Wait until the broker has acknowledged all that was published, `timeout` seconds at most."""
        end = time.monotonic() + timeout
        while (self._in_flight or self._client.want_write()) and time.monotonic() < end:
            self.serve(min(0.1, timeout))

    def close(self) -> None:
        """A clean end: the broker doesn't publish the will. May be called twice."""
        self._is_up = False
        self._client.disconnect()
        while self._client.want_write() and self._client.socket() is not None:
            self._client.loop_write()

    def drop(self) -> None:
        """Let go of the socket as it is."""
        found = self._client.socket()
        if found is not None:
            found.close()

    def _send(self, message: Message) -> None:
        properties = _content(message.content_type) if self._five and message.content_type else None
        sent = self._client.publish(message.topic, message.payload, message.qos, message.retain, properties)
        if message.qos:
            self._in_flight[sent.mid] = message.token

    def _make(
        self, broker: BrokerConfig, client_id: str, persistent: bool, way_in: WayIn | None
    ) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            clean_session=None if self._five else not persistent,
            protocol=paho.MQTTv5 if self._five else paho.MQTTv311,
            reconnect_on_failure=False,
        )
        client.connect_timeout = ANSWER_SECONDS
        client.max_inflight_messages_set(0)
        if broker.username is not None:
            client.username_pw_set(broker.username, way_in.password if way_in else password(broker))
        client.on_socket_open = _send_at_once
        if way_in and way_in.certificate:
            _encrypt_for(client, way_in.certificate)
        elif broker.ca_file:
            _encrypt(client, broker)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_subscribe = self._on_subscribe
        return client

    def _open(self, broker: BrokerConfig, persistent: bool) -> None:
        options: dict[str, Any] = {}
        if self._five:
            options = {"clean_start": not persistent, "properties": _properties(PacketTypes.CONNECT)}
            options["properties"].SessionExpiryInterval = SESSION_SECONDS if persistent else 0
        try:
            self._client.connect(broker.host, broker.port, KEEPALIVE_SECONDS, **options)
        except UnicodeError:
            cause = f"correct its host, which {NO_NAME}"
            raise ConnectionError(f"the broker {self._address} can't be reached: {cause}") from None
        except OSError as error:
            raise ConnectionError(f"the broker {self._address} can't be reached: {error}") from error
        end = time.monotonic() + ANSWER_SECONDS
        while not self._is_up:
            self.serve(0.5)
            if time.monotonic() > end:
                self.drop()
                raise TimeoutError(f"{self._address} took the connection and did not answer")

    def _wait(self, timeout: float, wake: int | None) -> tuple[bool, bool]:
        found = self._client.socket()
        if found is None:
            raise self._error or ConnectionError(f"the connection to {self._address} is gone")
        if self._pending():
            timeout = 0
        reading: list[Any] = [found] if wake is None else [found, wake]
        writing = [found] if self._client.want_write() else []
        readable, writable, _ = select.select(reading, writing, [], timeout)
        return found in readable or self._pending(), bool(writable)

    def _acknowledge_at_once(self) -> None:
        """Have the kernel say what has come. It waits up to 40 ms to join that to something we send, and a
        broker that joins its own small packets (Nagle) holds the next acknowledgements back until then.
        Linux keeps the setting for a while only."""
        found: Any = self._client.socket()
        if found is not None:
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def _pending(self) -> bool:
        """Whether TLS holds bytes that select can't see."""
        found = self._client.socket()
        return isinstance(found, ssl.SSLSocket) and found.pending() > 0

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _on_connect(self, _client: object, _data: object, flags: Any, reason: Any, props: object) -> None:
        if reason.is_failure:
            self._error = Refused(
                f"the broker {self._address} refuses the connection: {reason}. Look at [broker] username,"
                " password_file and certificates, and at the broker's log."
            )
        self.resumed = bool(flags.session_present)
        self._most = getattr(props, "ReceiveMaximum", RECEIVE_MAXIMUM)
        self._is_up = not reason.is_failure

    def _on_disconnect(
        self, _client: object, _data: object, _flags: object, reason: Any, _props: object
    ) -> None:
        if self._error is None:
            self._error = ConnectionError(f"the connection to {self._address} ended: {reason}")
        self._is_up = False

    def _on_message(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return  # a topic that is not UTF-8 is none of ours
        self._received(Message(topic, bytes(message.payload), message.qos, message.retain))

    def _on_subscribe(
        self, _client: object, _data: object, _mid: int, reasons: list[Any], _props: object
    ) -> None:
        refused = [each for each in reasons if each.is_failure]
        self.granted += len(reasons) - len(refused)
        if refused:
            self._error = Refused(
                f"the broker {self._address} refuses a subscription: {refused[0]}. It must be allowed to read"
                " below the library's topic (see config/mosquitto)."
            )

    def _on_publish(self, _client: object, _data: object, mid: int, reason: Any, _props: object) -> None:
        token = self._in_flight.pop(mid, None)
        if reason is not None and reason.is_failure:
            self._error = Refused(
                f"the broker {self._address} refuses a message: {reason}. The station must be allowed"
                " to write below its library's topic (see config/mosquitto)."
            )
        elif token is not None:
            self._acknowledged(token)
        while self._kept_back and len(self._in_flight) < self._most:
            self._send(self._kept_back.popleft())


class _Packed:
    """Properties as bytes. Packing the same ones for each message would take a fifth of paho's time."""

    def __init__(self, properties: Properties) -> None:
        self._bytes: bytes = properties.pack()  # type: ignore[no-untyped-call]

    def pack(self) -> bytes:
        return self._bytes


@cache
def _content(content_type: str) -> Any:
    properties = _properties(PacketTypes.PUBLISH)
    properties.ContentType = content_type
    return _Packed(properties)


def _send_at_once(_client: object, _data: object, opened: Any) -> None:
    """A small message doesn't wait until the broker's kernel has acknowledged the one before (Nagle)."""
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _encrypt(client: paho.Client, broker: BrokerConfig) -> None:
    try:
        client.tls_set(str(broker.ca_file), _text(broker.cert_file), _text(broker.key_file))
    except OSError as error:
        raise Refused(f"[broker] ca_file, cert_file or key_file can't be used: {error}") from error


def _encrypt_for(client: paho.Client, certificate: bytes) -> None:
    """Speak to the one broker that shows this certificate. paho calls back before it sends anything."""

    def look(client: paho.Client, data: object, opened: Any) -> None:
        if hashlib.sha256(opened.getpeercert(binary_form=True)).digest()[: len(certificate)] != certificate:
            opened.close()
            raise Refused(
                "the broker shows another certificate than the join code names: it is another one, or its"
                " certificate is new. Make another join code."
            )
        _send_at_once(client, data, opened)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    client.tls_set_context(context)
    client.on_socket_open = look


def _properties(packet: int) -> Any:
    return Properties(packet)  # type: ignore[no-untyped-call]


def _text(path: object) -> str | None:
    return None if path is None else str(path)
