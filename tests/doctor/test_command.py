"""`station doctor` as a person, or a program, calls it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from station.cli import station
from station.doctor.checks import CHECKS
from station.scan import TEST_TEXT
from tests.daemon.process import Process, shelve
from tests.mosquitto import Mosquitto

LINES = """
[station]
id = "desk_1"
library = "oak"
data_dir = "data"
[[scanner]]
driver = "lines"
path = "{}"
"""


def doctor(file: Path, *words: str) -> Result:
    return CliRunner().invoke(station, ["--config", str(file), "doctor", *words])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "station.toml"
    file.write_text(LINES.format("-"))
    return file


def test_each_finding_is_a_line_with_what_to_do_under_it(file: Path) -> None:
    shown = doctor(file)
    assert shown.exit_code == 0
    first, *_, last = shown.stdout.splitlines()
    assert first == f"ok       config     {file}: no mistakes; station desk_1"
    assert re.fullmatch(r"\d+ ok, \d+ warnings?, \d+ skipped", last)
    assert re.search(
        r"^warning  disk +there is no folder .*\n {20}do: The station makes it", shown.stdout, re.M
    )


def test_no_colour_goes_where_no_terminal_is(file: Path) -> None:
    assert "\x1b" not in doctor(file).stdout


def test_json_has_the_same_findings_in_the_order_of_the_checks(file: Path) -> None:
    found = json.loads(doctor(file, "--json").stdout)
    assert {frozenset(each) for each in found} == {frozenset({"check", "status", "found", "do"})}
    names = list(dict.fromkeys(each["check"] for each in found))
    assert names == [name for name in CHECKS if name in names]
    assert {"config", "scanner", "panel", "disk", "clock", "broker", "staff"} <= set(names)


def test_every_finding_that_is_not_right_says_what_to_do(file: Path) -> None:
    found = json.loads(doctor(file, "--json").stdout)
    assert all(each["do"] for each in found if each["status"] in ("warning", "wrong"))


def test_something_wrong_is_exit_1(file: Path) -> None:
    file.write_text(LINES.format("nowhere"))
    shown = doctor(file)
    assert shown.exit_code == 1 and "1 wrong" in shown.stdout.splitlines()[-1]


def test_wrong_configuration_is_exit_78_with_each_mistake(file: Path) -> None:
    file.write_text('[station]\nid = "Desk 1"\n[panel]\ndriver = "lamp"\n')
    shown = doctor(file, "--json")
    found = json.loads(shown.stdout)
    mistakes = [each["found"] for each in found if each["check"] == "config"]
    assert shown.exit_code == 78 and len(mistakes) == 2
    assert {each["status"] for each in found if each["check"] != "config"} == {"skipped"}


def test_missing_configuration_is_exit_78(tmp_path: Path) -> None:
    shown = doctor(tmp_path / "nowhere.toml")
    assert shown.exit_code == 78 and "there is no such file" in shown.stdout


def test_test_code_is_asked_for_and_judged_alone(file: Path) -> None:
    (file.parent / "codes").write_text(TEST_TEXT + "\n")
    file.write_text(LINES.format("codes"))
    shown = doctor(file, "--scan")
    assert shown.exit_code == 0
    assert shown.stdout.splitlines() == [
        f"ok       scan       lines-1: all {len(TEST_TEXT)} characters of the test code came right",
        "1 ok",
    ]
    assert "Now scan TEST TEXT" in shown.stderr


def test_lamps_alone(file: Path) -> None:
    assert doctor(file, "--lamps").stdout.splitlines() == [
        'skipped  lamps      driver = "terminal": there are no lamps',
        "1 skipped",
    ]


def test_beside_a_running_station_it_looks_and_disturbs_nothing(tmp_path: Path, broker: Mosquitto) -> None:
    with Process(tmp_path, broker=broker.port) as running:
        shelve(running)
        running.start()
        running.wait_for("ready")
        shown = running.command("doctor")
        assert shown.returncode == 0, shown.stdout
        assert f"the station runs (process {running.running().pid})" in shown.stdout
        assert running.answer("RD-1001") == "welcome"
        assert "gone" not in running.log()
        assert running.stop() == 0
