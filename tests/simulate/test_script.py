from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from station.simulate.script import Broker, Scan, ScriptError, Wait, read
from tests.simulate.screen import PATIENCE

DEFAULT = Path("/etc/shelfpost/station.toml")
NEEDLESS = 'raise ImportError("a script needs no terminal")\n'


def test_script_is_read_line_by_line() -> None:
    lines = ["# a reader\n", "RD-1001\n", "\n", ":wait 1.5s\n", " BK 1 \r\n", ":broker down\n", ":broker up"]
    assert read("demo", lines) == [Scan("RD-1001"), Wait(1.5), Scan(" BK 1 "), Broker(False), Broker(True)]


@pytest.mark.parametrize(("text", "seconds"), [("20ms", 0.02), ("2s", 2.0), ("1m", 60.0)])
def test_wait_takes_a_unit(text: str, seconds: float) -> None:
    assert read("demo", [f":wait {text}"]) == [Wait(seconds)]


@pytest.mark.parametrize(
    "line", [":", ":wait", ":wait 2", ":wait -1s", ":wait 2 s", ":broker", ":broker off", ":restart"]
)
def test_unknown_step_is_an_error_with_file_and_line(line: str) -> None:
    with pytest.raises(ScriptError, match=r"^demo:2: "):
        read("demo", ["RD-1001", line])


def test_broker_of_the_configuration_has_no_switch() -> None:
    with pytest.raises(ScriptError, match=r"demo:1: .* can't be taken away"):
        read("demo", [":broker down"], has_switch=False)


def station(
    tmp_path: Path, script: str, *options: str, without: str = "textual"
) -> subprocess.CompletedProcess[str]:
    """`station simulate --script -` where the library `without` can't be imported."""
    if DEFAULT.exists():
        pytest.skip(f"this machine is a station: {DEFAULT} is there")
    (tmp_path / "missing" / without).mkdir(parents=True, exist_ok=True)
    (tmp_path / "missing" / without / "__init__.py").write_text(NEEDLESS)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "missing"), "PYTHONUTF8": "1"}
    environment.pop("SHELFPOST_CONFIG", None)
    return subprocess.run(
        [sys.executable, "-m", "station", *options, "simulate", "--script", "-"],
        input=script,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        timeout=2 * PATIENCE,
        check=False,
    )


def test_script_lends_without_a_terminal(tmp_path: Path) -> None:
    done = station(tmp_path, "# a loan\nRD-1001\nBK-1006\n:broker down\nBK-1001\n:broker up\n")
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert [line for line in lines if line.startswith(("scan", "broker"))] == [
        "scan    RD-1001",
        "scan    BK-1006",
        "broker  away",
        "scan    BK-1001",
        "broker  there",
    ]
    answers = [line.split()[1] for line in lines if line.startswith("shown")]
    assert [each for each in answers if each.rstrip(":") not in ("ready", "offline")] == [
        "starting:",
        "welcome:",
        "borrowed:",
        "borrowed:",
        "stopping:",
    ]
    events = [line.split()[1:3] for line in lines if line.startswith("event")]
    assert sorted(events) == [
        ["loan.borrowed", "BK-1001"],
        ["loan.borrowed", "BK-1006"],
        ["station.started", "desk_1"],
        ["station.stopped", "desk_1"],
    ]


def test_script_that_ends_without_a_broker_says_what_is_left(tmp_path: Path) -> None:
    done = station(tmp_path, ":broker down\nRD-1001\nBK-1006\n")
    assert done.returncode == 1
    assert "not every event has reached the broker" in done.stderr


def test_wrong_script_does_nothing(tmp_path: Path) -> None:
    done = station(tmp_path, "RD-1001\n:oops\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert "<stdin>:2: ':oops' is no step" in done.stderr


def test_configuration_that_was_named_has_to_be_there(tmp_path: Path) -> None:
    done = station(tmp_path, "RD-1001\n", "--config", str(tmp_path / "none.toml"))
    assert (done.returncode, done.stdout) == (78, "")
    assert "none.toml: there is no such file" in done.stderr
