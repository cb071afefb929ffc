"""`station watch`: what is printed, and that it outlives an outage."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from station.cli import station
from station.cli.watch import Plain, as_json
from station.config import BrokerConfig
from station.drivers.wake import Wake
from station.mqtt import Message
from station.watching import Down, Heard, Up, about, event_in, listen
from tests.consumer import publish
from tests.mosquitto import HOST, PATIENCE, Mosquitto, free_port

ROOT = "shelfpost/oak"
LOAN: dict[str, Any] = {
    "id": "e1-1",
    "type": "shelfpost.loan.borrowed.v1",
    "subject": "BK-1",
    "time": "2026-11-24T09:00:00.000Z",
    "seq": 1,
    "data": {"item": "BK-1", "reader": "RD-1001", "due": "2026-12-08"},
}


def loan(**data: object) -> Message:
    event = {**LOAN, "data": {**LOAN["data"], **data}}
    return Message(f"{ROOT}/events/desk_1/loan.borrowed", json.dumps(event, ensure_ascii=False).encode())


def says(what: str, **said: object) -> Message:
    said = {"at": "2026-11-24T09:00:00.000Z", **said}
    return Message(f"{ROOT}/stations/desk_1/{what}", json.dumps(said).encode())


def health(**said: object) -> Message:
    usual = {"version": "1.0", "outbox": 0, "clock": {"trusted": True}, "scanners": {"evdev-1": True}}
    return says("health", **{**usual, **said})


def test_event_is_a_line_without_a_whole_card() -> None:
    assert Plain().line(loan()) == (
        "2026-11-24T09:00:00.000Z  desk_1  loan.borrowed  BK-1 reader=…1001 due=2026-12-08"
    )


def test_event_about_a_reader_does_not_show_the_card_or_the_contact() -> None:
    event = {
        "id": "e1-2",
        "type": "shelfpost.reader.applied.v1",
        "subject": "RD-1002",
        "data": {"reader": "RD-1002", "contact": "Ann Lee, 555-0100"},
    }
    assert about(event) == "…1002"


def test_data_can_stand_without_its_names() -> None:
    event = event_in(loan(provisional=True).payload)
    assert event is not None
    assert about(event, names=False) == "BK-1 …1001 2026-12-08 true"


def test_what_would_command_a_terminal_is_not_printed() -> None:
    line = Plain().line(loan(due="\x1b[2J\x9b2J"))
    assert line is not None and line.isprintable()


def test_state_and_health_are_said_when_they_change() -> None:
    plain = Plain()
    messages = [
        says("state", state="ready"),
        health(),
        health(uptime=60),
        says("state", state="ready"),
        health(outbox=3, clock={"trusted": False}),
        health(scanners={"evdev-1": False, "camera-2": True}),
        says("state", state="lost"),
    ]
    said = [line.split("  ", 2)[2] for line in map(plain.line, messages) if line]
    assert said == [
        "state  ready",
        "health  version=1.0 outbox=0",
        "health  version=1.0 outbox=3 clock=unsynchronised",
        "health  version=1.0 outbox=0 scanners_gone=evdev-1",
        "state  lost",
    ]


def test_json_prints_an_event_as_it_came() -> None:
    spread = Message(f"{ROOT}/events/desk_1/x", json.dumps(LOAN, indent=2).encode())
    line = as_json(spread)
    assert line is not None and "\n" not in line
    assert json.loads(line) == LOAN


def test_json_prints_other_things_with_their_topic() -> None:
    line = as_json(says("state", state="ready"))
    assert line is not None
    assert json.loads(line) == {
        "topic": f"{ROOT}/stations/desk_1/state",
        "payload": {"state": "ready", "at": "2026-11-24T09:00:00.000Z"},
    }


@pytest.mark.parametrize("payload", [b"", b"\xff", b"nonsense", b"[" * 100_000])
def test_what_is_no_json_is_passed_over(payload: bytes) -> None:
    for topic in (f"{ROOT}/events/desk_1/x", f"{ROOT}/stations/desk_1/state"):
        assert (Plain().line(Message(topic, payload)), as_json(Message(topic, payload))) == (None, None)


@pytest.mark.parametrize("payload", [b"1", b"[]", b'"x"', b"null", b'{"scanners": 1, "clock": []}'])
@pytest.mark.parametrize("what", ["state", "health"])
def test_json_of_another_shape_does_no_harm(what: str, payload: bytes) -> None:
    line = Plain().line(Message(f"{ROOT}/stations/desk_1/{what}", payload))
    assert line is None or line.isprintable()


class Ears:
    """`listen` in a thread, with all that it has heard."""

    def __init__(self, port: int) -> None:
        self.heard: list[Heard] = []
        self._closing = Wake()
        self._changed = threading.Condition()
        broker = BrokerConfig(host=HOST, port=port)
        self._listening = listen(broker, ["a/#"], self._closing, longest_wait=0.25)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait(self, condition: Callable[[list[Heard]], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self.heard), PATIENCE), self.heard

    def close(self) -> None:
        self._closing.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        for each in self._listening:
            with self._changed:
                self.heard.append(each)
                self._changed.notify_all()


def count(heard: list[Heard], kind: type[object]) -> int:
    return sum(isinstance(each, kind) for each in heard)


def test_listening_goes_on_after_an_outage(broker: Mosquitto) -> None:
    with closing(Ears(broker.port)) as ears:
        ears.wait(lambda heard: count(heard, Up) == 1)
        broker.kill()
        ears.wait(lambda heard: count(heard, Down) >= 2)
        broker.start()
        ears.wait(lambda heard: count(heard, Up) == 2)
        publish(
            broker.port, "a/b", "x", retain=True
        )  # retained: it may come before the subscription is known
        ears.wait(lambda heard: [each.payload for each in heard if isinstance(each, Message)] == [b"x"])


def test_listening_ends_while_the_broker_is_away() -> None:
    with closing(Ears(free_port())) as ears:
        ears.wait(lambda heard: count(heard, Down) >= 1)


def watching(port: int, *options: str) -> subprocess.Popen[str]:
    """As from a terminal: a shell that runs the tests in the background has them ignore Ctrl-C."""
    words = ["watch", "--host", HOST, "--port", str(port), "--library", "oak", *options]
    return subprocess.Popen(
        ["env", "--default-signal=INT", sys.executable, "-m", "station", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def started(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    assert process.stderr.readline().startswith("station: watching oak at ")


def test_watch_ends_after_so_many_events(broker: Mosquitto) -> None:
    state, event = says("state", state="ready"), loan()
    publish(broker.port, state.topic, state.payload, retain=True)
    publish(broker.port, event.topic, event.payload, retain=True)
    with watching(broker.port, "--json", "--count", "1") as process:
        out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert [json.loads(line)["data"] for line in out.splitlines() if "topic" not in line] == [LOAN["data"]]


def test_ctrl_c_ends_watch_without_a_word(broker: Mosquitto) -> None:
    with watching(broker.port) as process:
        started(process)
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, errors) == (130, "", "")


def test_broker_that_refuses_is_a_sentence(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, settings="allow_anonymous false") as locked:
        locked.start()
        with watching(locked.port) as process:
            _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "refuses the connection" in errors and "Traceback" not in errors


def test_watch_takes_broker_and_library_of_the_configuration(broker: Mosquitto, tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text(
        f'[station]\nid = "door"\nlibrary = "oak"\n[broker]\nhost = "{HOST}"\nport = {broker.port}\n'
    )
    event = loan()
    publish(broker.port, event.topic, event.payload, retain=True)
    result = CliRunner().invoke(station, ["--config", str(path), "watch", "--count", "1"])
    assert result.exit_code == 0, result.output
    assert "loan.borrowed  BK-1 reader=…1001" in result.stdout


@pytest.mark.parametrize(
    ("config", "missing"),
    [
        ('[station]\nid = "door"\nlibrary = "oak"\n', "no [broker]"),
        ('[station]\nid = "door"\n[broker]\nhost = "h"\n', "library is not set"),
    ],
)
def test_configuration_without_what_is_needed_is_said(tmp_path: Path, config: str, missing: str) -> None:
    path = tmp_path / "station.toml"
    path.write_text(config)
    result = CliRunner().invoke(station, ["--config", str(path), "watch"])
    assert result.exit_code == 1 and missing in str(result.exception)


def test_host_without_a_library_is_said() -> None:
    result = CliRunner().invoke(station, ["watch", "--host", HOST])
    assert (result.exit_code, "--host needs --library" in result.output) == (2, True)
