"""The broker check against a real Mosquitto with passwords, rights and certificates."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from station.config import BrokerConfig
from station.decision import Decision
from station.doctor import probe
from station.doctor.broker import broker
from station.doctor.findings import Finding
from station.doctor.place import Place
from station.events import Event, ItemAdded, Started
from station.model import Item, Reader
from station.mqtt import Connection, Message
from station.session import State
from tests.doctor.places import HEAD, judged, place, said, store_of
from tests.link.rig import Linked
from tests.link.strict_broker import NOT_AUTHORIZED, StrictBroker
from tests.mosquitto import HOST, Mosquitto, found, free_port
from tests.stores import stock

SHIPPED = Path(__file__).parents[2] / "config" / "mosquitto" / "shelfpost.acl"
ALL = "commands, confirmed, library, items, readers, titles, exceptions"
HAVE = "library, items, readers"
STARTED = Started(station="desk_1", version="1", reason="start")


@pytest.fixture(autouse=True)
def haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """What never comes is not waited for long. A broker on the same computer answers at once."""
    monkeypatch.setattr(probe, "FOLLOWS", 0.2)


class Guarded(Mosquitto):
    """Asks for a password, and has an access list."""

    def __init__(self, folder: Path, acl: str) -> None:
        folder.mkdir()
        self.folder = folder
        for user in ("stations", "central"):
            self._password(user)
        (folder / "acl").write_text(acl)
        (folder / "secret").write_text("right\n")
        settings = f"allow_anonymous false\npassword_file {folder}/passwords\nacl_file {folder}/acl"
        super().__init__(folder, settings=settings)
        self.start()

    def __enter__(self) -> Guarded:
        return self

    def _password(self, user: str) -> None:
        new = [] if (self.folder / "passwords").exists() else ["-c"]
        command = [found("mosquitto_passwd"), "-b", *new, str(self.folder / "passwords"), user, "right"]
        subprocess.run(command, check=True)


def acl(*instead: tuple[str, str]) -> str:
    text = SHIPPED.read_text()
    for line, other in instead:
        assert line in text
        text = text.replace(line, other)
    return text


def here_with(folder: Path, port: int, *, host: str = HOST, more: str = "", **other: Any) -> Place:
    """A station that has a book and a reader, and belongs to the library oak."""
    folder.mkdir(exist_ok=True)
    head = HEAD + 'library = "oak"\n'
    here = place(folder, head=head, text=f'[broker]\nhost = "{host}"\nport = {port}\n{more}', **other)
    with store_of(here) as store:
        if store.shelf.library() is None:
            stock(store, readers=["RD-1001"], items=["BK-1"])
    return here


def login(broker: Guarded, protocol: str = "5") -> str:
    return f'username = "stations"\npassword_file = "{broker.folder}/secret"\nprotocol = "{protocol}"\n'


def looked(broker: Guarded, folder: Path, protocol: str = "5", **other: Any) -> list[tuple[str, str]]:
    return said(_broker(here_with(folder, broker.port, more=login(broker, protocol), **other)))


def _broker(here: Place) -> list[Finding]:
    return list(broker(here))


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarded]:
    with Guarded(tmp_path / "guarded", acl()) as running:
        yield running


def test_without_a_broker_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    assert said(broker(place(tmp_path))) == [("skipped", "there is no [broker]: the station works alone")]


def test_name_that_nobody_knows_is_wrong(tmp_path: Path) -> None:
    (finding,) = _broker(here_with(tmp_path, 1883, host="broker.invalid"))
    assert finding.status == "wrong" and finding.found.startswith("broker.invalid: no such name is known")


@pytest.mark.parametrize("host", ["broker..local", "x" * 64 + ".local", ".broker"])
def test_name_that_can_be_none_is_wrong(tmp_path: Path, host: str) -> None:
    (finding,) = _broker(here_with(tmp_path, 1883, host=host))
    assert finding.status == "wrong" and finding.found.startswith(f"{host!r} can't be a name: ")
    assert finding.do == "Correct [broker] host."


def test_port_where_nobody_listens_is_wrong(tmp_path: Path) -> None:
    port = free_port()
    assert said(_broker(here_with(tmp_path, port))) == [
        ("wrong", f"{HOST}:{port} ({HOST}): nobody listens there")
    ]


def test_shipped_access_list_lets_a_new_station_do_all_that_it_has_to(
    tmp_path: Path, guarded: Guarded
) -> None:
    assert looked(guarded, tmp_path / "station") == [
        ("ok", f"{HOST}:{guarded.port} is {HOST} and takes connections"),
        ("ok", "logged in as stations, MQTT 5"),
        ("ok", f"subscribing is allowed: {ALL}"),
        ("ok", f"writing is allowed: state, health, replies, {HAVE}"),
        ("skipped", "writing was not tried, as the station has sent none yet: events, titles, exceptions"),
    ]


def test_wrong_password_is_said_in_words(tmp_path: Path, guarded: Guarded) -> None:
    (guarded.folder / "secret").write_text("wrong\n")
    _, (status, text) = looked(guarded, tmp_path / "station")
    assert status == "wrong" and "refuses the connection: Not authorized" in text
    assert "wrong\n" not in text


@pytest.mark.parametrize(
    ("line", "name", "topic"),
    [
        ("topic write shelfpost/oak/stations/+/health", "health", "stations/desk_1/health"),
        ("topic write shelfpost/oak/stations/+/replies", "replies", "stations/desk_1/replies"),
        ("topic readwrite shelfpost/oak/items/+", "items", "items/+"),
        ("topic readwrite shelfpost/oak/readers/+", "readers", "readers/+"),
    ],
)
def test_missing_right_to_write_is_named_with_its_topic(
    tmp_path: Path, line: str, name: str, topic: str
) -> None:
    with Guarded(tmp_path / "guarded", acl((line, ""))) as running:
        here = here_with(tmp_path / "station", running.port, more=login(running))
        (bad,) = [each for each in _broker(here) if each.status == "wrong"]
    assert bad.found.startswith(f"writing {name} is refused: ") and "Not authorized" in bad.found
    assert f"write shelfpost/oak/{topic} " in bad.do
    assert "RD-1001" not in str(bad)


def test_missing_right_to_write_events_is_found_once_one_was_sent(tmp_path: Path) -> None:
    with Guarded(tmp_path / "guarded", acl()) as running:
        here = here_with(tmp_path / "station", running.port, more=login(running))
        sent(here)
        assert "writing is allowed: events, state" in str(said(_broker(here)))
        (running.folder / "acl").write_text(acl(("topic write shelfpost/oak/events/+/+", "")))
        running.stop()
        running.start()
        (bad,) = [each for each in _broker(here) if each.status == "wrong"]
    assert bad.found.startswith("writing events is refused: ")


def sent(here: Place, event: Event = STARTED, *, acknowledged: bool = True) -> None:
    """What the station has recorded, and the broker has."""
    with store_of(here) as store:
        store.decide(lambda _: Decision(state=State(), record=(event,)), here.clock.now())
        if acknowledged:
            with store.transaction():
                store.journal.reach("sent", store.journal.head)


def test_event_that_was_not_sent_does_not_overtake_those_before_it(tmp_path: Path, guarded: Guarded) -> None:
    here = here_with(tmp_path / "station", guarded.port, more=login(guarded))
    sent(here, acknowledged=False)
    assert "has sent none yet: events" in str(said(_broker(here)))


def test_event_of_a_book_or_a_reader_is_not_sent_again(tmp_path: Path, guarded: Guarded) -> None:
    here = here_with(tmp_path / "station", guarded.port, more=login(guarded))
    sent(here, ItemAdded(item="BK-1"))
    assert "has sent none yet: events" in str(said(_broker(here)))


def test_right_to_write_without_the_right_to_read_is_found(tmp_path: Path) -> None:
    only_write = ("topic readwrite shelfpost/oak/items/+", "topic write shelfpost/oak/items/+")
    with Guarded(tmp_path / "guarded", acl(only_write)) as running:
        found = looked(running, tmp_path / "station")
    assert ("wrong", "what is written to items does not come back") in found


def test_refused_subscription_is_named(tmp_path: Path) -> None:
    with StrictBroker(subscribing=NOT_AUTHORIZED) as running:
        found = _broker(here_with(tmp_path, running.port))
    assert f"subscribing is refused: {ALL}" in [each.found for each in found]


def test_mqtt_3_says_what_it_can(tmp_path: Path, guarded: Guarded) -> None:
    found = looked(guarded, tmp_path / "station", "3.1.1")
    assert found[2:] == [
        ("ok", f"subscribing is allowed: {ALL}"),
        ("ok", f"writing is allowed: state, {HAVE}"),
        ("skipped", "writing was not tried, as the station has sent none yet: events, titles, exceptions"),
        ("skipped", "writing was not tried, as MQTT 3.1.1 does not say: health, replies"),
    ]


def test_mqtt_3_shows_a_missing_right_by_what_does_not_come_back(tmp_path: Path) -> None:
    only_write = ("topic readwrite shelfpost/oak/items/+", "topic write shelfpost/oak/items/+")
    with Guarded(tmp_path / "guarded", acl(only_write)) as running:
        found = looked(running, tmp_path / "station", "3.1.1")
    assert ("wrong", "what is written to items does not come back") in found


def test_mqtt_3_shows_a_missing_right_by_the_end_of_the_connection(tmp_path: Path) -> None:
    with Guarded(tmp_path / "guarded", acl(("topic readwrite shelfpost/oak/items/+", ""))) as running:
        found = looked(running, tmp_path / "station", "3.1.1")
    (bad,) = [text for status, text in found if status == "wrong"]
    assert "items" in bad
    assert ("ok", "writing is allowed: state, library, readers") in found


def retained(port: int, username: str | None = None, secret: Path | None = None) -> dict[str, bytes]:
    """All that the broker keeps: what comes before a message that is sent after subscribing."""
    came: list[Message] = []
    config = BrokerConfig(host=HOST, port=port, username=username, password_file=secret)
    connection = Connection(config, "onlooker", persistent=False, received=came.append)
    connection.subscribe("shelfpost/#")
    connection.publish(Message("shelfpost/oak/marker", b"now"))
    while not any(each.topic.endswith("/marker") for each in came):
        connection.serve(1.0)
    connection.close()
    return {each.topic: each.payload for each in came if each.retain}


def test_nothing_stays_at_the_broker(tmp_path: Path, broker: Mosquitto) -> None:
    here = here_with(tmp_path, broker.port)
    assert judged(_broker(here)).count("ok") == 4
    assert retained(broker.port) == {}
    config = BrokerConfig(host=HOST, port=broker.port)
    again = Connection(config, "oak-desk_1-doctor", persistent=True)
    again.close()
    assert not again.resumed


def test_running_station_keeps_its_connection_and_its_state(tmp_path: Path, broker: Mosquitto) -> None:
    with Linked(tmp_path / "data", broker.port) as linked:
        linked.save(Item(id="BK-1"), Reader(id="RD-1001"))
        linked.decide(Decision(state=State(), record=(STARTED,)))
        linked.wait_until_up()
        before = settled(linked, broker.port)
        here = here_with(tmp_path, broker.port, pid=7)
        texts = [each.found for each in _broker(here)]
        assert "the broker says of this station: ready" in texts
        assert f"writing is allowed: events, health, replies, {HAVE}" in texts
        assert retained(broker.port) == before
        assert linked.was_never_down()


def settled(linked: Linked, port: int) -> dict[str, bytes]:
    """What the broker keeps, once the station has said all that it has to say."""
    while True:
        found = retained(port)
        if len(found) >= 5 and linked.store.journal.reached("sent") == linked.store.journal.head:
            return found


def test_station_that_runs_and_is_not_there_for_others_is_a_warning(
    tmp_path: Path, broker: Mosquitto
) -> None:
    texts = said(_broker(here_with(tmp_path, broker.port, pid=7)))
    assert ("warning", "the station runs, and the broker says of it: nothing") in texts


def test_state_that_can_not_be_read_is_no_end(tmp_path: Path, broker: Mosquitto) -> None:
    config = BrokerConfig(host=HOST, port=broker.port)
    connection = Connection(config, "joker", persistent=False)
    connection.publish(Message("shelfpost/oak/stations/desk_1/state", b"\xff{", retain=True))
    connection.flush(5)
    connection.close()
    texts = said(_broker(here_with(tmp_path, broker.port, pid=7)))
    assert ("warning", "the station runs, and the broker says of it: nothing") in texts


def test_without_a_library_no_topic_is_known(tmp_path: Path, broker: Mosquitto) -> None:
    here = place(tmp_path, f'[broker]\nhost = "{HOST}"\nport = {broker.port}\n')
    assert said(_broker(here))[2:] == [
        ("skipped", "topics: neither the store nor [station] library names the library yet")
    ]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a broker's certificate that signs itself, another's name, and a stranger."""
    folder = tmp_path_factory.mktemp("authority")
    for name, address in (("broker", HOST), ("elsewhere", "192.0.2.1"), ("stranger", HOST)):
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        subject = ["-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=IP:{address}"]
        files = ["-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.crt"]
        command = [found("openssl"), "req", "-x509", *key, *subject, *files]
        subprocess.run(command, check=True, capture_output=True)
    return folder


