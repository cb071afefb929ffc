"""A process that sends a store's events to a broker, and prints how many seconds it took.

They count from connecting to the last acknowledgement.

`python -m bench.senders link FOLDER PORT`: the station's own link, with a handle of its own on the store.
`python -m bench.senders paho FOLDER PORT`: paho alone, the payloads in memory, its loop in its thread.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bench import sample
from station import wiring
from station.config import Config
from station.config.sections import BrokerConfig, StationConfig
from station.drivers.clock import SystemClock
from station.link import Link
from station.topics import Topics
from station.traffic import EVENT_TYPE

HOST = "127.0.0.1"
TOPICS = Topics("shelfpost", sample.LIBRARY, sample.STATION)
LOOK_SECONDS = 0.005
"""How often the sent mark is looked at. It is written when nothing is left in flight."""


def link(config: Config, port: int) -> float:
    store = wiring.open_store(config)
    last = store.journal.head
    sender = Link(
        BrokerConfig(host=HOST, port=port),
        TOPICS,
        lambda: wiring.open_store(config, durable=False),
        SystemClock(),
        lambda _: None,
        about={},
        health=dict,
    )
    began = time.monotonic()
    sender.start()
    while store.journal.reached("sent") != last:
        time.sleep(LOOK_SECONDS)
    seconds = time.monotonic() - began
    sender.close()
    store.close()
    return seconds


def bare(config: Config, port: int) -> float:
    messages, properties = messages_of(config), _properties()
    client = paho.Client(CallbackAPIVersion.VERSION2, "bare", protocol=paho.MQTTv5)
    client.max_inflight_messages_set(20)
    began = time.monotonic()
    client.connect(HOST, port)
    client.loop_start()
    sent = [client.publish(topic, payload, 1, properties=properties) for topic, payload in messages]
    for each in sent:
        each.wait_for_publish()
    seconds = time.monotonic() - began
    client.disconnect()
    client.loop_stop()
    return seconds


def messages_of(config: Config) -> list[tuple[str, bytes]]:
    """Topic and payload of every event in the log, as the link sends them."""
    store = wiring.open_store(config)
    events = [each.event for each in store.journal.after(0, store.journal.head)]
    store.close()
    return [(TOPICS.event(each["type"]), msgspec.json.encode(each)) for each in events]


def _properties() -> Any:
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    properties.ContentType = EVENT_TYPE
    return properties


SENDERS = {"link": link, "paho": bare}


def config_of(data: Path) -> Config:
    return Config(station=StationConfig(id=sample.STATION, data_dir=data))


if __name__ == "__main__":
    name, folder, port = sys.argv[1:]
    print(SENDERS[name](config_of(Path(folder)), int(port)))
