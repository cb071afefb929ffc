"""The fresh station's own part: when it begins, what it keeps, what it learns."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Queue

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from station.config import Config, StationConfig, load
from station.drivers.wake import Wake
from station.joincode import write
from station.joining import JoinError, messages, names, pending, seals
from station.joining.guest import Exchange
from station.joining.messages import Given
from station.joining.newcomer import FAULT, Joined, Newcomer, NotJoined
from station.joining.settle import settle, toml
from station.model import Library
from station.store import Store
from tests.joining.test_joincode import CODE, TEXT
from tests.mosquitto import PATIENCE, free_port
from tests.stores import SetClock, save, stock

PAST = SetClock(datetime(2020, 1, 1, tzinfo=UTC), trusted=False).now()
LATE = datetime(2030, 1, 1, tzinfo=UTC)
GIVEN = Given(
    secret="ab" * 32,
    station="shelf",
    username="stations",
    password='p"\\\n红',
    ca="certificate",
    patterns={"reader": r"L-\d+"},
    session={"reader_seconds": 45.0},
)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(station=StationConfig(id="desk_9", data_dir=tmp_path / "data"))


def test_a_clock_that_is_not_synchronised_ends_no_code(config: Config) -> None:
    """A Pi has no battery clock: it may be weeks behind, or ahead."""
    assert pending.begin(TEXT, config, PAST).code == CODE
    assert pending.begin(TEXT, config, SetClock(LATE, trusted=False).now()).code == CODE


def test_a_synchronised_clock_does(config: Config) -> None:
    with pytest.raises(JoinError, match="the join code has ended"):
        pending.begin(TEXT, config, SetClock(LATE).now())
    assert pending.read(config.station.data_dir) is None


def test_the_same_code_asks_the_same_again_and_another_anew(config: Config) -> None:
    first = pending.begin(TEXT, config, PAST)
    assert pending.begin(TEXT, config, PAST) == first
    assert pending.read(config.station.data_dir) == first
    other = write(CODE).replace("0123456789ab", "0123456789ac")
    assert pending.begin(other, config, PAST).private != first.private


def test_a_join_that_failed_forgets_no_other(config: Config) -> None:
    first = pending.begin(TEXT, config, PAST)
    other = pending.begin(TEXT.replace("0123456789ab", "0123456789ac"), config, PAST)
    pending.forget(config.station.data_dir, first)
    assert pending.read(config.station.data_dir) == other
    pending.forget(config.station.data_dir, other)
    assert pending.read(config.station.data_dir) is None


def test_what_is_kept_of_a_join_is_for_the_station_alone(config: Config) -> None:
    pending.begin(TEXT, config, PAST)
    assert (config.station.data_dir / "joining.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damaged", [b"", b"{", b"\xff", b"[]", b'{"text": "x", "private": "", "body": ""}'])
def test_a_damaged_file_is_no_join(config: Config, damaged: bytes) -> None:
    pending.begin(TEXT, config, PAST)
    (config.station.data_dir / "joining.json").write_bytes(damaged)
    assert pending.read(config.station.data_dir) is None
    assert pending.begin(TEXT, config, PAST).code == CODE


def test_a_station_is_what_it_was_given(tmp_path: Path, config: Config) -> None:
    (tmp_path / "station.toml").write_text('[station]\ndata_dir = "data"\n')
    for _ in range(2):  # as after a power cut
        settle(config, CODE, GIVEN)
    found = load(tmp_path / "station.toml")
    assert (found.station.id, found.station.library) == ("shelf", "oak")
    assert (found.patterns.reader.pattern, found.session.reader_seconds) == (r"L-\d+", 45.0)
    assert found.broker and found.broker.password_file and found.broker.ca_file
    assert found.broker.password_file.read_bytes() == GIVEN.password.encode()  # type: ignore[union-attr]
    assert found.broker.ca_file.read_text() == "certificate"
    with closing(Store.open(tmp_path / "data" / "station.db", "shelf")) as store:
        assert store.journal.secret() == bytes.fromhex(GIVEN.secret)
        assert store.journal.secret_is_of("oak") and store.journal.joined()


def test_a_station_of_another_library_keeps_its_secret(tmp_path: Path, config: Config) -> None:
    with closing(Store.open(tmp_path / "data" / "station.db", "desk_9")) as store:
        save(store, Library(id="elm"))
        before = store.journal.secret()
        with pytest.raises(JoinError, match="belongs to the library elm already"):
            settle(config, CODE, GIVEN)
        assert store.journal.secret() == before


def test_a_stocked_station_takes_the_secret_alone(tmp_path: Path, config: Config) -> None:
    with closing(Store.open(tmp_path / "data" / "station.db", "desk_9")) as store:
        stock(store, readers=["RD-1"])
        assert not store.journal.joined()
        settle(config, CODE, GIVEN)
        assert store.journal.secret().hex() == GIVEN.secret
        assert store.shelf.reader("RD-1")


plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(
    sections=st.dictionaries(
        st.from_regex("[a-z_]{1,9}", fullmatch=True),
        st.dictionaries(
            st.from_regex("[a-z_]{1,9}", fullmatch=True),
            plain | st.integers(-(10**6), 10**6) | st.floats(1e-6, 1e5),
        ),
    )
)
def test_what_is_learned_is_read_as_it_was_written(sections: dict[str, dict[str, object]]) -> None:
    assert tomllib.loads(toml(sections)) == {name: said for name, said in sections.items() if said}


@pytest.mark.parametrize(
    ("hostname", "wish"),
    [
        ("Lese-Saal.local", "lese_saal"),
        ("raspberrypi", "station"),
        ("", "station"),
        ("图书馆", "station"),
        ("é-1", "e_1"),
        ("central", "station"),
        ("Central-2", "station"),
        ("centralia", "centralia"),
        ("x" * 99, "x" * 64),
    ],
)
def test_a_station_would_like_its_machines_name(hostname: str, wish: str) -> None:
    assert names.wish(hostname) == wish


@given(taken=st.sets(st.sampled_from(["a", *(f"a_{number}" for number in range(2, 9))])))
def test_a_free_name_is_nobodys(taken: set[str]) -> None:
    assert names.free("a", taken) not in taken


def test_a_long_name_has_room_for_its_number() -> None:
    name = "x" * 64
    assert len(names.free(name, {name})) <= 64


def test_an_answer_to_another_stations_request_is_not_ours(config: Config) -> None:
    """Both hear the same topic; who came second is told that the code is spent."""
    begun = pending.begin(TEXT, config, PAST)
    said: list[str] = []
    exchange = Exchange(config, begun, SetClock(), said.append)
    root = seals.root_of(CODE.secret, CODE.invitation)
    theirs = messages.text(messages.Answer(to="ab" * 32, refused="spent"))
    assert exchange.opened(messages.packed(theirs, root, "answer")) is None
    assert said == []
    ours = messages.text(
        messages.Answer(to=seals.public(bytes.fromhex(begun.private)).hex(), refused="spent")
    )
    with pytest.raises(JoinError, match="has been used already"):
        exchange.opened(messages.packed(ours, root, "answer"))


@given(payload=st.binary(max_size=100))
def test_any_bytes_are_no_answer(payload: bytes) -> None:
    begun = pending.Pending(text=TEXT, private="11" * 32, body="{}")
    said: list[str] = []
    exchange = Exchange(Config(station=StationConfig(id="a")), begun, SetClock(), said.append)
    assert exchange.opened(payload) is None
    assert len(said) == 1 and "doesn't fit the join code" in said[0]


def unanswered(wall: datetime, *, trusted: bool) -> str | None:
    """What comes of a join whose broker can't be reached, at this time; None: it would go on."""
    text = write(structs.replace(CODE, host="127.0.0.1", port=free_port()))
    begun = pending.Pending(text=text, private="11" * 32, body="{}")
    closing = Wake()
    exchange = Exchange(
        Config(station=StationConfig(id="a")), begun, SetClock(wall, trusted=trusted), lambda _: closing.set()
    )
    try:
        assert exchange.answered(closing) is None
    except JoinError as error:
        return str(error)
    return None


