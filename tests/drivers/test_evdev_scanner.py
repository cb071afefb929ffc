"""EvdevScanner on real bytes of input events, through pipes in place of devices."""

from __future__ import annotations

import errno
import itertools
import logging
import os
import pty
import threading
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pytest

from station.drivers import Reading, ScannerFound, ScannerLost, port_scanner
from station.drivers.evdev_scanner import EvdevScanner
from station.drivers.ports import Found, Port
from tests.drivers.scanner_contract import AT, NAME, ScannerContract, Source
from tests.drivers.typing_rig import PATIENCE, Running, dropped, report, typed

GONE = "no input device matches 'ACME'"


class Usb:
    """Pipes that stand for devices. A scanner sees what is plugged in when it looks, and that something has
    changed by a file in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folders = (folder,)
        self._ready: list[Port] = []
        self._writers: dict[str, int] = {}
        self._looks = threading.Semaphore(0)
        self.trouble = ""
        self.again = False

    def plug(self, path: str = "event0", stamped: bool = True, told: bool = True, amid: str = "\n") -> None:
        """`amid` is what it is typing: by default the end of a code, after which it is found at once."""
        reads, writes = os.pipe()
        self._writers[path] = writes
        self.write(keys(amid), path)
        self.plug_port(Port(path, reads, lambda: os.close(reads), stamped), told)

    def plug_port(self, port: Port, told: bool = True) -> None:
        self._ready.append(port)
        if told:
            self.change()

    def change(self) -> None:
        """As udev does when it sets permissions."""
        self.folders[0].joinpath("node").touch()

    def unplug(self, path: str = "event0") -> None:
        os.close(self._writers.pop(path))

    def write(self, keys: bytes, path: str = "event0") -> None:
        os.write(self._writers[path], keys)

    def look(self, taken: Collection[str]) -> Found:
        self._looks.release()
        ports, self._ready = self._ready, []
        return Found(ports, self.trouble or ("" if ports or taken else GONE), self.again)

    def await_looks(self, number: int) -> None:
        assert all(self._looks.acquire(timeout=PATIENCE) for _ in range(number))

    def close(self) -> None:
        for port in self._ready:
            port.close()
        for path in tuple(self._writers):
            self.unplug(path)


@pytest.fixture
def usb(tmp_path: Path) -> Iterator[Usb]:
    usb = Usb(tmp_path)
    yield usb
    usb.close()


@pytest.fixture(autouse=True)
def no_look_but_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device that comes back must be noticed by the folder's change, and not by chance."""
    monkeypatch.setattr(port_scanner, "LOOK_AGAIN", 3_600.0)


def scanner(usb: Usb, layout: str = "us", clock: Callable[[], float] = lambda: AT) -> EvdevScanner:
    return EvdevScanner(NAME, "ACME", layout, finder=usb, clock=clock)


def reading(text: str, name: str = NAME) -> Reading:
    return Reading(name, text, AT)


def keys(text: str, layout: str = "us") -> bytes:
    return typed(text, layout, at=AT)


class EvdevSource:
    def __init__(self, usb: Usb) -> None:
        self._usb = usb
        usb.plug()
        self.scanner = scanner(usb)

    def feed(self, *codes: str) -> None:
        self._usb.write(keys("".join(code + "\n" for code in codes)))


class TestEvdev(ScannerContract):
    @pytest.fixture
    def source(self, usb: Usb) -> Source:
        return EvdevSource(usb)


def test_unknown_layout_is_refused() -> None:
    with pytest.raises(ValueError, match="no keyboard layout 'dvorak'"):
        EvdevScanner(NAME, "ACME", layout="dvorak")


def test_layout_is_the_scanners(usb: Usb) -> None:
    usb.plug()
    usb.write(keys("{zY-\\}\n", "de"))
    with Running(scanner(usb, "de")) as running:
        assert running.reports(2)[1:] == [reading("{zY-\\}")]


def test_event_that_is_cut_by_a_read_is_put_together(usb: Usb) -> None:
    usb.plug()
    with Running(scanner(usb)) as running:
        running.reports(1)
        for each in keys("BK-1\n"):
            usb.write(bytes([each]))
        assert running.reports(1) == [reading("BK-1")]


def test_batch_longer_than_a_read_comes_whole(usb: Usb) -> None:
    usb.plug()
    usb.write(keys("x" * 500 + "\nBK-1\n"))
    with Running(scanner(usb)) as running:
        assert running.reports(3)[1:] == [reading("x" * 500), reading("BK-1")]


