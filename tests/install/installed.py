"""A machine with an installed station, asked from outside. For a guest; needs Python's own library alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

HOME = Path("/opt/shelfpost")
CONFIG = Path("/etc/shelfpost/station.toml")
DATA = Path("/var/lib/shelfpost")
WORK = Path("/var/tmp/shelfpost-sources")
"""Below this, changed checkouts are made."""

EXTRAS = "gpio,serial"

Change = tuple[str, str, str]
"""A file, a text in it, and what takes its place."""


class Guest:
    """The machine, and what was installed on it so far."""

    def __init__(self, checkout: Path, wheels: Path) -> None:
        self._checkout = checkout
        self._wheels = wheels
        self.said = ""

    def install(self, version: str, *changes: Change) -> int:
        """The exit status of an install from the checkout, as that version, with these changes."""
        shutil.rmtree(WORK, ignore_errors=True)
        shutil.copytree(self._checkout, WORK, ignore=shutil.ignore_patterns(".*", "__pycache__", "tests"))
        start = WORK / "station/__init__.py"
        start.write_text(f'"""Doctored."""\n\n__version__ = "{version}"\n')
        for file, text, instead in changes:
            was = (WORK / file).read_text("utf-8")
            assert text in was, f"{file} has no {text!r}"
            (WORK / file).write_text(was.replace(text, instead), "utf-8")
        return self.run("make", "-C", str(WORK), "install", f"WHEELS={self._wheels}", f"EXTRAS={EXTRAS}")

    def run(self, *words: str) -> int:
        done = subprocess.run(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, errors="replace"
        )
        self.said = done.stdout
        return done.returncode


def until(words: str) -> None:
    """Until the station has said so. Raises AssertionError after a minute."""
    end = time.monotonic() + 60
    while words not in (said := asked("journalctl", "-u", "shelfpost", "-o", "cat")):
        assert time.monotonic() < end, said
        time.sleep(0.5)


def runs() -> str:
    """The version that runs, by the path of its process."""
    assert asked_of_unit("SubState") == "running", asked(
        "journalctl", "-u", "shelfpost", "-n", "20", "-o", "cat"
    )
    words = Path(f"/proc/{asked_of_unit('MainPID')}/cmdline").read_bytes().split(b"\0")
    return Path(os.fsdecode(words[0])).parents[1].name


def asked_of_unit(name: str) -> str:
    return asked("systemctl", "show", "--value", f"--property={name}", "shelfpost").strip()


def versions() -> set[str]:
    return {each.name for each in (HOME / "versions").iterdir()}


def asked(*words: str) -> str:
    return subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False, errors="replace").stdout


def files() -> set[Path]:
    """All that is on the disk, but for what the machine itself writes while it runs."""
    own = (
        "/var/cache/apt/",
        "/var/log/",
        "/var/tmp/",
        "/var/lib/systemd/",
        "/var/lib/private",
        "/var/cache/private",
    )
    found = asked(
        "find", "/", "-xdev", "-path", "/tmp", "-prune", "-o", "-path", "/root", "-prune", "-o", "-print"
    )
    lines = [line for line in found.splitlines() if not f"{line}/".startswith(own)]
    return {Path(line) for line in lines if "/__pycache__" not in line and not line.startswith("/etc/.pwd")}