def over_tls(folder: Path, authority: Path, serving: str, trusting: str) -> list[Finding]:
    files = f"certfile {authority}/{serving}.crt\nkeyfile {authority}/{serving}.key"
    with Mosquitto(folder / "encrypted", listener=files) as running:
        running.start()
        return _broker(
            here_with(folder / "station", running.port, more=f'ca_file = "{authority}/{trusting}"\n')
        )


def test_encrypted_connection_says_how_long_its_certificate_is_good(tmp_path: Path, authority: Path) -> None:
    found = over_tls(tmp_path, authority, "broker", "broker.crt")
    assert found[1].found.startswith("encrypted: TLSv1.3, certificate good until ")
    assert found[2].found == "logged in without a name, MQTT 5"


@pytest.mark.parametrize(
    ("serving", "trusting", "why", "do"),
    [
        ("broker", "stranger.crt", "self-signed certificate", "ca_file must hold the certificate"),
        ("elsewhere", "elsewhere.crt", "IP address mismatch", "Write the name that the certificate has"),
    ],
)
def test_certificate_that_is_not_trusted_is_said_with_its_reason(
    tmp_path: Path, authority: Path, serving: str, trusting: str, why: str, do: str
) -> None:
    *_, bad = over_tls(tmp_path, authority, serving, trusting)
    assert bad.status == "wrong" and why in bad.found and do in bad.do


