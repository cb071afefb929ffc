from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from station.doctor.examination import examine, exit_code
from station.doctor.findings import Finding, Status, ok, skipped, warning, wrong
from station.doctor.place import Place
from tests.doctor.places import place


def test_findings_carry_the_name_of_their_check(tmp_path: Path) -> None:
    checks = {"disk": lambda _: [ok("there")], "clock": lambda _: [skipped("late")]}
    found = list(examine(place(tmp_path), checks))
    assert found == [
        Finding(Status.OK, "there", check="disk"),
        Finding(Status.SKIPPED, "late", check="clock"),
    ]


def test_check_that_fails_is_a_finding_and_stops_no_other(tmp_path: Path) -> None:
    def failing(_: Place) -> Iterator[Finding]:
        yield ok("the first half")
        raise KeyError("lamp")

    first, failed, last = examine(place(tmp_path), {"panel": failing, "disk": lambda _: [ok("there")]})
    assert (first.found, last.found) == ("the first half", "there")
    assert failed.status is Status.WRONG and failed.check == "panel"
    assert failed.found.startswith(f"this check failed: KeyError: 'lamp' ({__file__}:")


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ([], 0),
        ([ok("a"), skipped("b"), warning("c", "d")], 0),
        ([ok("a"), wrong("b", "c")], 1),
        ([Finding(Status.WARNING, "a", check="config")], 0),
        ([wrong("a", "b"), Finding(Status.WRONG, "a", check="config")], 78),
    ],
)
def test_exit_code(findings: list[Finding], code: int) -> None:
    assert exit_code(findings) == code
