"""The first boot's unit and scripts, as systemd and the shell read them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
FIRMWARE = CHECKOUT / "firmware"
UNIT = FIRMWARE / "shelfpost-first-boot.service"
SCRIPTS = ("first-boot", "read-only-root", "collect-packages")
SOURCE = "/opt/shelfpost/source"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_finds_nothing_to_say_about_the_unit(tmp_path: Path) -> None:
    text = UNIT.read_text().replace(f"{SOURCE}/firmware/first-boot", "/bin/true")
    (tmp_path / UNIT.name).write_text(text)
    command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / UNIT.name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""


def test_the_unit_tries_again_for_ever_but_not_on_a_read_only_root() -> None:
    lines = UNIT.read_text().splitlines()
    assert {
        "Restart=on-failure",
        "StartLimitIntervalSec=0",
        "ConditionKernelCommandLine=!overlayroot",
    } <= set(lines)


def test_the_boot_does_not_wait_for_the_install() -> None:
    """cloud-init's last stage opens SSH, and comes after multi-user.target: cloud-final.service says so."""
    lines = UNIT.read_text().splitlines()
    assert "WantedBy=multi-user.target" in lines and "Type=exec" in lines


def test_cloud_init_is_switched_off_only_where_it_is_and_has_come_to_its_end() -> None:
    lines = (FIRMWARE / "read-only-root").read_text().splitlines()
    guard = lines.index("if command -v cloud-init >/dev/null; then")
    assert [line.strip().split(" ")[:2] for line in lines[guard + 1 : guard + 4]] == [
        ["timeout", "600"],
        ["touch", "/etc/cloud/cloud-init.disabled"],
        ["fi"],
    ]


def test_the_unit_and_the_scripts_name_files_that_a_card_has() -> None:
    texts = [UNIT.read_text(), *((FIRMWARE / each).read_text() for each in SCRIPTS)]
    named = {
        name
        for text in texts
        for name in re.findall(rf"(?:{SOURCE}|\$source)/((?:firmware|docs)/[\w./-]+)", text)
    }
    assert {"firmware/first-boot", "firmware/read-only-root", "docs/image.md"} <= named
    assert [name for name in sorted(named) if not (CHECKOUT / name).exists()] == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_one_that_dash_reads(script: str) -> None:
    path = FIRMWARE / script
    assert path.stat().st_mode & 0o111
    subprocess.run(["dash" if shutil.which("dash") else "sh", "-n", path], check=True)


def test_the_watchdog_is_fed_sooner_than_a_pis_can_wait() -> None:
    """bcm2835_wdt counts to 15 seconds."""
    text = (CHECKOUT / "systemd/system.conf.d/90-shelfpost.conf").read_text()
    (seconds,) = re.findall(r"^RuntimeWatchdogSec=(\d+)$", text, re.MULTILINE)
    assert 5 <= int(seconds) <= 15
