"""A test code, typed on a scanner that is set to one layout and configured for another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from station import wiring
from station.config import ConfigError, EvdevConfig, ScannerConfig
from station.doctor import listening as module
from station.doctor.findings import Finding
from station.doctor.layouts import Heard, judged
from station.doctor.listening import listener, listening
from station.drivers import Scanner
from station.drivers.layouts import LAYOUTS
from station.drivers.ports import Found, Port
from station.scan import TEST_TEXT
from tests.doctor.places import place, said
from tests.drivers.typing_rig import Running, report, typed


class Usb:
    """One device: a pipe that something is typed into, after the end of what was typed before."""

    def __init__(self, folder: Path) -> None:
        self.folders = (folder,)
        self._reads, self._writes = os.pipe()
        self.write(typed("\n", at=1.0))

    def look(self, taken: object) -> Found:
        return Found() if taken else Found([Port("event0", self._reads, lambda: None, stamped=True)])

    def write(self, keys: bytes) -> None:
        os.write(self._writes, keys)

    def close(self) -> None:
        os.close(self._reads)
        os.close(self._writes)


@pytest.fixture
def usb(tmp_path: Path) -> Iterator[Usb]:
    usb = Usb(tmp_path)
    yield usb
    usb.close()


def heard(usb: Usb, keys: bytes, configured: str = "us") -> Heard:
    import queue

    told: queue.SimpleQueue[Heard] = queue.SimpleQueue()
    config = EvdevConfig(name="desk", match="ACME", layout=configured, silence_ms=5_000)  # type: ignore[arg-type]
    usb.write(keys)
    with Running(listener(config, told.put, usb)):
        return told.get(timeout=20)


def found(usb: Usb, text: str, scanner: str = "us", configured: str = "us") -> list[Finding]:
    return judged(heard(usb, typed(text + "\n", scanner, at=1.0), configured))


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_scanner_that_is_set_as_configured_is_right(usb: Usb, layout: str) -> None:
    assert said(found(usb, TEST_TEXT, layout, layout)) == [
        ("ok", f"desk: all {len(TEST_TEXT)} characters of the test code came right")
    ]


@pytest.mark.parametrize(("scanner", "configured"), list(permutations(LAYOUTS, 2)))
def test_layout_that_explains_what_came_is_suggested(usb: Usb, scanner: str, configured: str) -> None:
    (finding,) = found(usb, TEST_TEXT, scanner, configured)
    assert finding.status == "wrong" and f'set layout = "{scanner}"' in finding.do


def test_characters_that_came_wrong_are_listed(usb: Usb) -> None:
    (finding,) = found(usb, TEST_TEXT, "us", "gb")
    assert finding.found == "desk: 2 of 83 characters came wrong: '#' as '£', '@' as '\"'"


def test_part_of_the_test_code_will_do(usb: Usb) -> None:
    part = TEST_TEXT.rpartition(" ")[2]
    assert said(found(usb, part))[0][0] == "ok"
    usb.write(b"")


def test_caps_lock_is_told_from_a_layout(usb: Usb) -> None:
    (finding,) = found(usb, TEST_TEXT.swapcase())
    assert finding.found == "desk: capital and small letters are exchanged"


def test_prefix_and_suffix_are_shown(usb: Usb) -> None:
    (finding,) = found(usb, f"A{TEST_TEXT}*9")
    assert finding.found == "desk: it adds 'A' and '*9' to each code"


def test_aim_identifier_is_no_prefix(usb: Usb) -> None:
    assert said(found(usb, f"]Q1{TEST_TEXT}"))[0][0] == "ok"


def test_characters_that_no_layout_explains_are_listed(usb: Usb) -> None:
    (finding,) = found(usb, TEST_TEXT.replace("-", "").replace("5", "6"))
    assert finding.found == "desk: 2 of 83 characters came wrong: '5' as '6', '-' not at all"
    assert "No layout known here explains it" in finding.do


def test_code_that_is_no_test_code_is_not_shown(usb: Usb) -> None:
    (finding,) = found(usb, "RD-10019999")
    assert (finding.status, finding.found) == ("skipped", "desk: this was no test code")
    assert "1001" not in str(finding)


def test_code_that_nothing_ends_is_a_warning(usb: Usb) -> None:
    import queue

    told: queue.SimpleQueue[Heard] = queue.SimpleQueue()
    config = EvdevConfig(name="desk", match="ACME", silence_ms=10)
    usb.write(typed(TEST_TEXT, at=1.0))
    with Running(listener(config, told.put, usb)):
        findings = judged(told.get(timeout=20))
    assert [each.status for each in findings] == ["ok", "warning"]
    assert "suffix" in findings[1].do


def test_keys_that_type_nothing_are_no_scan(usb: Usb) -> None:
    keys = report((1, 1), at=1.0) + report((1, 0), at=1.0)
    assert heard(usb, keys + typed("BK-1\n", at=1.0)).texts["us"] == "BK-1"


def test_scanners_are_asked_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(TEST_TEXT + "\n")
    (tmp_path / "b").write_text(TEST_TEXT.replace("/", "-") + "\n")
    text = "".join(f'[[scanner]]\ndriver = "lines"\nname = "{name}"\npath = "{name}"\n' for name in "ab")
    asked: list[str] = []
    assert said(listening(place(tmp_path, text), asked.append)) == [
        ("ok", "a: all 83 characters of the test code came right"),
        ("wrong", "b: 1 of 83 characters came wrong: '/' as '-'"),
    ]
    assert [each.rpartition(" with ")[2] for each in asked] == ["a …", "b …"]


def test_scanner_that_says_nothing_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    os.mkfifo(tmp_path / "pipe")
    here = place(tmp_path, '[[scanner]]\ndriver = "lines"\npath = "pipe"\n')
    assert said(listening(here, lambda _: None)) == [("wrong", "lines-1: nothing came within 0 s")]


def test_scanner_that_is_not_there_is_wrong(tmp_path: Path) -> None:
    here = place(tmp_path, '[[scanner]]\ndriver = "lines"\npath = "nowhere"\n')
    assert said(listening(here, lambda _: None)) == [
        ("wrong", f"lines-1: {tmp_path}/nowhere: No such file or directory")
    ]


def test_running_station_keeps_its_scanners(tmp_path: Path) -> None:
    here = place(tmp_path, '[[scanner]]\ndriver = "lines"\npath = "nowhere"\n', pid=7)
    assert said(listening(here, lambda _: None)) == [("skipped", "the running station has the scanners")]


def test_scanner_without_its_libraries_is_wrong_and_the_next_one_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(_: ScannerConfig) -> Scanner:
        raise ConfigError(["numpy is not installed"])

    monkeypatch.setattr(wiring, "scanner", without)
    asked: list[str] = []
    here = place(tmp_path, '[[scanner]]\ndriver = "camera"\n' * 2)
    assert said(listening(here, asked.append)) == [
        ("wrong", "camera-1: numpy is not installed"),
        ("wrong", "camera-2: numpy is not installed"),
    ]
    assert len(asked) == 2
