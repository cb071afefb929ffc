"""scripts/install and /usr/local/bin/station, as they are called."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from installation import Refused, needs
from installation.layout import Layout
from installation.plan import CHECKOUT, EXTRAS, Plan, chosen
from station.config import load
from tests.install import in_guest
from tests.install.installed import Change

SCRIPT = CHECKOUT / "scripts/install"


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *words], capture_output=True, text=True, check=False)


def test_the_installer_needs_nothing_but_python() -> None:
    done = subprocess.run(
        [sys.executable, "-S", SCRIPT, "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "--wheels" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--extras", "gpio,wings"], "install: --extras: there is no 'wings'; there are "),
        (["--wheels", "/nowhere"], "install: --wheels: there is no folder /nowhere."),
        (["--purge"], "install: --purge goes with --uninstall. Nothing was changed."),
        (["--back"], "install: there is no version to go back to."),
        (["--uninstall"], "install: the station is not installed here."),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(tmp_path: Path, words: list[str], said: str) -> None:
    done = run("--destdir", tmp_path, *words)
    assert done.returncode == 1
    assert done.stderr.startswith(said) and done.stderr.count("\n") == 1, done.stderr
    assert {each.name for each in tmp_path.iterdir()} == {"run"}


def test_an_image_that_is_not_there_is_not_begun(tmp_path: Path) -> None:
    done = run("--destdir", tmp_path / "image", "--uninstall")
    assert done.stderr == f"install: --destdir: there is no folder {tmp_path}/image.\n"
    assert list(tmp_path.iterdir()) == []


def test_two_installs_at_once_are_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with (tmp_path / "run/shelfpost-install.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = run("--destdir", tmp_path, "--uninstall")
    assert (done.returncode, done.stderr) == (1, "install: another install is running; wait for it.\n")


def test_extras_are_those_of_a_station_or_those_that_are_named() -> None:
    assert {"gpio", "backup"} <= set(chosen(CHECKOUT, None)) <= set(EXTRAS)
    assert chosen(CHECKOUT, "backup, gpio") == ("backup", "gpio")
    assert chosen(CHECKOUT, "") == ()


def test_what_debian_has_to_bring_is_told_in_one_command(tmp_path: Path) -> None:
    """A Python without ensurepip, as Debian's is without python3-venv; nothing is fetched with --wheels."""
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    plan = Plan(Layout(tmp_path), (), python, wheels=tmp_path)
    with pytest.raises(Refused, match="`sudo apt install --no-install-recommends python3-venv`"):
        needs.bring(plan)
    (tmp_path / "pip-26.0-py3-none-any.whl").touch()
    assert needs.to_build(plan) == [], "a wheel of pip will do in its place"


def test_the_first_configuration_is_right_and_waits_for_a_scanner() -> None:
    config = load(CHECKOUT / "config/first.toml")
    assert (config.station.library, config.broker, config.panel.driver) == (None, None, "gpio")
    assert not re.search("^id =", (CHECKOUT / "config/first.toml").read_text("utf-8"), re.MULTILINE)
    (scanner,) = config.scanner
    assert f'SYMLINK+="{getattr(scanner, "match", "").removeprefix("/dev/")}"' in (
        CHECKOUT / "systemd/72-shelfpost.rules"
    ).read_text("utf-8")


@pytest.mark.skipif(os.geteuid() == 0, reason="root's commands run as the station's user, who is not here")
def test_the_command_is_the_current_versions(tmp_path: Path) -> None:
    text = (CHECKOUT / "systemd/station").read_text("utf-8")
    script = tmp_path / "station"
    script.write_text(text.replace("/opt/shelfpost/current/bin/station", "echo"))
    done = subprocess.run(["sh", script, "item list"], capture_output=True, text=True, check=False)
    assert done.stdout == "item list\n"


@pytest.mark.parametrize(
    "change", [in_guest.DIES_AT_START, in_guest.DIES_LATER, in_guest.NEWER_FORM, in_guest.LENDS_AND_DIES]
)
def test_what_the_guest_changes_in_a_checkout_is_there(change: Change) -> None:
    file, text, _ = change
    assert (CHECKOUT / file).read_text("utf-8").count(text) == 1
