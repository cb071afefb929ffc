"""The inviting station's answers: what is given, to whom, once, and until when."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from station.config import BrokerConfig, Config, PatternsConfig, StationConfig
from station.joincode import JoinCode, read
from station.joining import messages, seals
from station.joining.alike import alike
from station.joining.host import Host
from station.joining.invitations import For, invite
from station.joining.messages import Answer, Ask, Given
from station.mqtt import Message
from station.store import Store
from station.topics import Topics
from tests.stores import LIBRARY, STATION, SetClock, stock

TOPICS = Topics("shelfpost", LIBRARY, STATION)


class Station:
    """An inviting station without its link."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.clock = SetClock()
        (folder / "password").write_text("secret")
        broker = BrokerConfig(
            host="broker.local", username="stations", password_file=folder / "password", join_username="join"
        )
        patterns = PatternsConfig(reader=re.compile("L-.+"), command_prefix="OAK-")
        self.config = Config(station=StationConfig(id=STATION), broker=broker, patterns=patterns)
        stock(store)
        with store.transaction():
            store.journal.keep_secret(LIBRARY)
        self.restart()

    def restart(self) -> None:
        assert self.config.broker
        self.host = Host(self.store, self.config.broker, TOPICS, self.clock, alike(self.config))

    def invite(self, minutes: int = 60, **guest: str) -> JoinCode:
        made = invite(self.store, self.config, self.clock.now(), minutes, guest=For(**guest))
        return read(made.text)

    def heard(self, topic: str, payload: bytes, *, retain: bool = False) -> list[Message]:
        self.host.received(Message(topic, payload, retain=retain))
        return self.host.replies()

    def is_at_work(self, name: str, state: str) -> None:
        self.heard(f"shelfpost/{LIBRARY}/stations/{name}/state", json.dumps({"state": state}).encode())


class Newcomer:
    def __init__(self, code: JoinCode, station: str = "shelf", *, fixed: bool = False) -> None:
        self.code = code
        self.private = seals.new_key()
        self.root = seals.root_of(code.secret, code.invitation)
        key = seals.public(self.private).hex()
        self.body = messages.text(Ask(key=key, station=station, fixed=fixed))

    @property
    def request(self) -> bytes:
        return messages.packed(self.body, self.root, "ask")

    def asks(self, station: Station) -> Answer | None:
        """None where the answer was not made with this code's secret."""
        (message,) = station.heard(TOPICS.join(self.code.invitation), self.request)
        assert (message.topic, message.retain) == (TOPICS.join_answer(self.code.invitation), False)
        return self.told(message.payload)

    def told(self, payload: bytes) -> Answer | None:
        return messages.unpacked(payload, self.root, "answer", Answer)[1]

    def opens(self, answer: Answer | None) -> Given:
        assert answer and answer.sealed and answer.key, answer
        sealed, key = bytes.fromhex(answer.sealed), bytes.fromhex(answer.key)
        data = seals.unseal(sealed, self.root, self.private, key, self.body.encode())
        return msgspec.json.decode(data, type=Given)

    def refusal(self, station: Station) -> str | None:
        answer = self.asks(station)
        assert answer is not None
        return answer.refused


@pytest.fixture
def station(on_disk: Store, tmp_path: Path) -> Station:
    return Station(on_disk, tmp_path)


def test_a_newcomer_is_given_all_that_a_station_has(station: Station) -> None:
    newcomer = Newcomer(station.invite())
    assert newcomer.opens(newcomer.asks(station)) == Given(
        secret=station.store.journal.secret().hex(),
        station="shelf",
        username="stations",
        password="secret",
        patterns={"reader": "L-.+", "command_prefix": "OAK-"},
    )


def test_nobody_but_the_newcomer_can_open_the_answer(station: Station) -> None:
    """Not even who has the code, and heard it all: the paper may be found afterwards."""
    code = station.invite()
    newcomer, finder = Newcomer(code), Newcomer(code)
    answer = newcomer.asks(station)
    finder.body = newcomer.body
    with pytest.raises(seals.BrokenSeal):
        finder.opens(answer)


