"""What the installer asks of systemd, udev and the station's own commands: the only file that calls them."""

from __future__ import annotations

import subprocess
import time
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from installation import say

STATION = "shelfpost.service"
TIMER = "shelfpost-backup.timer"

STAYS = 20.0
"""Seconds for which a station must go on once it was ready: as long as its watchdog waits."""


KINDS = ("input", "gpio", "tty", "dma_heap", "video4linux", "media")
"""Devices that the station's rules are about."""


class State(Enum):
    """How the station's unit is: STOPPED is on purpose, FAILS is not, tried again or given up."""

    RUNS = auto()
    STOPPED = auto()
    FAILS = auto()


class System(Protocol):
    """A machine that runs, or the image of one."""

    def settle(self) -> None:
        """Heed the files that were placed: users, folders, units, rules."""

    def enable(self) -> None:
        """Let the station start with the machine."""

    def state(self) -> State: ...

    def stop(self) -> None: ...

    def start(self) -> str:
        """Start the station, wait until it is ready, and watch it. Returns what went wrong, or ''."""

    def station(self, version: Path, *words: str) -> str:
        """Run a command of the station's as its user. Returns what went wrong, or ''."""

    def disable(self) -> None:
        """Stop the station, now and for the next start of the machine."""

    def forget(self, purge: bool) -> None:
        """Heed that the files have been taken away. `purge`: the station's user goes too."""


class Image:
    """Folders that will be a machine's, or a machine without systemd: only users and links are made."""

    def __init__(self, root: Path) -> None:
        self._root = f"--root={root}"

    def settle(self) -> None:
        _do("systemd-sysusers", self._root)

    def enable(self) -> None:
        _do("systemctl", self._root, "enable", STATION, TIMER)

    def state(self) -> State:
        return State.STOPPED

    def stop(self) -> None:
        pass

    def start(self) -> str:
        return ""

    def station(self, version: Path, *words: str) -> str:
        return ""

    def disable(self) -> None:
        _do("systemctl", self._root, "disable", STATION, TIMER)

    def forget(self, purge: bool) -> None:
        pass


class Machine:
    """This computer, with systemd."""

    def settle(self) -> None:
        _do("systemd-sysusers")
        _do("systemd-tmpfiles", "--create", "/usr/local/lib/tmpfiles.d/shelfpost.conf")
        _do("systemctl", "daemon-reload")
        _apply_rules()

    def enable(self) -> None:
        _do("systemctl", "enable", STATION)
        _do("systemctl", "enable", "--now", TIMER)

    def state(self) -> State:
        match _shown("ActiveState"):
            case "active":
                return State.RUNS
            case "inactive":
                return State.STOPPED
        return State.FAILS

    def stop(self) -> None:
        _do("systemctl", "stop", STATION)

    def start(self) -> str:
        """A unit of Type=notify is started when the station has said that it is ready."""
        if _run("systemctl", "restart", STATION).returncode:
            return f"it did not reach ready: {_last_words()}"
        process, end = _shown("MainPID"), time.monotonic() + STAYS
        while time.monotonic() < end:
            if _shown("SubState") != "running" or _shown("MainPID") != process:
                return f"it was ready and did not stay: {_last_words()}"
            time.sleep(0.5)
        return ""

    def station(self, version: Path, *words: str) -> str:
        user = ("--reuid=shelfpost", "--regid=shelfpost", "--init-groups", "--inh-caps=-all")
        done = _run("setpriv", *user, str(version / "bin/station"), *words)
        return (done.stderr.strip() or f"it ended with {done.returncode}.") if done.returncode else ""

    def disable(self) -> None:
        _do("systemctl", "disable", "--now", STATION, TIMER)
        _do("systemctl", "stop", "shelfpost-backup.service")

    def forget(self, purge: bool) -> None:
        _do("systemctl", "daemon-reload")
        _run("systemctl", "reset-failed", STATION)
        _apply_rules()
        if purge:
            _do("userdel", "shelfpost")


def running(root: Path) -> System:
    """What there is at `root`: a machine under systemd, or an image."""
    return Machine() if root == Path("/") and Path("/run/systemd/system").is_dir() else Image(root)


def _apply_rules() -> None:
    _do("udevadm", "control", "--reload")
    _do("udevadm", "trigger", *(f"--subsystem-match={kind}" for kind in KINDS))
    _do("udevadm", "settle", "--timeout=30")


def _shown(name: str) -> str:
    return _run("systemctl", "show", "--value", f"--property={name}", STATION).stdout.strip()


def _last_words() -> str:
    """The last that the station itself has said."""
    asked = ("journalctl", "--quiet", "--output=cat", "--lines=1", f"_SYSTEMD_UNIT={STATION}")
    said = _run(*asked).stdout.strip() or "it said nothing"
    return f"{said} (more: journalctl -u shelfpost)"


def _do(*words: str) -> None:
    """What fails here is told, and the rest goes on: half of it done and stopped would be worse."""
    done = _run(*words)
    if done.returncode:
        say(f"`{' '.join(words)}` failed: {done.stderr.strip() or done.returncode}")


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(words, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        return subprocess.CompletedProcess(words, 127, "", str(error))
