"""What systemd hears, on a real notify socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.drivers.notify import Notifier
from tests.mosquitto import PATIENCE


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[socket.socket]:
    """A bound datagram socket, as systemd makes one."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        name = str(tmp_path / "notify")
        bound.bind(name if request.param == "path" else f"\0shelfpost-test-{os.getpid()}-{id(bound)}")
        bound.settimeout(PATIENCE)
        yield bound


def environment(systemd: socket.socket, **more: str) -> dict[str, str]:
    name = systemd.getsockname()
    address = "@" + name[1:].decode() if isinstance(name, bytes) else name
    return {"NOTIFY_SOCKET": address, **more}


def heard(systemd: socket.socket) -> list[str]:
    """All that has been said so far."""
    systemd.setblocking(False)
    said = []
    while True:
        try:
            said.append(systemd.recv(100).decode())
        except BlockingIOError:
            return said


def test_systemd_is_told_of_each_state(systemd: socket.socket) -> None:
    notifier = Notifier(environment(systemd, WATCHDOG_USEC="30000000"))
    notifier.ready()
    notifier.alive()
    notifier.alive()
    notifier.stopping()
    assert heard(systemd) == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]


def test_without_a_watchdog_nobody_is_told_that_the_station_lives(systemd: socket.socket) -> None:
    notifier = Notifier(environment(systemd))
    notifier.alive()
    notifier.ready()
    assert heard(systemd) == ["READY=1"]
    assert notifier.watchdog_seconds is None


def test_watchdog_is_fed_twice_as_often_as_it_wants() -> None:
    assert Notifier({"WATCHDOG_USEC": "30000000"}).watchdog_seconds == 15.0


def test_without_systemd_nothing_happens() -> None:
    notifier = Notifier({})
    notifier.ready()
    notifier.alive()
    notifier.stopping()
    assert notifier.watchdog_seconds is None


def test_socket_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()
