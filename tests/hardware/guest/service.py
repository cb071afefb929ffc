"""The project's own unit under systemd: its user, its devices, a stop, a hang, a wrong configuration."""

from __future__ import annotations

import time
from pathlib import Path

from tests.hardware.guest import trace
from tests.hardware.guest.hang import hang_desk
from tests.hardware.guest.header import DARK, Watch
from tests.hardware.guest.typist import Typist
from tests.hardware.guest.unit import SCANNER, Unit, opens, owner

WATCHDOG_SECONDS = 20.0
STAYS_SECONDS = 6.0
"""Three times the unit's RestartSec."""

CLOSED = ("/dev/vda", "/dev/tty1", "/dev/uinput", "/dev/hwrng")


def check(_count: int) -> str:
    unit = Unit()
    unit.configure()
    with Typist(SCANNER) as scanner, Watch() as watch, unit.heard():
        unit.becomes("active")
        _is_in_its_cage(unit, scanner)
        unit.stock(["RD-1"], ["BK-1", "BK-2", "BK-3", "BK-4"])
        unit.lends(scanner, watch, "BK-1")
        _stops(unit)
        unit.control("start")
        assert unit.property("ActiveState") == "active", "start has returned before the station was ready"
        unit.lends(scanner, watch, "BK-2")
        killed, back = _hangs(unit, watch)
        unit.lends(scanner, watch, "BK-3")
        _wrong_configuration_stays_down(unit)
        unit.lends(scanner, watch, "BK-4")
        assert unit.loans() == {f"BK-{n}": "RD-1" for n in range(1, 5)}
    return (
        "as its own user it has the scanner and the header and no other device; stop turns all lines off;"
        f" a hung desk was killed after {killed:.0f} s and lent again {back:.0f} s later; exit 78 stays down"
    )


def _is_in_its_cage(unit: Unit, scanner: Typist) -> None:
    status = Path(f"/proc/{unit.pid()}/status").read_text(encoding="utf-8")
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    user = Path("/etc/passwd").read_text(encoding="utf-8").partition("\nshelfpost:x:")[2].partition(":")[0]
    assert fields["Uid"].split() == [user] * 4, f"the station runs as {fields['Uid']} and not as {user}"
    assert (fields["CapBnd"], fields["NoNewPrivs"]) == ("0" * 16, "1")
    chips = [str(each) for each in Path("/dev").glob("gpiochip*")]
    assert [owner(scanner.path), *map(owner, chips)] == ["input 660", *["gpio 660"] * len(chips)]
    allowed = {path: opens(path, inside=True) for path in [scanner.path, *chips, *CLOSED]}
    assert allowed == {path: path not in CLOSED for path in allowed}, f"devices in the cage: {allowed}"
    outside = [path for path in CLOSED if not opens(path, inside=False)]
    assert not outside, f"these can't be opened anyway, and so show nothing: {outside}"


def _stops(unit: Unit) -> None:
    trace.start()
    unit.control("restart")
    assert unit.control("stop") == 0
    trace.all_turned_off()
    how = unit.property("Result"), unit.property("ExecMainStatus"), unit.property("ActiveState")
    assert how == ("success", "0", "inactive"), f"the stop has ended so: {how}"
    unit.until("stopping: sigterm")
    unit.until("stopping: sigterm")


def _hangs(unit: Unit, watch: Watch) -> tuple[float, float]:
    """Seconds until the hung desk was killed, and from then until it was in service again."""
    pid, since = unit.pid(), time.monotonic()
    killed = hang_desk(pid, 3 * WATCHDOG_SECONDS)
    blinks = [each for each in watch.runs(since) if each[0] != DARK]
    assert len(blinks) > 1, "no lamp blinks while the desk hangs: all threads do, and so it shows nothing"
    began = time.monotonic()
    unit.until("ready$")
    unit.becomes("active")
    assert unit.pid() != pid and unit.property("NRestarts") == "1"
    return killed, time.monotonic() - began


def _wrong_configuration_stays_down(unit: Unit) -> None:
    unit.configure("grene = 4\n")
    assert unit.control("restart") != 0
    unit.becomes("failed")
    restarts = unit.property("NRestarts")
    time.sleep(STAYS_SECONDS)
    found = [unit.property(each) for each in ("ActiveState", "ExecMainStatus", "NRestarts")]
    assert found == ["failed", "78", restarts], f"a wrong configuration is started again: {found}"
    unit.configure()
    assert unit.control("start") == 0