def test_silence_ends_a_scan_without_an_end_key(usb: Usb) -> None:
    usb.plug()
    usb.write(keys("BK-1"))
    with Running(scanner(usb, clock=lambda: AT + 1)) as running:
        assert running.reports(2)[1:] == [reading("BK-1")]


def test_time_comes_from_the_clock_where_the_device_has_another(usb: Usb) -> None:
    usb.plug(stamped=False)
    usb.write(typed("BK-1\n", at=1_000_000_000.0))
    with Running(scanner(usb)) as running:
        assert running.reports(2)[1:] == [reading("BK-1")]


def test_lost_keys_throw_the_scan_away_and_no_other(usb: Usb) -> None:
    usb.plug()
    usb.write(keys("97870") + dropped(AT) + report(at=AT) + keys("2207\nBK-1\n"))
    with Running(scanner(usb)) as running:
        assert running.reports(2)[1:] == [reading("BK-1")]


def test_code_that_is_typed_while_the_device_is_opened_is_no_scan(usb: Usb) -> None:
    """Its end might be another card's number."""
    usb.plug(amid="1001\nBK-1\n")
    with Running(scanner(usb)) as running:
        assert running.reports(2) == [ScannerFound(NAME), reading("BK-1")]


def test_code_without_an_end_that_is_typed_while_the_device_is_opened_is_no_scan(usb: Usb) -> None:
    usb.plug(amid="1001")
    with Running(scanner(usb, clock=lambda: AT + 1)) as running:
        assert running.reports(1) == [ScannerFound(NAME)]
        usb.write(keys("BK-1\n"))
        assert running.reports(1) == [reading("BK-1")]


def test_scanner_that_is_silent_when_it_is_opened_is_found(usb: Usb) -> None:
    usb.plug(amid="")
    with Running(scanner(usb, clock=racing())) as running:
        assert running.reports(1) == [ScannerFound(NAME)]


def test_scanner_is_not_found_as_long_as_it_may_be_in_the_middle_of_a_code(usb: Usb) -> None:
    usb.plug("event0", amid="1001")
    usb.plug("event1")
    with Running(scanner(usb)) as running:
        assert running.reports(1) == [ScannerFound("desk-2")]
        usb.write(keys("\n"), "event0")
        assert running.reports(1) == [ScannerFound("desk")]


def test_unplugged_scanner_is_lost_and_found_when_it_returns(usb: Usb) -> None:
    usb.plug("event0")
    with Running(scanner(usb)) as running:
        running.reports(1)
        usb.unplug("event0")
        assert running.reports(1) == [ScannerLost(NAME, "event0: unplugged")]
        usb.plug("event5")
        usb.write(keys("BK-1\n"), "event5")
        assert running.reports(2) == [ScannerFound(NAME), reading("BK-1")]


def test_scanner_that_is_back_before_it_was_missed_is_found_at_once(usb: Usb) -> None:
    usb.plug("event0")
    with Running(scanner(usb)) as running:
        running.reports(1)
        usb.plug("event5", told=False)
        usb.unplug("event0")
        assert running.reports(2) == [ScannerLost(NAME, "event0: unplugged"), ScannerFound(NAME)]


def test_half_a_code_at_unplugging_is_thrown_away(usb: Usb) -> None:
    usb.plug("event0")
    with Running(scanner(usb)) as running:
        running.reports(1)
        usb.write(keys("97870"))
        usb.unplug("event0")
        running.reports(1)
        usb.plug("event5")
        usb.write(keys("BK-1\n"), "event5")
        assert running.reports(2) == [ScannerFound(NAME), reading("BK-1")]


def test_shift_held_at_unplugging_is_not_held_after(usb: Usb) -> None:
    usb.plug("event0")
    with Running(scanner(usb)) as running:
        running.reports(1)
        usb.write(report((42, 1), at=AT))
        usb.unplug("event0")
        running.reports(1)
        usb.plug("event5")
        usb.write(keys("bk-1\n"), "event5")
        assert running.reports(2) == [ScannerFound(NAME), reading("bk-1")]


def test_read_that_fails_otherwise_says_how(usb: Usb) -> None:
    """A terminal whose other side is closed fails as devices do: with an error, not with an end."""
    master, slave = pty.openpty()
    closed: list[str] = []
    usb.plug_port(Port("event0", master, lambda: closed.append("event0")))
    os.close(slave)
    with Running(scanner(usb)) as running:
        assert running.reports(1) == [ScannerLost(NAME, f"event0: {os.strerror(errno.EIO)}")]
        assert closed == ["event0"]
    os.close(master)


def test_scanner_that_is_not_there_is_lost_until_it_comes(usb: Usb) -> None:
    with Running(scanner(usb)) as running:
        assert running.reports(1) == [ScannerLost(NAME, GONE)]
        usb.plug()
        assert running.reports(1) == [ScannerFound(NAME)]


