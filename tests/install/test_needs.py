"""What Debian has to bring, asked of the real apt: its archive is a folder, and it only simulates."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from installation import Refused, needs
from installation.layout import Layout
from installation.plan import Plan

pytestmark = pytest.mark.skipif(shutil.which("apt-get") is None, reason="apt-get is not here")

TO_BUILD = ("python3-venv", "python3-dev", "gcc", "linux-libc-dev")
CONFIGURATION = """\
APT::Get::Simulate "true";
APT::Sandbox::User "";
Dir::State "{0}/state";
Dir::State::status "{0}/status";
Dir::Cache "{0}/cache";
Dir::Etc "{0}/etc";
"""


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive that apt has never asked, with what a version is built with."""
    for each in ("state/lists/partial", "cache/archives/partial", "etc", "archive"):
        (tmp_path / each).mkdir(parents=True)
    (tmp_path / "status").touch()
    (tmp_path / "apt.conf").write_text(CONFIGURATION.format(tmp_path))
    (tmp_path / "etc/sources.list").write_text(f"deb [trusted=yes] file:{tmp_path}/archive ./\n")
    monkeypatch.setenv("APT_CONFIG", str(tmp_path / "apt.conf"))
    packages = tmp_path / "archive/Packages"
    packages.write_text("".join(package(each) for each in TO_BUILD))
    return packages


def package(name: str, more: str = "") -> str:
    asked = ("dpkg", "--print-architecture")
    kind = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    return f"Package: {name}\nVersion: 1\nArchitecture: {kind}\n{more}Filename: ./{name}.deb\nSize: 1\n\n"


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """A station with a camera, and a Python that has nothing."""
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    return Plan(Layout(), ("camera",), python)


def test_what_a_fresh_card_lacks_is_found_though_apt_has_no_lists_yet(
    archive: Path, plan: Plan, capfd: pytest.CaptureFixture[str]
) -> None:
    with archive.open("a") as file:
        file.write(package("libzbar0") + package("python3-picamera2"))
    needs.bring(plan)
    said = capfd.readouterr().out.split()
    assert said[0] == "installing"
    assert said[-2:] == ["libzbar0", "python3-picamera2"]


def test_a_package_that_has_another_name_by_now_is_brought_and_one_that_no_archive_has_is_left_out(
    archive: Path, plan: Plan, capfd: pytest.CaptureFixture[str]
) -> None:
    with archive.open("a") as file:
        file.write(package("libzbar0t64", "Provides: libzbar0 (= 1)\n"))
    needs.bring(plan)
    said = capfd.readouterr().out.split()
    assert "libzbar0" in said
    assert "python3-picamera2" not in said


def test_what_apt_cannot_bring_is_refused_with_the_command_that_brings_it(archive: Path, plan: Plan) -> None:
    archive.write_text("")
    with pytest.raises(Refused, match=r"`sudo apt install --no-install-recommends python3-venv python3-dev"):
        needs.bring(plan)
