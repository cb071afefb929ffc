"""The hardware rig on its host: what is missing is told apart from what has failed, and counts are summed up.

QEMU is a script here, a real process that says what a guest would.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hardware import __main__ as rig
from tests.hardware import checks, image, needs
from tests.hardware.image import BuildFailed, Image
from tests.hardware.machine import Failed, Guest
from tests.hardware.needs import Missing
from tests.hardware.report import Figures, Result, closing

LONG = 60.0
"""Seconds that no script here takes."""

Qemu = Callable[[str], Guest]

INDEX = """Debian-Security https://deb.example.org/debian-security/
Some Vendor https://vendor.example.org/debian/
Debian https://deb.example.org/debian/
Debian https://other.example.org/debian/
"""


@pytest.fixture
def qemu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Qemu:
    """Makes a guest whose QEMU does what a script says."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    def made(script: str) -> Guest:
        program = tmp_path / "qemu-system-x86_64"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return Guest(Image(tmp_path, tmp_path, tmp_path), "lamps")

    return made


def said(guest: Guest, seconds: float = LONG) -> list[str]:
    with guest:
        return list(guest.lines(seconds))


def test_guest_says_its_lines_until_it_has_ended(qemu: Qemu) -> None:
    assert said(qemu("echo here; echo one; echo two")) == ["one", "two"]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'cannot set up guest memory' >&2; exit 1", "guest memory"),
        ("echo \"There is no option group 'virtfs'\" >&2; exit 1", "virtfs"),
        ("echo here; echo 'Bus error' >&2; exit 1", "Bus error"),
        ("echo half a word", "can't run"),
        ("echo here; echo one; kill -9 $$", "memory"),
        ("echo here; echo 'qemu: terminating on signal 15 from pid 1' >&2", "ended from outside"),
    ],
)
def test_qemu_that_cannot_run_the_guest_is_missing_and_no_failure(
    qemu: Qemu, script: str, words: str
) -> None:
    with pytest.raises(Missing, match=words):
        said(qemu(script))


def test_guest_that_never_comes_up_is_missing_and_no_failure(qemu: Qemu) -> None:
    with pytest.raises(Missing, match="not come up"):
        said(qemu("exec sleep 1000"), seconds=0.05)


def test_guest_that_came_up_and_is_not_done_in_time_has_failed(qemu: Qemu) -> None:
    with qemu("echo here; echo one; exec sleep 1000") as guest:
        assert next(guest.lines(LONG)) == "one"
        with pytest.raises(Failed, match="not done"):
            list(guest.lines(0.05))


def test_power_that_is_cut_is_nobodys_fault(qemu: Qemu) -> None:
    with qemu("echo here; echo one; printf two; exec sleep 1000") as guest:
        lines = guest.lines(LONG)
        assert next(lines) == "one"
        guest.cut()
        assert list(lines) == [], "a line that the cut has shortened says nothing"


def test_check_gives_the_figures_that_its_guest_has_made(qemu: Qemu, tmp_path: Path) -> None:
    qemu('echo here; echo note; echo \'passed: {"text": "all lit", "made": {"scans": 3}}\'')
    assert checks.in_guest("lamps", LONG)(Image(tmp_path, tmp_path, tmp_path), 0) == Figures(
        "all lit", {"scans": 3}
    )


def test_check_that_does_not_pass_has_failed_with_what_was_said(qemu: Qemu, tmp_path: Path) -> None:
    qemu("echo here; echo Traceback; echo failed: dark")
    with pytest.raises(Failed, match="Traceback\nfailed: dark"):
        checks.in_guest("lamps", LONG)(Image(tmp_path, tmp_path, tmp_path), 0)


def test_commands_that_are_missing_are_named_with_their_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        Missing, match=r"no qemu-system-x86_64.* apt-get install .*qemu-system-x86 mmdebstrap"
    ):
        needs.tools()


def test_debians_own_archive_is_found_among_others() -> None:
    assert needs.archive(INDEX) == "https://deb.example.org/debian"
    with pytest.raises(Missing, match="apt-get update"):
        needs.archive("Ubuntu https://archive.example.org/ubuntu/\n")


def test_package_that_could_not_be_had_is_missing_and_a_broken_build_has_failed() -> None:
    assert isinstance(image.verdict(image.UNREACHED), Missing)
    assert isinstance(image.verdict(1), BuildFailed)


def test_image_is_keyed_by_what_goes_into_it_alone() -> None:
    wanted = ["evdev>=1.7", "msgspec>=0.19", "lgpio>=0.2.2"]
    pinned = image.pinned(wanted, ["msgspec==0.22.0", "evdev==2.0.0", "ruff==0.17.6"])
    assert pinned == ["evdev==2.0.0", "lgpio>=0.2.2", "msgspec==0.22.0"]
    assert pinned == image.pinned(wanted, ["msgspec==0.22.0", "evdev==2.0.0", "ruff==0.18.0"])
    assert len({image.key(b"build", pinned), image.key(b"built", pinned), image.key(b"build", wanted)}) == 3


def test_closing_line_says_what_was_made_in_all() -> None:
    results = [
        Result("unplug", "passed", Figures("", {"scans": 1100, "unplugs": 100})),
        Result("power-cuts", "passed", Figures("", {"scans": 60, "cuts": 50})),
        Result("lamps", "FAILED", Figures("dark")),
        Result("grab", "skipped", Figures("there is no cpio")),
    ]
    assert closing(results) == (
        "hardware: 2 passed, 1 failed, 1 skipped; 1,160 scans, 100 unplugs, 50 cuts, 0 decodes"
    )


def test_machine_that_lacks_something_skips_each_check_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert rig.main(["lamps", "grab"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [each.partition(":")[0] for each in lines[:2]] == ["skipped  lamps", "skipped  grab"]
    assert lines[2].startswith("hardware: 0 passed, 0 failed, 2 skipped")
