"""A serial scanner of a real kernel: read, lost in the middle of a code, and found under another number."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.hardware.guest.running import Station
from tests.hardware.guest.talk import PATIENCE
from tests.hardware.guest.tally import MADE

VENDOR, PRODUCT = "05e0", "1701"
GADGET = Path("/dev/ttyGS0")
"""The scanner's side. The kernel's own USB controller joins it to the host's side, a CDC-ACM port."""

SERIAL = f"""
[[scanner]]
driver = "serial"
name = "serial"
match = "{VENDOR}:{PRODUCT}"
[session]
repeat_seconds = 0.001
"""


class Scanner:
    """A USB device that is a serial port."""

    def plug(self) -> Path:
        """The port that it has become."""
        ports = set(Path("/dev").glob("ttyACM*"))
        ids = (f"idVendor=0x{VENDOR}", f"idProduct=0x{PRODUCT}")
        subprocess.run(["modprobe", "g_serial", *ids], check=True)
        return awaited(lambda: set(Path("/dev").glob("ttyACM*")) - ports).pop()

    def unplug(self) -> None:
        subprocess.run(["modprobe", "-r", "g_serial"], check=True)

    def send(self, data: str) -> None:
        sender = os.open(GADGET, os.O_WRONLY | os.O_NOCTTY)
        os.write(sender, data.encode())
        os.close(sender)


def awaited(look: Callable[[], set[Path]]) -> set[Path]:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError("no port came")


def check(rounds: int) -> str:
    subprocess.run(["modprobe", "-a", "dummy_hcd", "cdc_acm"], check=True)
    scanner, names = Scanner(), set()
    station = Station({}, more=SERIAL)
    station.stock(["RD-1"], ["BK-红楼梦"])
    port = scanner.plug()
    with station:
        station.until("scanner serial is there")
        for _ in range(rounds):
            names.add(port.name)
            _lends(scanner, station)
            port = _again(scanner, station, port)
    assert len(names) > 1, f"it always came back as {names}"
    return f"{rounds} times unplugged in the middle of a code, back as {', '.join(sorted(names))}"


def _lends(scanner: Scanner, station: Station) -> None:
    scanner.send("RD-1\r\n")
    station.until("serial: welcome")
    scanner.send("BK-红楼梦\r\n")
    station.until("serial: (borrowed|renewed|refused)")
    scanner.send("CMD-DONE\r")
    station.until("serial: goodbye")
    MADE["scans"] += 3


def _again(scanner: Scanner, station: Station, port: Path) -> Path:
    """Half a code, unplugged, and plugged in while its old number is still held by somebody."""
    scanner.send("RD-")
    held = os.open(port, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    scanner.unplug()
    MADE["unplugs"] += 1
    station.until("scanner serial is gone")
    port = scanner.plug()
    os.close(held)
    station.until("scanner serial is there")
    return port
