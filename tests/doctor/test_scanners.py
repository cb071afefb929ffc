from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from station import wiring
from station.config import ConfigError, ScannerConfig
from station.doctor import scanners as module
from station.doctor.place import Place
from station.doctor.scanners import layout, scanners
from station.drivers import Scanner
from station.drivers.ports import Found, Port
from tests.doctor.places import NOBODY, place, said
from tests.drivers.serial_rig import Cable

SERIAL = '[[scanner]]\ndriver = "serial"\nmatch = "{}"\n'
EVDEV = '[[scanner]]\ndriver = "evdev"\nmatch = "05e0:1200"\nlayout = "de"\n'


@pytest.fixture
def cable(tmp_path: Path) -> Iterator[Cable]:
    cable = Cable(tmp_path / "by-id")
    yield cable
    cable.close()


def with_serial(folder: Path, cable: Cable, **other: Any) -> Place:
    return place(folder, SERIAL.format(cable.link), **other)


def test_serial_scanner_that_is_there(tmp_path: Path, cable: Cable) -> None:
    cable.plug()
    assert said(scanners(with_serial(tmp_path, cable))) == [
        ("ok", f"serial-1: {cable.link} is there, and nobody else reads it")
    ]


def test_serial_scanner_that_is_not_there_is_wrong(tmp_path: Path, cable: Cable) -> None:
    (finding,) = scanners(with_serial(tmp_path, cable))
    assert finding.found == f"serial-1: no serial port matches {str(cable.link)!r}"
    assert finding.do.startswith("Plug it in, or correct match.")


def test_serial_scanner_that_another_program_has_is_wrong_and_names_it(tmp_path: Path, cable: Cable) -> None:
    path = cable.plug()
    hold = "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_EX); print(); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", hold, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout
    other.stdout.readline()
    (finding,) = scanners(with_serial(tmp_path, cable))
    other.communicate(b"\n")
    assert finding.found == f"serial-1: {cable.link}: another program has it"
    assert f"(process {other.pid}) has it open" in finding.do


def test_scanner_that_the_station_may_not_read_is_wrong_and_names_user_and_group(
    tmp_path: Path, cable: Cable
) -> None:
    Path(cable.plug()).chmod(0o660)
    (finding,) = scanners(with_serial(tmp_path, cable, user=NOBODY))
    assert finding.found == f"serial-1: the station's user nobody may not read {cable.link}"
    assert finding.do.startswith("sudo usermod -aG ") and "nobody" in finding.do


def test_beside_the_running_station_a_port_is_not_opened(tmp_path: Path, cable: Cable) -> None:
    path = cable.plug()
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    assert said(scanners(with_serial(tmp_path, cable, pid=os.getpid()))) == [
        ("ok", f"serial-1: {cable.link} is there, and the running station reads it")
    ]
    os.close(port)


def test_port_that_the_running_station_does_not_read_is_a_warning(tmp_path: Path, cable: Cable) -> None:
    cable.plug()
    assert said(scanners(with_serial(tmp_path, cable, pid=1))) == [
        ("warning", f"serial-1: {cable.link} is there, but the running station does not read it")
    ]