def test_permission_that_comes_after_the_node_is_noticed(usb: Usb) -> None:
    usb.trouble = "no permission"
    with Running(scanner(usb)) as running:
        assert running.reports(1) == [ScannerLost(NAME, "no permission")]
        usb.change()
        usb.trouble = ""
        usb.plug()
        assert running.reports(1) == [ScannerFound(NAME)]


def test_two_scanners_of_one_name_are_two_and_never_mix(usb: Usb) -> None:
    usb.plug("event0")
    usb.plug("event1")
    with Running(scanner(usb)) as running:
        assert running.reports(2) == [ScannerFound("desk"), ScannerFound("desk-2")]
        for left, right in zip(keys("9787\n"), keys("rd-1\n"), strict=True):
            usb.write(bytes([left]), "event0")
            usb.write(bytes([right]), "event1")
        both = running.reports(2)
        assert sorted(both, key=str) == [reading("9787", "desk"), reading("rd-1", "desk-2")]


def test_name_of_a_scanner_that_went_is_given_to_the_next_that_comes(usb: Usb) -> None:
    usb.plug("event0")
    usb.plug("event1")
    with Running(scanner(usb)) as running:
        running.reports(2)
        usb.unplug("event0")
        assert running.reports(1) == [ScannerLost("desk", "event0: unplugged")]
        usb.plug("event5")
        assert running.reports(1) == [ScannerFound("desk")]


def test_silence_of_one_scanner_does_not_cut_what_another_types(usb: Usb) -> None:
    usb.plug("event0")
    usb.plug("event1")
    usb.write(keys("BK-1"), "event0")
    usb.write(keys("RD-1\n"), "event1")
    with Running(scanner(usb, clock=lambda: AT + 1)) as running:
        both = running.reports(4)[2:]
        assert sorted(both, key=str) == [reading("BK-1", "desk"), reading("RD-1", "desk-2")]


def test_what_is_in_the_way_is_logged_once(usb: Usb, caplog: pytest.LogCaptureFixture) -> None:
    usb.trouble = "event1: another program has grabbed it"
    usb.plug("event0")
    with caplog.at_level(logging.WARNING), Running(scanner(usb)) as running:
        running.reports(1)
        usb.unplug("event0")
        running.reports(1)
        usb.await_looks(2)
    assert caplog.messages == ["desk: event1: another program has grabbed it"]


def test_node_whose_permissions_are_still_to_come_is_not_logged(
    usb: Usb, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), Running(scanner(usb)) as running:
        running.reports(1)
        usb.await_looks(1)
        usb.trouble = "no permission to read event0"
        usb.change()
        usb.await_looks(1)
    assert caplog.messages == [f"desk: {GONE}"]


def test_permission_that_never_comes_is_logged_a_little_later(
    usb: Usb, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with caplog.at_level(logging.WARNING), Running(scanner(usb, clock=racing())) as running:
        running.reports(1)
        usb.await_looks(1)
        monkeypatch.setattr(port_scanner, "LOOK_AGAIN", 1.0)
        usb.trouble = "no permission to read event0"
        usb.change()
        usb.await_looks(2)
    assert caplog.messages == [f"desk: {GONE}", "desk: no permission to read event0"]


def racing() -> Callable[[], float]:
    """A clock that is a second later each time that it is asked: what is due in a second is due at once."""
    seconds = itertools.count(AT)
    return lambda: float(next(seconds))


def test_device_that_opens_without_a_sign_is_noticed(usb: Usb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port_scanner, "LOOK_AGAIN", 1.0)
    usb.again = True
    with Running(scanner(usb, clock=racing())) as running:
        running.reports(1)
        usb.plug(told=False)
        assert running.reports(1) == [ScannerFound(NAME)]


def test_without_a_watch_it_looks_by_itself(usb: Usb, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_watch(folders: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(port_scanner, "FolderWatch", no_watch)
    with Running(scanner(usb, clock=racing())) as running:
        running.reports(1)
        usb.plug(told=False)
        assert running.reports(1) == [ScannerFound(NAME)]


def test_devices_are_closed_when_run_ends(usb: Usb) -> None:
    closed: list[str] = []
    reads, writes = os.pipe()
    os.write(writes, keys("\n"))
    usb.plug_port(Port("event0", reads, lambda: closed.append("event0")))
    with Running(scanner(usb)) as running:
        running.reports(1)
        running.scanner.close()
        running.wait()
    assert closed == ["event0"]
    os.close(reads)
    os.close(writes)
