"""Whether the station runs, and what systemd says of it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from station.config import EX_CONFIG
from station.doctor.findings import Finding, ok, skipped, warning, wrong
from station.doctor.place import Place

SYSTEMD = Path("/run/systemd/system")
"""There while systemd runs the system: sd_booted(3)."""

UNIT = "shelfpost.service"
ASKED = ("LoadState", "ActiveState", "UnitFileState", "NRestarts", "ExecMainStatus", "WatchdogUSec")

LOOK = f"journalctl -u {UNIT} -n 50 says why."


def service(place: Place) -> Iterator[Finding]:
    unit = _unit()
    runs = f"the station runs (process {place.pid})" if place.pid else "the station is not running"
    if unit is None or unit.get("LoadState") != "loaded":
        why = "systemd is not here" if unit is None else f"there is no unit {UNIT}"
        yield ok(f"{runs}; {why}") if place.pid else skipped(f"{runs}, and {why}")
        return
    yield _state(unit, runs)
    if unit.get("UnitFileState") == "disabled":
        yield warning(f"{UNIT} does not start with the computer", f"sudo systemctl enable {UNIT}")
    restarts = int(unit.get("NRestarts") or 0)
    if restarts:
        yield warning(f"systemd has started the station again {restarts} times", LOOK)
    if unit.get("WatchdogUSec") in ("0", "infinity"):
        yield warning("no watchdog: a station that hangs stays so", f"Set WatchdogSec=20 in {UNIT}.")


def _state(unit: dict[str, str], runs: str) -> Finding:
    match unit.get("ActiveState"):
        case "active":
            return ok(f"{UNIT} is active; {runs}")
        case "failed" if unit.get("ExecMainStatus") == str(EX_CONFIG):
            return wrong(f"{UNIT} ended: its configuration is wrong", f"Correct it, then start {UNIT}.")
        case "failed":
            return wrong(f"{UNIT} has failed with status {unit.get('ExecMainStatus')}", LOOK)
        case "activating" | "reloading" | "deactivating" as state:
            return warning(f"{UNIT} is {state}", f"Look again in a moment; {LOOK}")
    return warning(f"{UNIT} is not active; {runs}", f"sudo systemctl start {UNIT}")


def _unit() -> dict[str, str] | None:
    """What systemd says; None: there is none, or it does not answer."""
    if not SYSTEMD.exists():
        return None
    asked = [word for each in ASKED for word in ("-p", each)]
    try:
        told = subprocess.run(
            ["systemctl", "show", UNIT, *asked], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return dict(line.split("=", 1) for line in told.stdout.splitlines() if "=" in line)
