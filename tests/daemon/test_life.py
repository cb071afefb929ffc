"""`station run` as systemd runs it: how it comes up, how it ends, and who else may be there."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest

from station.config import EX_CONFIG
from tests.consumer import Consumer
from tests.daemon.process import Process, configuration, kept, types
from tests.link.rig import OF_THE_STATION, states
from tests.mosquitto import PATIENCE, Mosquitto


@pytest.mark.parametrize(("number", "reason"), [(signal.SIGTERM, "sigterm"), (signal.SIGINT, "sigint")])
def test_station_that_is_told_to_stop_says_goodbye_to_everybody(
    station: Process, broker: Mosquitto, number: signal.Signals, reason: str
) -> None:
    with Consumer(broker.port, *OF_THE_STATION) as central:
        station.start()
        central.wait(lambda: states(central) == ["ready"])
        assert [station.answer("RD-1001"), station.answer("BK-1")] == ["welcome", "borrowed"]
        assert (station.stop(number), station.wait_for("stopping")[-1]) == (0, "stopping")
        central.wait(lambda: states(central) == ["ready", "disconnected"])
    assert central.events() == kept(station)
    assert types(central.events()) == ["station.started", "loan.borrowed", "station.stopped"]
    assert central.events()[-1]["data"]["reason"] == reason


def test_station_that_is_killed_is_lost_and_comes_back(station: Process, broker: Mosquitto) -> None:
    with Consumer(broker.port, *OF_THE_STATION) as central:
        station.start()
        central.wait(lambda: states(central) == ["ready"])
        station.kill()
        central.wait(lambda: states(central) == ["ready", "lost"])
        station.start()
        central.wait(lambda: states(central) == ["ready", "lost", "ready"])
        central.wait_for_sequence(2)
    assert [each["data"]["reason"] for each in central.events()] == ["first_start", "after_cut"]


def test_second_daemon_on_the_same_store_is_refused_and_the_first_runs_on(alone: Process) -> None:
    alone.start()
    alone.wait_for("ready")
    second = alone.command("run")
    said = (
        f"station: another station is running on {alone.folder}/data. Stop it first, or give this one its own"
    )
    assert (second.returncode, second.stderr[: len(said)], second.stdout) == (1, said, "")
    assert alone.answer("RD-1001") == "welcome"


def test_library_that_is_made_beside_a_running_daemon_is_taken_up_and_sent_on(
    tmp_path: Path, broker: Mosquitto
) -> None:
    with Process(tmp_path / "new", broker=broker.port) as station, Consumer(broker.port) as central:
        station.start()
        assert station.wait_for("locked") == ["starting", "locked"]
        assert station.answer("RD-1001") == "refused not_configured"
        assert station.command("library", "create", "--name", "Oak", "admission=open").returncode == 0
        assert station.wait_for("ready")[-1] == "ready"
        assert station.command("item", "add", "BK-1", "--title", "红楼梦").returncode == 0
        assert [station.answer("RD-7"), station.answer("BK-1")] == ["admitted", "borrowed"]
        central.wait(lambda: "loan.borrowed" in types(central.events()))
    assert sorted(types(central.events())) == sorted(
        [
            "library.created",
            "item.added",
            "reader.applied",
            "reader.admitted",
            "loan.borrowed",
            "station.started",
        ]
    )
    assert central.events() == kept(station)


def test_command_beside_the_daemon_is_sent_on_while_nobody_scans(station: Process, broker: Mosquitto) -> None:
    with Consumer(broker.port) as central:
        station.start()
        central.wait_for_sequence(1)
        assert station.command("item", "add", "BK-99").returncode == 0
        central.wait_for_sequence(2)
    assert types(central.events()) == ["station.started", "item.added"]


WRONG = {
    "an unknown key": (configuration(None, "-") + "[sesion]\n", "sesion"),
    "no scanner": ('[station]\nid = "desk_1"\n', "there is none; a station needs a scanner"),
    "no station": ("", "station"),
    "no TOML": ("[station", "is not valid TOML"),
    "no password": (
        configuration(1, "-") + 'username = "x"\npassword_file = "nowhere"\n',
        "nowhere: there is no such file; write the broker's password into it",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_configuration_ends_with_78_and_a_sentence(alone: Process, wrong: str) -> None:
    text, said = WRONG[wrong]
    alone.config.write_text(text)
    ran = alone.command("run")
    assert (ran.returncode, said in ran.stderr, ran.stdout) == (EX_CONFIG, True, "")
    assert "Traceback" not in ran.stderr


def test_missing_configuration_ends_with_78(alone: Process) -> None:
    alone.config.unlink()
    ran = alone.command("run")
    assert (ran.returncode, str(alone.config) in ran.stderr) == (EX_CONFIG, True)


def test_store_of_another_library_is_a_wrong_configuration(alone: Process) -> None:
    alone.config.write_text(configuration(None, "scans").replace('library = "oak"', 'library = "elm"'))
    ran = alone.command("run")
    said = f"station.library is elm, but the store in {alone.folder}/data belongs to oak"
    assert (ran.returncode, said in ran.stderr) == (EX_CONFIG, True)


def test_damaged_store_ends_with_a_sentence(alone: Process) -> None:
    (alone.folder / "data" / "station.db").write_bytes(b"\xa5" * 9_000)
    ran = alone.command("run")
    assert (ran.returncode, "is damaged" in ran.stderr, "Traceback" in ran.stderr) == (1, True, False)


def test_systemd_hears_that_the_station_is_ready_alive_and_stopping(alone: Process, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(PATIENCE)
        more = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "100000"}
        alone.environment = {**os.environ, **more}
        alone.start()
        said = [systemd.recv(64)]
        while said[-1] != b"READY=1":
            said.append(systemd.recv(64))
        assert (systemd.recv(64), alone.stop()) == (b"WATCHDOG=1", 0)
        while said[-1] != b"STOPPING=1":
            said.append(systemd.recv(64))
        assert set(said) == {b"READY=1", b"WATCHDOG=1", b"STOPPING=1"}
