"""The configuration file: what it may hold, and what is said about mistakes in it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from station.config import (
    BrokerConfig,
    Config,
    ConfigError,
    EvdevConfig,
    GpioPanelConfig,
    LinesConfig,
    LogPanelConfig,
    StationConfig,
    identity,
    load,
    password,
    shipped,
)
from station.config.values import Stream

TEXT = "must be text of 1 to 200 characters, not"
SECONDS = "must be a number above 0, at most 86400, not"
STATION = '[station]\nid = "desk_1"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "station.toml"


def loaded(file: Path, text: str) -> Config:
    file.write_text(STATION + text, encoding="utf-8")
    return load(file)


def problems(file: Path, text: str, station: str = STATION) -> list[str]:
    """What is said about a file, without the file's name and the keys' meanings."""
    file.write_text(station + text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert all(each.startswith(f"{file}: ") for each in caught.value.problems)
    return [re.sub(r" \(.*\)$", "", each.removeprefix(f"{file}: ")) for each in caught.value.problems]


def test_a_name_is_all_that_a_station_needs(file: Path) -> None:
    assert loaded(file, "") == Config(station=StationConfig(id="desk_1"))


def test_a_station_with_everything(file: Path) -> None:
    config = loaded(
        file,
        """
        library = "oak_school"
        [broker]
        host = "broker.local"
        username = "desk"
        password_file = "/etc/shelfpost/password"
        [[scanner]]
        driver = "evdev"
        match = "05e0:1200"
        layout = "de"
        [[scanner]]
        driver = "lines"
        name = "door"
        path = "-"
        [panel]
        driver = "gpio"
        green = 17
        amber = 27
        red = 22
        buzzer = 18
        brightness = 1
        """,
    )
    assert config == Config(
        station=StationConfig(id="desk_1", library="oak_school"),
        broker=BrokerConfig(
            host="broker.local", username="desk", password_file=Path("/etc/shelfpost/password")
        ),
        scanner=(
            EvdevConfig(name="evdev-1", match="05e0:1200", layout="de"),
            LinesConfig(name="door", path=Stream("-")),
        ),
        panel=GpioPanelConfig(green=17, amber=27, red=22, buzzer=18),
    )


@pytest.mark.parametrize(
    ("keys", "port"),
    [("", 1883), ('ca_file = "ca.crt"', 8883), ('ca_file = "ca.crt"\nport = 1884', 1884)],
)
def test_certificates_to_trust_move_the_default_port(file: Path, keys: str, port: int) -> None:
    broker = loaded(file, f'[broker]\nhost = "broker.local"\n{keys}').broker
    assert broker and broker.port == port


def test_a_relative_path_counts_from_the_file_wherever_the_station_starts(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(STATION + 'data_dir = "data"\n[panel]\ndriver = "log"\npath = "shown.jsonl"')
    monkeypatch.chdir(file.parent)
    config = load(Path(file.name))
    assert config.station.data_dir == file.parent / "data"
    assert config.panel == LogPanelConfig(path=Stream(file.parent / "shown.jsonl"))


def test_a_pattern_comes_compiled(file: Path) -> None:
    assert loaded(file, "[patterns]\nreader = '\\d{6}'").patterns.reader.fullmatch("123456")


def test_all_mistakes_are_reported_at_once(file: Path) -> None:
    text = """
        librari = "oak"
        [broker]
        port = 0
        protocol = 3
        cert_file = "station.crt"
        [[scanner]]
        driver = "webcam"
        silence_ms = "long"
        [[scanner]]
        driver = "lines"
        match = "05e0:1200"
        name = "door"
        path = "-"
        [[scanner]]
        driver = "evdev"
        name = "door"
        match = "/dev/input/event3"
        layout = "gbr"
        [panel]
        driver = "gpio"
        green = 17
        red = 17
        amber = 28
        [patterns]
        item = "BK-("
        [session]
        repeat_seconds = 0
        staff_seconds = nan
        [lookup]
        providers = ["catalogue", "openlibary", "catalogue"]
        timeout = 301
        """
    assert problems(file, text) == [
        "station.librari: is unknown; did you mean library?",
        "broker.port: must be a whole number from 1 to 65535, not 0",
        'broker.protocol: must be "3.1.1" or "5", not 3',
        "broker.host: is missing",
        "broker.cert_file: is of no use without key_file",
        "broker.cert_file: is of no use without ca_file",
        'scanner #1.driver: must be "evdev", "serial", "lines" or "camera", not "webcam"',
        'scanner #1.silence_ms: must be a whole number from 10 to 5000, not "long"',
        'scanner #2.match: belongs to driver "evdev" or "serial", not to "lines"',
        'scanner #3.match: must be text as described here, not "/dev/input/event3"',
        'scanner #3.layout: must be "de", "fr", "gb" or "us", not "gbr"; did you mean "gb"?',
        "scanner #3.name: is the same as that of scanner #2",
        "panel.amber: must be a whole number from 0 to 27, not 28",
        "panel.buzzer: is missing",
        "panel.red: is pin 17, which green has",
        "patterns.item: must be a regular expression, and this one has a mistake: "
        "missing ), unterminated subpattern at position 3",
        "session.repeat_seconds: must be a number above 0, at most 86400, not 0",
        "session.staff_seconds: must be a number above 0, at most 86400, not nan",
        'lookup.providers: each must be "broker", "catalogue" or "openlibrary", not "openlibary"; '
        'did you mean "openlibrary"?',
        "lookup.timeout: must be a number above 0, at most 300, not 301",
        'lookup.providers: names "catalogue" twice',
    ]


def test_a_problem_names_file_key_mistake_and_meaning(file: Path) -> None:
    file.write_text(STATION + "[session]\nreader_secs = 30")
    with pytest.raises(ConfigError) as caught:
        load(file)
    said = f"{file}: session.reader_secs: is unknown; did you mean reader_seconds? "
    assert str(caught.value) == said + "(silence that ends a reader's session)"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("data_dir = 3", "station.data_dir: must be a path, as text that is not empty"),
        ('data_dir = ""', "station.data_dir: must be a path, as text that is not empty"),
        ("location = 2026-11-24", f"station.location: {TEXT} a date or time"),
        (f'location = "{"x" * 201}"', f'station.location: {TEXT} "{"x" * 39}…'),
        ('library = "Oak School"', 'station.library: must be text as described here, not "Oak School"'),
        ('library = "oak\\n"', 'station.library: must be text as described here, not "oak\\n"'),
        ("[patterns]\nitem = 7", "patterns.item: must be a regular expression, as text"),
        ('[patterns]\ncommand_prefix = ""', f'patterns.command_prefix: {TEXT} ""'),
        ("[session]\nreader_seconds = true", f"session.reader_seconds: {SECONDS} true"),
        ("[session]\nreader_seconds = inf", f"session.reader_seconds: {SECONDS} inf"),
        ("[panel]\nbrightness = 1", 'panel.brightness: belongs to driver "gpio", not to "terminal"'),
        ('[panel]\npath = "-"', 'panel.path: belongs to driver "log", not to "terminal"'),
        ("[panel]\ndriver = 3", 'panel.driver: must be "gpio", "terminal" or "log", not 3'),
        (
            '[panel]\ndriver = "LOG"',
            'panel.driver: must be "gpio", "terminal" or "log", not "LOG"; did you mean "log"?',
        ),
        ("[scanner]", "scanner: must be written as [[scanner]], once for each"),
        ("[[scanner]]", 'scanner #1.driver: is missing; it must be "evdev", "serial", "lines" or "camera"'),
        (
            "[[scanner]]\ndriver = 'tape'",
            'scanner #1.driver: must be "evdev", "serial", "lines" or "camera", not "tape"',
        ),
        ("[[scanner]]\ndriver = 'serial'", "scanner #1.match: is missing"),
        ("[[scanner]]\ndriver = 'evdev'", "scanner #1.match: is missing"),
        ("[[session]]", "session: must be written as [session]"),
        ('[broker]\nhost = "mqtt://b"', 'broker.host: must be text as described here, not "mqtt://b"'),
        ('[broker]\nhost = "b:1883"', 'broker.host: must be text as described here, not "b:1883"'),
        ('[broker]\nhost = "b"\nroot = "#"', 'broker.root: must be text as described here, not "#"'),
        ('[broker]\nhost = "b"\nkey_file = "k"', "broker.key_file: is of no use without cert_file"),
        ('[broker]\nhost = "b"\npassword_file = "p"', "broker.password_file: is of no use without username"),
    ],
)
def test_one_mistake_is_one_problem(file: Path, text: str, said: str) -> None:
    assert problems(file, text) == [said]


def test_a_list_of_anything_but_tables_is_no_scanner(file: Path) -> None:
    said = "scanner: must be written as [[scanner]], once for each"
    assert problems(file, STATION, station='scanner = ["evdev"]\n') == [said]


def test_two_scanners_cannot_read_one_source(file: Path) -> None:
    lines = '[[scanner]]\ndriver = "lines"\npath = "-"\n'
    assert problems(file, lines + lines) == ["scanner #2.path: is the same as that of scanner #1"]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file with this machine's id."""
    made = tmp_path / "machine-id"
    made.write_text("0123456789abcdef0123456789abcdef\n")
    monkeypatch.setattr(identity, "MACHINE", made)
    return made


