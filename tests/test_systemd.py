"""The units as systemd itself reads them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from station.cli import COMMANDS

SYSTEMD = Path(__file__).parents[1] / "systemd"
SERVICES = ("shelfpost.service", "shelfpost-backup.service")
UNITS = (*SERVICES, "shelfpost-backup.timer")

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")


def analyze(*words: str) -> str:
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_finds_nothing_to_say_about_the_unit(tmp_path: Path, unit: str) -> None:
    """Verify names an unknown key and exits 0 all the same, so any output is a failure."""
    for each in UNITS:
        text = (SYSTEMD / each).read_text()
        (tmp_path / each).write_text(text.replace("/opt/shelfpost/current/bin/station", "/bin/true"))
    assert analyze("verify", "--man=no", str(tmp_path / unit)) == ""


def test_a_unit_with_a_wrong_key_is_found_out(tmp_path: Path) -> None:
    here = tmp_path / "wrong.service"
    here.write_text("[Service]\nExecStart=/bin/true\nRestrat=always\n")
    assert "Restrat" in analyze("verify", "--man=no", str(here))


@pytest.mark.parametrize("unit", SERVICES)
def test_the_unit_exposes_little(unit: str) -> None:
    said = analyze("security", "--offline=yes", str(SYSTEMD / unit))
    found = re.search(rf"exposure level for {unit}: ([0-9.]+)", said)
    assert found is not None, said
    assert float(found[1]) <= 1.5


@pytest.mark.parametrize(
    ("result", "is_done"),
    [("success", False), ("watchdog", True), ("core-dump", True), ("signal", True), ("exit-code", True)],
)
def test_after_any_end_but_a_clean_one_the_lamps_are_turned_off(
    tmp_path: Path, result: str, is_done: bool
) -> None:
    unit = (SYSTEMD / "shelfpost.service").read_text()
    (line,) = re.findall(r"^ExecStopPost=(.+)$", unit, re.MULTILINE)
    assert line.startswith("-"), "what fails here must not keep the station from being started again"
    station = tmp_path / "station"
    station.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/done\n')
    station.chmod(0o755)
    words = shlex.split(line[1:].replace("/opt/shelfpost/current/bin/station", str(station)))
    subprocess.run([word.replace("$$", "$") for word in words], env={"SERVICE_RESULT": result}, check=True)
    said = (tmp_path / "done").read_text().split() if (tmp_path / "done").exists() else []
    assert said == (["--config", "/etc/shelfpost/station.toml", "lights-out"] if is_done else [])
    assert "lights-out" in COMMANDS


def test_a_backup_has_the_stations_user_and_folder() -> None:
    both = [(SYSTEMD / each).read_text().splitlines() for each in SERVICES]
    shared = [
        [each for each in lines if each.startswith(("User=", "Group=", "StateDirectory", "UMask="))]
        for lines in both
    ]
    assert shared[0] == shared[1] and len(shared[0]) == 5


def test_the_stations_user_is_in_each_group_that_the_rules_give_a_device(tmp_path: Path) -> None:
    wanted = set(re.findall(r'GROUP="(\w+)"', (SYSTEMD / "72-shelfpost.rules").read_text()))
    (tmp_path / "etc").mkdir()
    said = subprocess.run(
        ["systemd-sysusers", f"--root={tmp_path}", str(SYSTEMD / "shelfpost.sysusers")],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line.split(":") for line in (tmp_path / "etc/group").read_text().splitlines()]
    groups = {name for name, _, _, members in lines if "shelfpost" in members.split(",")}
    assert groups == wanted | {"input"}, said.stderr


def test_each_kind_of_device_that_a_driver_opens_is_allowed_and_no_other() -> None:
    allowed = re.findall(r"^DeviceAllow=(\S+) rw$", (SYSTEMD / "shelfpost.service").read_text(), re.MULTILINE)
    serial, pins = ["char-166", "char-188", "char-204", "/dev/ttyS0"], ["char-gpiochip"]
    cameras = ["char-video4linux", "char-media", "char-dma_heap"]
    assert sorted(allowed) == sorted(["char-input", *serial, *pins, *cameras])


@pytest.mark.skipif(shutil.which("udevadm") is None, reason="udevadm is not here")
def test_udev_finds_nothing_wrong_with_the_rules() -> None:
    words = ["udevadm", "verify", "--resolve-names=never", str(SYSTEMD / "72-shelfpost.rules")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if (
        "verify"
        not in subprocess.run(["udevadm", "--help"], capture_output=True, text=True, check=False).stdout
    ):
        pytest.skip("udevadm verify came with systemd 254")
    assert done.returncode == 0, done.stderr