def test_authority_that_is_no_certificate_is_wrong(tmp_path: Path, authority: Path) -> None:
    *_, bad = over_tls(tmp_path, authority, "broker", "broker.key")
    assert bad.found.startswith("[broker] ca_file, cert_file or key_file can't be used")


def test_broker_that_does_not_speak_tls_is_wrong(tmp_path: Path, authority: Path, broker: Mosquitto) -> None:
    *_, bad = _broker(here_with(tmp_path, broker.port, more=f'ca_file = "{authority}/broker.crt"\n'))
    assert bad.found.startswith(f"{HOST}:{broker.port} does not speak TLS")


def test_json_of_the_state_is_what_the_contract_says(tmp_path: Path, broker: Mosquitto) -> None:
    """The message that tries the state's topic is one that a consumer may hear."""
    came: list[Message] = []
    config = BrokerConfig(host=HOST, port=broker.port)
    connection = Connection(config, "central", persistent=False, received=came.append)
    connection.subscribe("shelfpost/#")
    connection.serve(1.0)
    _broker(here_with(tmp_path, broker.port))
    while not any(each.topic.endswith("/readers/RD-1001") for each in came):
        connection.serve(1.0)
    connection.close()
    (state,) = [json.loads(each.payload) for each in came if each.topic.endswith("/state")]
    assert state["state"] == "init" and not any(each.retain for each in came)
