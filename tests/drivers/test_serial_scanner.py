"""SerialScanner on real terminals: what is plugged in is a pseudo-terminal, known by a link."""

from __future__ import annotations

import errno
import fcntl
import itertools
import os
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial

from station import wiring
from station.config import SerialConfig
from station.drivers import Reading, ScannerFound, ScannerLost, port_scanner
from station.drivers.serial_ports import MISSING, SerialPorts
from station.drivers.serial_scanner import SerialScanner
from tests.drivers.scanner_contract import AT, NAME, ScannerContract, Source
from tests.drivers.serial_rig import Cable, Eager
from tests.drivers.typing_rig import Running

TIOCGEXCL = 0x80045440
"""Whether a terminal is open for one program alone: ioctl_tty(2)."""


@pytest.fixture
def cable(tmp_path: Path) -> Iterator[Cable]:
    cable = Cable(tmp_path)
    yield cable
    cable.close()


@pytest.fixture(autouse=True)
def no_look_but_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device that comes back must be noticed by the folder's change, and not by chance."""
    monkeypatch.setattr(port_scanner, "LOOK_AGAIN", 3_600.0)


def scanner(cable: Cable, clock: Callable[[], float] = lambda: AT) -> SerialScanner:
    return SerialScanner(NAME, "", finder=Eager(cable), clock=clock)


def reading(text: str) -> Reading:
    return Reading(NAME, text, AT)


class SerialSource:
    def __init__(self, cable: Cable) -> None:
        cable.plug()
        self._sent: list[bytes] = []
        self.scanner = SerialScanner(NAME, "", finder=Eager(cable, self._sent), clock=lambda: AT)

    def feed(self, *codes: str) -> None:
        self._sent.append("".join(code + "\r\n" for code in codes).encode())


class TestSerial(ScannerContract):
    @pytest.fixture
    def source(self, cable: Cable) -> Source:
        return SerialSource(cable)


def test_code_that_comes_in_pieces_is_put_together(cable: Cable) -> None:
    cable.plug()
    with Running(scanner(cable)) as running:
        running.reports(1)
        for byte in "BK-红楼梦\r".encode():
            cable.send(bytes([byte]))
        assert running.reports(1) == [reading("BK-红楼梦")]


def test_silence_ends_a_code_that_has_no_end(cable: Cable) -> None:
    cable.plug()
    with Running(scanner(cable, time.monotonic)) as running:
        running.reports(1)
        cable.send(b"BK-1")
        (report,) = running.reports(1)
        assert isinstance(report, Reading) and report.text == "BK-1"


def test_control_characters_are_bytes_like_others(cable: Cable) -> None:
    """A terminal would make signals, erasures and line ends of them."""
    controls = bytes(each for each in range(0x20) if each not in b"\t\n\r") + b"\x7f"
    cable.plug()
    with Running(scanner(cable)) as running:
        running.reports(1)
        cable.send(controls + b"\rBK-1\r")
        assert running.reports(2) == [reading(controls.decode()), reading("BK-1")]


def test_flood_is_no_scan_and_harms_none(cable: Cable) -> None:
    cable.plug()
    with Running(scanner(cable)) as running:
        running.reports(1)
        cable.send(b"x" * 300_000 + b"\rBK-1\r")
        assert running.reports(1) == [reading("BK-1")]


def test_nothing_is_echoed_to_the_scanner(cable: Cable) -> None:
    cable.plug()
    with Running(scanner(cable)) as running:
        running.reports(1)
        cable.send(b"BK-1\r")
        running.reports(1)
        assert not cable.has_answer()


def test_code_that_is_sent_while_the_port_is_opened_is_no_scan(cable: Cable) -> None:
    cable.plug()
    eager = Eager(cable, [b"RD-1\r"], first=b"1001\r")
    with Running(SerialScanner(NAME, "", finder=eager, clock=lambda: AT)) as running:
        assert running.reports(2) == [ScannerFound(NAME), reading("RD-1")]


def test_port_that_is_silent_when_it_is_opened_is_found(cable: Cable) -> None:
    cable.plug()
    with Running(SerialScanner(NAME, str(cable.link))) as running:
        assert running.reports(1) == [ScannerFound(NAME)]


def test_unplugged_scanner_is_found_again_under_another_number(cable: Cable) -> None:
    before = cable.plug()
    with Running(scanner(cable)) as running:
        running.reports(1)
        cable.unplug()
        assert running.reports(1) == [ScannerLost(NAME, f"{cable.link}: unplugged")]
        assert cable.plug() != before
        assert running.reports(1) == [ScannerFound(NAME)]
        cable.send(b"BK-1\r")
        assert running.reports(1) == [reading("BK-1")]


def test_half_a_code_at_unplugging_is_thrown_away(cable: Cable) -> None:
    cable.plug()
    with Running(scanner(cable)) as running:
        running.reports(1)
        cable.send(b"RD-1\r97870")
        running.reports(1)
        cable.unplug()
        running.reports(1)
        cable.plug()
        running.reports(1)
        cable.send(b"BK-1\r")
        assert running.reports(1) == [reading("BK-1")]


def test_scanner_that_is_not_there_is_lost_until_it_comes(cable: Cable) -> None:
    with Running(scanner(cable)) as running:
        assert running.reports(1) == [ScannerLost(NAME, f"no serial port matches {str(cable.link)!r}")]
        cable.plug()
        assert running.reports(1) == [ScannerFound(NAME)]


