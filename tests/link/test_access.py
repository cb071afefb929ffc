"""Passwords, rights, certificates, and a broker that minds how much it gets at once."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from station.config import BrokerConfig
from station.model import Item
from station.mqtt import Connection, Message
from station.questions import Said
from tests.certificates import certify
from tests.consumer import Consumer
from tests.link.rig import TOPICS, Linked, all_of
from tests.link.strict_broker import NOT_AUTHORIZED, StrictBroker
from tests.mosquitto import HOST, PATIENCE, Mosquitto, found

ACCESS_LIST = Path(__file__).parents[2] / "config" / "mosquitto" / "shelfpost.acl"
ISBN = "9787020002207"
TITLE = {"isbn": ISBN, "title": "红楼梦", "stamp": "1795521404913-0000-window", "parent": None}


def test_wrong_password_is_said_in_a_sentence(
    tmp_path: Path, protocol: str, caplog: pytest.LogCaptureFixture
) -> None:
    passwords = tmp_path / "passwords"
    subprocess.run([found("mosquitto_passwd"), "-b", "-c", passwords, "desk_1", "right"], check=True)
    (tmp_path / "password").write_text("wrong\n")
    access: dict[str, Any] = {"username": "desk_1", "password_file": tmp_path / "password"}
    settings = f"allow_anonymous false\npassword_file {passwords}"
    with Mosquitto(tmp_path / "strict", settings=settings) as broker:
        broker.start()
        with Linked(tmp_path / "data", broker.port, protocol, **access) as station:
            causes = [station.wait_until_down() for _ in range(3)]
            (tmp_path / "password").write_text("right\n")
            station.wait_until_up()
    refused = f"the broker 127.0.0.1:{broker.port} refuses the connection: Not authorized. Look at [broker]"
    assert [each[: len(refused)] for each in causes] == [refused] * 3
    told = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert [refused in each for each in told] == [True]


def test_missing_right_to_write_is_said_in_a_sentence(tmp_path: Path) -> None:
    """MQTT 5 only: before it, a broker could not say so."""
    (tmp_path / "acl").write_text("user desk_1\ntopic read shelfpost/#\n")
    settings = f"allow_anonymous true\nacl_file {tmp_path / 'acl'}"
    with Mosquitto(tmp_path / "strict", settings=settings) as broker:
        broker.start()
        with Linked(tmp_path / "data", broker.port, username="desk_1") as station:
            refused = "refuses a message: Not authorized. The station must be allowed to write below"
            assert refused in station.wait_until_down()


def test_missing_right_to_read_is_said_in_a_sentence(tmp_path: Path) -> None:
    broker = StrictBroker(subscribing=NOT_AUTHORIZED)
    with broker, Linked(tmp_path / "data", broker.port) as station:
        refused = "refuses a subscription: Not authorized. It must be allowed to read below"
        assert refused in station.wait_until_down()


@pytest.mark.parametrize("at_once", [1, 3, 10])
def test_no_more_is_sent_at_once_than_the_broker_takes(tmp_path: Path, at_once: int) -> None:
    """MQTT 5's Receive Maximum: brokers that mind it end the connection of a client that doesn't."""
    broker = StrictBroker(receive_maximum=at_once)
    with broker, Linked(tmp_path / "data", broker.port) as station:
        station.save(*(Item(id=f"BK-{each}") for each in range(30)))
        station.record(30)
        broker.wait_for(lambda: broker.topics().count("shelfpost/oak/events/desk_1/item.added") == 30)
        broker.wait_for(lambda: len({each for each in broker.topics() if "/items/" in each}) == 30)
    assert broker.most_at_once == at_once


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a broker's certificate that signs itself, and another that nobody uses."""
    folder = tmp_path_factory.mktemp("authority")
    for name in ("broker", "stranger"):
        certify(folder, name)
    return folder


def encrypted(folder: Path, authority: Path) -> Mosquitto:
    """With a listener without TLS beside, for the tests' own eyes."""
    files = f"certfile {authority}/broker.crt\nkeyfile {authority}/broker.key"
    return Mosquitto(folder / "encrypted", listener=files, plain=True)


def test_encrypted_connection(tmp_path: Path, authority: Path, protocol: str) -> None:
    with encrypted(tmp_path, authority) as broker:
        broker.start()
        access: dict[str, Any] = {"ca_file": authority / "broker.crt"}
        with (
            Consumer(broker.plain_port) as central,
            Linked(tmp_path / "data", broker.port, protocol, **access) as station,
        ):
            station.record(300)
            central.wait_for_sequence(300)
    assert central.sequences() == all_of(300)


def test_broker_with_a_strangers_certificate_is_not_trusted(tmp_path: Path, authority: Path) -> None:
    with encrypted(tmp_path, authority) as broker:
        broker.start()
        with Linked(tmp_path / "data", broker.port, ca_file=authority / "stranger.crt") as station:
            station.record(1)
            assert "certificate verify failed" in station.wait_until_down()
            assert station.store.journal.reached("sent") is None


def test_access_list_that_is_shipped_lets_stations_ask_each_other_for_titles(tmp_path: Path) -> None:
    settings = f"allow_anonymous true\nacl_file {ACCESS_LIST}"
    with Mosquitto(tmp_path / "strict", settings=settings) as broker:
        broker.start()
        with Linked(tmp_path / "data", broker.port, username="stations") as station:
            station.wait_until_up()
            heard: list[Message] = []
            window = Connection(
                BrokerConfig(host=HOST, port=broker.port, username="stations"),
                "oak-window",
                persistent=False,
                received=heard.append,
            )
            window.subscribe(TOPICS.lookups)
            window.publish(Message("shelfpost/oak/stations/window/state", b"{}"))
            window.flush(PATIENCE)
            said: list[Said] = []
            asking = threading.Thread(target=lambda: said.append(station.questions.ask(ISBN, PATIENCE)))
            asking.start()
            while not heard:
                window.serve(PATIENCE)
            window.publish(Message(TOPICS.answers, msgspec.json.encode({"isbn": ISBN, "known": False})))
            window.publish(Message(TOPICS.document("titles", ISBN), msgspec.json.encode(TITLE), retain=True))
            window.flush(PATIENCE)
            asking.join(PATIENCE)
            window.close()
    assert said == [Said.CAME]
