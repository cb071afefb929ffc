"""The station as an installation has it: a unit of systemd's, asked by systemctl, heard in the journal."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.hardware.guest.header import DARK, YES, Watch
from tests.hardware.guest.talk import PANEL, PATIENCE, SILENCE_MS, Talk
from tests.hardware.guest.typist import Typist

NAME = "shelfpost.service"
CONFIG = Path("/etc/shelfpost/station.toml")
STATION = "/opt/shelfpost/current/bin/station"
CGROUP = Path("/sys/fs/cgroup/system.slice") / NAME / "cgroup.procs"

SCANNER = "Rig Barcode Scanner"

SCANNERS = f"""
[station]
id = "desk_1"
[[scanner]]
driver = "evdev"
name = "counter"
match = "{SCANNER}"
silence_ms = {SILENCE_MS}
"""


class Unit(Talk):
    """`commands` are given as the station's user."""

    def __init__(self) -> None:
        words = ["runuser", "-u", "shelfpost", "--", STATION, "--config", str(CONFIG)]
        super().__init__(words, ["counter"])

    @staticmethod
    def configure(more: str = "") -> None:
        CONFIG.write_text(SCANNERS + PANEL + more, encoding="utf-8")

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Its journal, from its first line on, for as long as the `with` lasts."""
        words = ["journalctl", "--unit", NAME, "--output", "cat", "--follow", "--lines", "all"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as journal:
            assert journal.stdout
            self.listen(journal.stdout)
            yield
            journal.terminate()

    def lends(self, scanner: Typist, watch: Watch, book: str) -> None:
        """After a start, which has ended every session."""
        self.until("scanner counter is there$")
        scanner.scan("RD-1")
        self.answers("counter: welcome")
        watch.until(DARK)
        scanner.scan(book)
        watch.until(YES)
        self.answers("counter: borrowed")

    def control(self, verb: str) -> int:
        """What systemctl answers, after it has waited for its job."""
        return subprocess.run(["systemctl", verb, NAME], capture_output=True, check=False).returncode

    def property(self, name: str) -> str:
        words = ["systemctl", "show", NAME, "--property", name, "--value"]
        return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def pid(self) -> int:
        return int(self.property("MainPID"))

    def becomes(self, state: str) -> None:
        """Wait until systemd says so; `active` means that a unit of Type=notify has said it of itself."""
        end = time.monotonic() + PATIENCE
        while self.property("ActiveState") != state:
            assert time.monotonic() < end, f"the unit never was {state}, it is {self.property('ActiveState')}"
            time.sleep(0.2)


def opens(path: str, inside: bool) -> bool:
    """Whether root may open the device, inside of the unit's cgroup or outside."""
    moved = f"echo $$ >{CGROUP} && " if inside else ""
    return not subprocess.run(
        ["sh", "-c", f'{moved}exec 3<"$0"', path], capture_output=True, check=False
    ).returncode


def owner(path: str) -> str:
    """A device node's group and mode."""
    import grp

    found = Path(path).stat()
    return f"{grp.getgrgid(found.st_gid).gr_name} {found.st_mode & 0o777:o}"
