from __future__ import annotations

import grp
import os
from pathlib import Path

import pytest

from station.doctor.person import READ, WRITE, Person, group_of, me, station_user

OWN = Person("own", 1000, frozenset({2000}))
MATE = Person("mate", 1001, frozenset({2000, 3000}))
OTHER = Person("other", 1002, frozenset({3000}))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One that belongs to OWN and to MATE's group."""
    file = tmp_path / "device"
    file.touch()
    real = os.stat

    def stat(path: Path, **how: bool) -> os.stat_result:
        found = list(real(path, **how))
        return os.stat_result([*found[:4], 1000, 2000, *found[6:]])

    monkeypatch.setattr(Path, "stat", stat)
    return file


@pytest.mark.parametrize(
    ("mode", "reads"),
    [
        (0o600, [True, False, False]),
        (0o060, [False, True, False]),
        (0o006, [False, False, True]),
        (0o000, [False, False, False]),
    ],
)
def test_owner_group_and_others_may_what_the_mode_says(file: Path, mode: int, reads: list[bool]) -> None:
    file.chmod(mode)
    assert [each.may(file, READ | WRITE) for each in (OWN, MATE, OTHER)] == reads
    assert Person("root", 0, frozenset()).may(file, READ)


def test_one_right_is_not_the_other(file: Path) -> None:
    file.chmod(0o440)
    assert (MATE.may(file, READ), MATE.may(file, WRITE)) == (True, False)


def test_group_of_a_device_is_named_or_numbered(tmp_path: Path, file: Path) -> None:
    assert group_of(file) == "2000"
    assert MATE.join(file) == "sudo usermod -aG 2000 mate, and start the station again"


def test_group_has_its_name(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    assert group_of(tmp_path / "x") == grp.getgrgid(os.getegid()).gr_name


def test_station_runs_as_the_units_user_where_there_is_one() -> None:
    assert station_user("daemon").name == "daemon"
    assert station_user("nobody-has-this-name") == me()
