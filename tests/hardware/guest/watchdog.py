"""The whole of userland hangs, systemd with it: the machine's watchdog starts it again, and it lends."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tests.hardware.guest.header import Watch
from tests.hardware.guest.talk import PATIENCE
from tests.hardware.guest.typist import Typist
from tests.hardware.guest.unit import SCANNER, Unit

WATCHDOG = Path("/sys/class/watchdog/watchdog0")
CGROUPS = Path("/sys/fs/cgroup")
BEFORE = Path("/var/lib/before")

CARD_RESET = 0x20
"""WDIOF_CARDRESET of linux/watchdog.h: the last start was this watchdog's doing."""


def check(_count: int) -> str:
    if not BEFORE.exists():
        _hang()
    took = time.time() - float(BEFORE.read_text(encoding="ascii"))
    assert _started_by_watchdog(), "the guest has started again, but not by its watchdog"
    unit = Unit()
    with Typist(SCANNER) as scanner, Watch() as watch, unit.heard():
        unit.becomes("active")
        assert unit.loans() == {"BK-1": "RD-1"}, "the loan from before the hang is gone"
        unit.lends(scanner, watch, "BK-2")
    return f"a userland that hung was reset by the kernel's watchdog, and lent again within {took:.0f} s"


def _hang() -> None:
    """Never returns."""
    limit = int((WATCHDOG / "timeout").read_text(encoding="ascii"))
    assert not _started_by_watchdog() and limit == 15, f"systemd has set no watchdog of 15 s, but {limit}"
    unit = Unit()
    unit.configure()
    with Typist(SCANNER) as scanner, Watch() as watch, unit.heard():
        unit.becomes("active")
        unit.stock(["RD-1"], ["BK-1", "BK-2"])
        unit.lends(scanner, watch, "BK-1")
    BEFORE.write_text(str(time.time()), encoding="ascii")
    os.sync()
    for each in ("init.scope", "system.slice"):
        (CGROUPS / each / "cgroup.freeze").write_text("1", encoding="ascii")
    time.sleep(PATIENCE)
    raise AssertionError("a userland that was frozen goes on")


def _started_by_watchdog() -> bool:
    return bool(int((WATCHDOG / "bootstatus").read_text(encoding="ascii"), 0) & CARD_RESET)