def test_ids_of_a_port_may_be_written_in_capitals(
    tmp_path: Path, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = cable.plug()
    monkeypatch.setattr(module, "usb_ports", lambda: [(path, "0c2e:0b6a")])
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    assert said(scanners(place(tmp_path, SERIAL.format("0C2E:0B6A"), pid=os.getpid()))) == [
        ("ok", f"serial-1: {path} is there, and the running station reads it")
    ]
    os.close(port)


def test_who_may_not_look_is_told_to_ask_as_root(tmp_path: Path, cable: Cable) -> None:
    cable.plug()
    (finding,) = scanners(with_serial(tmp_path, cable, pid=1, asks=NOBODY))
    assert finding.status == "skipped" and finding.do.startswith("run it as root: sudo station")


class Devices:
    """Stands for InputDevices: terminals that are found, and what is in the way of others."""

    def __init__(self, trouble: str = "", number: int = 0) -> None:
        self.trouble = trouble
        self.opened = [pty.openpty() for _ in range(number)]
        self.paths = [os.ttyname(slave) for _, slave in self.opened]
        self.grabs: list[bool] = []

    def __call__(self, match: str, grab: bool = True) -> Devices:
        assert match == "05e0:1200"
        self.grabs.append(grab)
        return self

    def look(self, taken: object) -> Found:
        return Found([Port(path, -1, lambda: None) for path in self.paths], self.trouble)

    def close(self) -> None:
        for each in self.opened:
            os.close(each[0])
            os.close(each[1])


Made = Callable[..., Devices]


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    made: list[Devices] = []

    def make(trouble: str = "", number: int = 0) -> Devices:
        made.append(Devices(trouble, number))
        monkeypatch.setattr(module, "InputDevices", made[-1])
        return made[-1]

    monkeypatch.setattr(module, "typing_devices", lambda: ['match = "1a86:5723" (ACME, /dev/input/event3)'])
    yield make
    for each in made:
        each.close()


def test_typing_scanner_that_is_there_is_grabbed_to_see_that_nobody_else_has_it(
    tmp_path: Path, devices: Made
) -> None:
    one = devices(number=1)
    assert said(scanners(place(tmp_path, EVDEV))) == [
        ("ok", f"evdev-1: {one.paths[0]} is there, and nobody else reads it")
    ]
    assert one.grabs == [True]


def test_beside_the_running_station_a_scanner_is_not_grabbed(tmp_path: Path, devices: Made) -> None:
    one = devices(number=1)
    assert said(scanners(place(tmp_path, EVDEV, pid=os.getpid()))) == [
        ("ok", f"evdev-1: {one.paths[0]} is there, and the running station reads it")
    ]
    assert one.grabs == [False]


def test_typing_scanner_that_is_not_there_is_wrong_and_what_is_there_is_told(
    tmp_path: Path, devices: Made
) -> None:
    devices("no input device matches '05e0:1200'")
    (finding,) = scanners(place(tmp_path, EVDEV))
    assert finding.found == "evdev-1: no input device matches '05e0:1200'"
    assert 'match = "1a86:5723" (ACME, /dev/input/event3)' in finding.do


LOCKED = "no permission to read /dev/input/event3: add the station's user to the group input"


def test_missing_permission_names_the_user_and_the_group(tmp_path: Path, devices: Made) -> None:
    devices(LOCKED)
    (finding,) = scanners(place(tmp_path, EVDEV, user=NOBODY, asks=NOBODY))
    assert finding.status == "wrong"
    assert finding.do == "sudo usermod -aG input nobody, and start the station again"


def test_permission_that_only_the_asker_lacks_is_no_fault(tmp_path: Path, devices: Made) -> None:
    devices(LOCKED)
    (finding,) = scanners(place(tmp_path, EVDEV, asks=NOBODY))
    assert (finding.status, finding.found) == ("skipped", "evdev-1: nobody may not look at it")


def test_several_that_match_are_a_warning(tmp_path: Path, devices: Made) -> None:
    devices(number=2)
    found = said(scanners(place(tmp_path, EVDEV)))
    assert [status for status, _ in found] == ["ok", "ok", "warning"]
    assert found[2][1] == "evdev-1: 2 devices match; each is read as a scanner of its own"


def test_lines_say_what_they_come_from(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "codes.txt").touch()
    text = "".join(
        f'[[scanner]]\ndriver = "lines"\npath = "{path}"\n' for path in ("-", "pipe", "codes.txt", "nowhere")
    )
    assert said(scanners(place(tmp_path, text))) == [
        ("ok", "lines-1: standard input, one scan a line"),
        ("ok", f"lines-2: {tmp_path}/pipe is there: a FIFO"),
        ("ok", f"lines-3: {tmp_path}/codes.txt is there: a file, read once"),
        ("wrong", f"lines-4: {tmp_path}/nowhere: No such file or directory"),
    ]


CAMERA = '[[scanner]]\ndriver = "camera"\n'


def test_scanner_without_its_libraries_is_wrong_and_the_next_one_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(_: ScannerConfig) -> Scanner:
        raise ConfigError(["numpy is not installed"])

    monkeypatch.setattr(wiring, "scanner", without)
    text = CAMERA + '[[scanner]]\ndriver = "lines"\npath = "-"\n'
    camera, lines = scanners(place(tmp_path, text))
    assert (camera.status, camera.found) == ("wrong", "camera-1: numpy is not installed")
    assert camera.do.startswith("Install it, or take the section out")
    assert (lines.status, lines.found) == ("ok", "lines-2: standard input, one scan a line")


def test_layout_is_told_and_how_to_try_it(tmp_path: Path) -> None:
    (finding,) = layout(place(tmp_path, EVDEV))
    assert 'layout = "de"' in finding.found and "doctor --scan" in finding.do


class Failing:
    """A scanner with a fault of ours in it."""

    name = "camera-1"

    def run(self, emit: object) -> None:
        raise ValueError("numpy.dtype size changed")

    def close(self) -> None:
        pass


def test_scanner_that_fails_unforeseen_is_wrong_and_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "scanner", lambda _: Failing())
    assert said(scanners(place(tmp_path, CAMERA))) == [
        ("wrong", "camera-1: it fails: ValueError: numpy.dtype size changed")
    ]