def test_the_same_request_hears_the_same_answer_after_a_power_cut_on_either_side(station: Station) -> None:
    newcomer = Newcomer(station.invite())
    first = newcomer.asks(station)
    station.restart()
    station.clock.step(7 * 24 * 3600)
    assert newcomer.asks(station) == first


def test_a_code_is_spent_by_the_first_request(station: Station) -> None:
    code = station.invite()
    Newcomer(code).asks(station)
    assert Newcomer(code).refusal(station) == "spent"
    station.restart()
    assert Newcomer(code).refusal(station) == "spent"


def test_the_spent_mark_is_on_disk_before_the_answer_goes_out(station: Station) -> None:
    code = station.invite()
    station.host.received(Message(TOPICS.join(code.invitation), Newcomer(code).request))
    kept = station.store.invites.get(code.invitation)
    assert kept and kept.spent and kept.given == "shelf"
    assert len(station.host.replies()) == 1


@pytest.mark.parametrize(("late", "refused"), [(0, None), (1, "ended")])
def test_a_code_is_good_to_the_second(station: Station, late: int, refused: str | None) -> None:
    code = station.invite(minutes=5)
    station.clock.step(300 + late)
    assert Newcomer(code).refusal(station) == refused


def test_a_clock_that_comes_up_in_the_past_makes_no_code_good_again(station: Station) -> None:
    code = station.invite(minutes=5)
    station.clock.step(600)
    stock(station.store, readers=["RD-1"], now=station.clock.now())
    station.clock = SetClock(datetime(2020, 1, 1, tzinfo=UTC), trusted=False)
    station.restart()
    assert Newcomer(code).refusal(station) == "ended"


def test_a_request_with_another_secret_spends_nothing(station: Station) -> None:
    code = station.invite()
    stranger = Newcomer(structs.replace(code, secret=b"x" * 16))
    assert stranger.asks(station) is None
    assert Newcomer(code).refusal(station) is None


def test_a_key_that_is_none_spends_nothing(station: Station) -> None:
    """All zeroes: whoever answers it shares its secret with everybody."""
    code = station.invite()
    newcomer = Newcomer(code)
    newcomer.body = messages.text(Ask(key="0" * 64, station="shelf"))
    assert newcomer.refusal(station) == "wrong"
    assert Newcomer(code).refusal(station) is None


def test_an_invitation_of_another_station_is_left_to_it(station: Station) -> None:
    newcomer = Newcomer(station.invite())
    assert station.heard(TOPICS.join("0123456789ab"), newcomer.request) == []


def test_a_retained_request_is_left_alone(station: Station) -> None:
    code = station.invite()
    assert station.heard(TOPICS.join(code.invitation), Newcomer(code).request, retain=True) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(payload=st.binary(max_size=200) | st.builds(lambda n: b"[" * n, st.integers(1, 5000)))
def test_any_bytes_are_no_request(station: Station, payload: bytes) -> None:
    code = station.invite()
    assert station.heard(TOPICS.join(code.invitation), payload) == []
    kept = station.store.invites.get(code.invitation)
    assert kept and kept.spent is None


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_half_a_request_is_none(station: Station, cut: int) -> None:
    code = station.invite()
    assert station.heard(TOPICS.join(code.invitation), Newcomer(code).request[:-cut]) == []


def test_a_name_that_somebody_has_or_had_gets_a_number(station: Station) -> None:
    station.is_at_work("shelf", "lost")
    names = [(newcomer := Newcomer(station.invite())).opens(newcomer.asks(station)).station for _ in range(3)]
    assert names == ["shelf_2", "shelf_3", "shelf_4"]


def test_a_name_that_is_promised_to_somebody_is_taken(station: Station) -> None:
    station.invite(station="shelf")
    newcomer = Newcomer(station.invite())
    assert newcomer.opens(newcomer.asks(station)).station == "shelf_2"