def test_a_station_that_nobody_has_named_has_its_machines_name(file: Path, machine: Path) -> None:
    file.write_text("")
    first = load(file).station.id
    assert re.fullmatch("station_[0-9a-f]{8}", first) and first == load(file).station.id
    machine.write_text("another")
    assert load(file).station.id != first


def test_a_machine_without_an_id_is_known_by_its_hosts_name(
    file: Path, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("")
    with_an_id = load(file).station.id
    machine.unlink()
    named = []
    for host in ("shelf", "shelf", "attic"):
        monkeypatch.setattr("socket.gethostname", lambda host=host: host)
        named.append(load(file).station.id)
    assert (named[0] == named[1], len({with_an_id, *named})) == (True, 3)


IDENTITY = """
[station]
id = "desk_2"
library = "oak"
[broker]
host = "broker.local"
username = "desk_2"
password_file = "password-1"
[patterns]
reader = "L-.+"
command_prefix = "OAK-"
"""


def with_identity(file: Path, own: str, learned: str = IDENTITY) -> Config:
    (file.parent / "data").mkdir(exist_ok=True)
    (file.parent / "data" / "identity.toml").write_text(learned)
    file.write_text(own)
    return load(file)


def test_what_a_station_learned_fills_in_what_its_file_leaves_open(file: Path) -> None:
    found = with_identity(file, '[station]\ndata_dir = "data"\n[patterns]\nreader = "R.+"')
    assert (found.station.id, found.station.library) == ("desk_2", "oak")
    assert (found.patterns.reader.pattern, found.patterns.command_prefix) == ("R.+", "OAK-")
    assert found.broker == BrokerConfig(
        host="broker.local", username="desk_2", password_file=file.parent / "data" / "password-1"
    )


def test_a_station_with_a_broker_of_its_own_takes_nothing_of_the_one_it_learned(file: Path) -> None:
    found = with_identity(file, STATION + 'data_dir = "data"\n[broker]\nhost = "other.local"')
    assert (found.station.id, found.broker) == ("desk_1", BrokerConfig(host="other.local"))


@pytest.mark.parametrize("learned", ["[station", "\0", "station = 3", "[[station]]"])
def test_a_damaged_identity_is_named_or_says_nothing(file: Path, learned: str) -> None:
    try:
        found = with_identity(file, STATION + 'data_dir = "data"', learned)
    except ConfigError as error:
        assert "identity.toml: can't be read" in str(error) and "join again" in str(error)
    else:
        assert found.station.id == "desk_1"


def test_an_address_of_version_6_is_a_host(file: Path) -> None:
    broker = loaded(file, '[broker]\nhost = "fe80::1"').broker
    assert broker and broker.host == "fe80::1"


@pytest.mark.parametrize(
    "keys",
    [
        'password = "hunter2"',
        'username = "desk"\npassword_file = ["hunter2"]',
        'username = "desk"\npassword_file = {text = "hunter2"}',
        'password_file = "hunter2"',
    ],
)
def test_a_password_in_the_wrong_place_is_never_shown(file: Path, keys: str) -> None:
    assert "hunter2" not in " ".join(problems(file, f'[broker]\nhost = "b"\n{keys}'))


def test_a_slip_in_the_toml_names_its_line_and_column(file: Path) -> None:
    (said,) = problems(file, "[session]\nreader_seconds 30")
    assert said.startswith("is not valid TOML: ")
    file.write_text(STATION + "[session]\nreader_seconds 30")
    with pytest.raises(ConfigError, match=r"at line 4, column 16"):
        load(file)


def test_a_missing_file_names_the_example_to_copy(file: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(file)
    said = f"{file}: there is no such file; copy {shipped('station.toml')} to there, "
    assert caught.value.problems == [said + "and name the scanners"]


def test_what_is_no_readable_text_is_said_in_a_sentence(file: Path) -> None:
    file.write_bytes(STATION.encode("utf-16"))
    with pytest.raises(ConfigError, match=r"station.toml: is not UTF-8 text; save it as UTF-8$"):
        load(file)
    with pytest.raises(ConfigError, match=r": cannot be read: Is a directory$"):
        load(file.parent)


def test_a_byte_order_mark_does_no_harm(file: Path) -> None:
    file.write_bytes(STATION.encode("utf-8-sig"))
    assert load(file).station.id == "desk_1"


@pytest.mark.parametrize(
    ("content", "secret"),
    [(b"abc\n", "abc"), (b"abc\r\n", "abc"), (b" two words ", " two words "), ("书".encode(), "书")],
)
def test_the_password_is_the_file_without_its_line_end(tmp_path: Path, content: bytes, secret: str) -> None:
    (tmp_path / "password").write_bytes(content)
    assert password(BrokerConfig(host="b", password_file=tmp_path / "password")) == secret


def test_a_broker_without_a_password_file_has_no_password() -> None:
    assert password(BrokerConfig(host="b")) is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no such file; write the broker's password into it, or correct broker.password_file"),
        (b"\n", "is empty; write the broker's password into it"),
        (b"hunter2\xff", "is not UTF-8 text; save it as UTF-8"),
    ],
)
def test_a_password_file_without_a_password_is_an_error(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    secret = tmp_path / "password"
    if content is not None:
        secret.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        password(BrokerConfig(host="b", password_file=secret))
    assert caught.value.problems == [f"{secret}: {said}"]


def test_the_configuration_is_read_without_a_heavy_library() -> None:
    code = "import station.config, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"click", "paho", "evdev", "gpiozero", "tinydb"} & set(done.stdout.split()) == set()