def test_a_join_is_given_up_after_its_end_by_a_clock_that_can_be_believed() -> None:
    end = datetime.fromtimestamp(CODE.ends, UTC)
    assert unanswered(end + timedelta(minutes=59), trusted=True) is None
    assert "the join code has ended" in (unanswered(end + timedelta(minutes=61), trusted=True) or "")
    assert unanswered(end + timedelta(days=99), trusted=False) is None


def test_a_fault_in_the_middle_of_a_join_is_said_and_the_code_can_be_scanned_again(
    tmp_path: Path, config: Config, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("Nobody thought of this.")

    monkeypatch.setattr(Exchange, "answered", fails)
    file = tmp_path / "station.toml"
    file.write_text(f'[station]\nid = "desk_9"\ndata_dir = "{config.station.data_dir}"\n')
    begun, news = pending.begin(TEXT, config, PAST), Queue[Joined | NotJoined]()
    newcomer = Newcomer(file, begun, SetClock(), news.put)
    newcomer.start()
    assert news.get(timeout=PATIENCE) == NotJoined(FAULT)
    newcomer.close()
    assert not newcomer.is_at_work
    assert "Nobody thought of this." in caplog.text
    assert pending.begin(TEXT, config, PAST) == begun


def test_a_station_that_nobody_joins_carries_no_ciphers() -> None:
    """They take 9 MB of a Pi's memory: they are imported when somebody joins."""
    said = "import sys, station.service, station.link; print('cryptography' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