@pytest.mark.parametrize(
    ("state", "refused"), [("ready", "taken"), ("init", "taken"), ("lost", None), ("disconnected", None)]
)
def test_a_configured_name_is_given_unless_its_station_is_at_work(
    station: Station, state: str, refused: str | None
) -> None:
    station.is_at_work("desk_2", state)
    assert Newcomer(station.invite(), "desk_2", fixed=True).refusal(station) == refused


def test_this_stations_own_name_is_never_given(station: Station) -> None:
    assert Newcomer(station.invite(), STATION, fixed=True).refusal(station) == "taken"
    newcomer = Newcomer(station.invite(), STATION)
    assert newcomer.opens(newcomer.asks(station)).station == f"{STATION}_2"


def test_an_invited_name_and_login_are_given_and_then_forgotten(station: Station) -> None:
    code = station.invite(station="desk_2", username="desk_2", password="own")
    newcomer = Newcomer(code, "whatever")
    given = newcomer.opens(newcomer.asks(station))
    assert (given.station, given.username, given.password) == ("desk_2", "desk_2", "own")
    kept = station.store.invites.get(code.invitation)
    assert kept and (kept.username, kept.password) == (None, None)


def test_a_code_for_one_name_is_refused_to_a_station_of_another(station: Station) -> None:
    newcomer = Newcomer(station.invite(station="desk_2"), "desk_3", fixed=True)
    assert newcomer.refusal(station) == "named"


def test_a_small_authority_goes_along_and_a_systems_goes_by_name(station: Station, tmp_path: Path) -> None:
    given = []
    for size in (2_000, 200_000):
        (tmp_path / "ca.crt").write_text("c" * size)
        station.config = Config(
            station=station.config.station, broker=BrokerConfig(host="b", ca_file=tmp_path / "ca.crt")
        )
        station.restart()
        newcomer = Newcomer(plain_code(station))
        found = newcomer.opens(newcomer.asks(station))
        given.append((found.ca and len(found.ca), found.ca_file))
    assert given == [(2_000, None), (None, str(tmp_path / "ca.crt"))]


def plain_code(station: Station) -> JoinCode:
    """As if the broker had no certificate to be asked for."""
    config, station.config = (
        station.config,
        Config(station=station.config.station, broker=BrokerConfig(host="b")),
    )
    code = station.invite()
    station.config = config
    return code


def test_a_password_that_cannot_be_read_spends_nothing_and_is_logged(
    station: Station, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    code = station.invite()
    newcomer = Newcomer(code)
    (tmp_path / "password").rename(tmp_path / "elsewhere")
    assert station.heard(TOPICS.join(code.invitation), newcomer.request) == []
    assert "there is no such file" in caplog.text
    (tmp_path / "elsewhere").rename(tmp_path / "password")
    assert newcomer.refusal(station) is None


def test_invitations_are_forgotten_a_month_after_their_end(station: Station) -> None:
    code = station.invite(minutes=1)
    station.clock.step(timedelta(days=29).total_seconds())
    station.invite()
    assert Newcomer(code).refusal(station) == "ended"
    station.clock.step(timedelta(days=2).total_seconds())
    station.invite()
    assert station.store.invites.get(code.invitation) is None


def test_a_station_listens_for_newcomers_only_when_somebody_is_invited(station: Station) -> None:
    assert station.host.filters() == []
    station.invite()
    assert station.host.filters() == ["shelfpost/oak/stations/+/state", "shelfpost/oak/joins/+"]


def test_states_that_say_nothing_are_taken_names_all_the_same(station: Station) -> None:
    for number, payload in enumerate([b"", b"\xff", b"[]", b"[" * 5000], 2):
        station.heard(f"shelfpost/{LIBRARY}/stations/shelf_{number}/state", payload)
    station.is_at_work("shelf", "ready")
    newcomer = Newcomer(station.invite())
    assert newcomer.opens(newcomer.asks(station)).station == "shelf_6"