def test_folder_of_links_that_comes_with_the_scanner_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "serial" / "by-id"
    cable = Cable(folder)
    with Running(scanner(cable)) as running:
        running.reports(1)
        folder.mkdir(parents=True)
        cable.plug()
        assert running.reports(1) == [ScannerFound(NAME)]
    cable.close()


def test_port_is_this_programs_alone(cable: Cable) -> None:
    cable.plug()
    first, second = SerialPorts(str(cable.link)), SerialPorts(str(cable.link))
    (port,) = first.look(()).ports
    flag = fcntl.ioctl(port.fd, TIOCGEXCL, struct.pack("i", 0))
    assert struct.unpack("i", flag) == (1,)
    busy = second.look(())
    assert (busy.ports, busy.trouble, busy.again) == ([], f"{cable.link}: another program has it", True)
    port.close()
    (again,) = second.look(()).ports
    again.close()


def test_port_that_another_program_lets_go_of_is_noticed(
    cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(port_scanner, "LOOK_AGAIN", 0.01)
    cable.plug()
    (held,) = SerialPorts(str(cable.link)).look(()).ports
    with Running(scanner(cable, time.monotonic)) as running:
        assert running.reports(1) == [ScannerLost(NAME, f"{cable.link}: another program has it")]
        held.close()
        assert running.reports(1) == [ScannerFound(NAME)]


def test_port_that_answers_only_later_is_found_without_a_sign(
    cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a CDC-ACM port does that its driver is still setting up."""
    monkeypatch.setattr(port_scanner, "LOOK_AGAIN", 0.01)
    real, tries = serial.Serial, itertools.count()

    def opened(path: str, *words: object, **more: object) -> object:
        if next(tries) < 2:
            raise serial.SerialException(errno.EIO, f"could not open port {path}")
        return real(path, *words, **more)

    monkeypatch.setattr("serial.Serial", opened)
    cable.plug()
    with Running(scanner(cable, time.monotonic)) as running:
        assert running.reports(2) == [
            ScannerLost(NAME, f"{cable.link}: {os.strerror(errno.EIO)}"),
            ScannerFound(NAME),
        ]


def test_port_that_may_not_be_opened_is_not_looked_at_without_a_sign(cable: Cable) -> None:
    path = cable.plug()
    Path(path).chmod(0)
    with nobody():
        assert not SerialPorts(path).look(()).again


def test_port_that_is_taken_is_not_opened_again(cable: Cable) -> None:
    cable.plug()
    finder = SerialPorts(str(cable.link))
    (port,) = finder.look(()).ports
    again = finder.look({port.path})
    assert (again.ports, again.trouble) == ([], "")
    port.close()


def test_port_has_the_speed_that_is_set(cable: Cable) -> None:
    cable.plug()
    (port,) = SerialPorts(str(cable.link), baud=115_200).look(()).ports
    assert termios.tcgetattr(port.fd)[5] == termios.B115200
    port.close()


def test_port_that_has_nothing_to_read_says_so(cable: Cable) -> None:
    """No bytes would be its end."""
    cable.plug()
    (port,) = SerialPorts(str(cable.link)).look(()).ports
    with pytest.raises(BlockingIOError):
        os.read(port.fd, 1)
    port.close()


def test_file_that_is_no_port_is_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "port"
    file.touch()
    assert "Inappropriate ioctl" in SerialPorts(str(file)).look(()).trouble


@contextmanager
def nobody() -> Iterator[None]:
    """Root may open everything."""
    me = os.geteuid()
    os.seteuid(me or 65_534)
    try:
        yield
    finally:
        os.seteuid(me)


def test_port_that_may_not_be_opened_names_the_group(cable: Cable) -> None:
    path = cable.plug()
    Path(path).chmod(0)
    with nobody():
        trouble = SerialPorts(path).look(()).trouble
    assert trouble == f"{path}: no permission: add the station's user to the group dialout"


def test_all_ports_of_a_vendor_and_product_are_found_and_no_others(tmp_path: Path) -> None:
    cables = [Cable(tmp_path / str(number)) for number in range(3)]
    paths = [each.plug() for each in cables]
    known = [(paths[0], "05e0:1701"), (paths[1], "1a86:7523"), (paths[2], "05e0:1701")]
    ports = SerialPorts("05E0:1701", known=lambda: known).look(()).ports
    assert [each.path for each in ports] == [paths[0], paths[2]]
    for each in ports:
        each.close()
    for cable in cables:
        cable.close()


def test_usb_ports_of_this_computer_can_be_listed() -> None:
    assert SerialPorts("ffff:ffff").look(()).trouble == "no serial port matches 'ffff:ffff'"


def test_list_that_fails_is_a_trouble_and_no_end(cable: Cable) -> None:
    def gone() -> list[tuple[str, str]]:
        raise OSError("a port went away while it was looked at")

    assert SerialPorts("05e0:1701", known=gone).look(()).trouble == "a port went away while it was looked at"


def test_without_pyserial_it_says_how_to_get_it(cable: Cable, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("serial", "serial.tools", "serial.tools.list_ports"):
        monkeypatch.setitem(sys.modules, name, None)
    cable.plug()
    with Running(scanner(cable)) as running:
        assert running.reports(1) == [ScannerLost(NAME, MISSING)]


def test_configured_scanner_reads_in_its_encoding(cable: Cable) -> None:
    cable.plug()
    config = SerialConfig(name=NAME, match=str(cable.link), encoding="gb18030")
    with Running(wiring.scanner(config)) as running:
        running.reports(1)
        cable.send("BK-红楼梦\r".encode("gb18030"))
        (report,) = running.reports(1)
        assert isinstance(report, Reading) and report.text == "BK-红楼梦"
