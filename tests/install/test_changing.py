"""Which version runs after a change, and what is left of the other one."""

from __future__ import annotations

from pathlib import Path

import pytest

from installation import Refused, changing, places
from installation.installing import back, begin
from installation.layout import Layout
from installation.system import State
from tests.install.machines import FakeMachine, version


def unit(layout: Layout) -> str:
    return (layout.root / places.UNITS / "shelfpost.service").read_text()


def names(layout: Layout) -> set[str]:
    return {each.name for each in layout.versions.iterdir()}


def test_an_upgrade_runs_the_new_version_and_keeps_the_old_one(
    layout: Layout, machine: FakeMachine, old: Path
) -> None:
    new = version(layout, "1.1-2", unit="the new unit")
    changing.change(layout, machine, old, new)
    assert (layout.current(), layout.previous()) == (new, old)
    assert unit(layout) == "the new unit"
    assert machine.seen == ["stop", "settle", "start 1.1-2"]


def test_a_version_that_does_not_run_is_taken_back_with_its_units(
    layout: Layout, machine: FakeMachine, old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = version(layout, "1.1-2", unit="the new unit")
    machine.fails = {"1.1-2": "it did not reach ready: no lamp"}
    with pytest.raises(Refused, match=r"1\.1-2 was not kept\. 1\.0-1 runs again"):
        changing.change(layout, machine, old, new)
    assert layout.current() == old
    assert unit(layout) == "the old unit"
    assert names(layout) == {"1.0-1"}
    assert machine.seen == ["stop", "settle", "start 1.1-2", "stop", "settle", "start 1.0-1"]
    assert "no lamp" in capsys.readouterr().out


def test_a_failed_upgrade_keeps_the_version_before_too(
    layout: Layout, machine: FakeMachine, old: Path
) -> None:
    second = version(layout, "1.1-2")
    changing.change(layout, machine, old, second)
    machine.fails = {"1.2-3": "it died"}
    with pytest.raises(Refused):
        changing.change(layout, machine, second, version(layout, "1.2-3"))
    assert (layout.current(), layout.previous()) == (second, old)
    assert names(layout) == {"1.0-1", "1.1-2"}


def test_of_older_versions_one_is_kept(layout: Layout, machine: FakeMachine, old: Path) -> None:
    second, third = version(layout, "1.1-2"), version(layout, "1.2-3")
    changing.change(layout, machine, old, second)
    third = version(layout, "1.2-3")
    changing.change(layout, machine, second, third)
    assert (layout.current(), layout.previous()) == (third, second)
    assert names(layout) == {"1.1-2", "1.2-3"}


def test_someone_who_stops_the_upgrade_has_the_old_version(
    layout: Layout, machine: FakeMachine, old: Path
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    machine.does = {"1.1-2": interrupted}
    with pytest.raises(KeyboardInterrupt):
        changing.change(layout, machine, old, version(layout, "1.1-2"))
    assert layout.current() == old
    assert machine.seen[-1] == "start 1.0-1"


def test_where_neither_version_runs_that_is_said(layout: Layout, machine: FakeMachine, old: Path) -> None:
    machine.fails = {"1.1-2": "it died", "1.0-1": "the scanner's driver is gone"}
    with pytest.raises(Refused, match=r"1\.0-1 is in place again, but: the scanner's driver is gone"):
        changing.change(layout, machine, old, version(layout, "1.1-2"))
    assert layout.current() == old


def test_a_station_that_was_stopped_on_purpose_stays_so(layout: Layout, old: Path) -> None:
    machine = FakeMachine(layout, State.STOPPED)
    new = version(layout, "1.1-2")
    changing.change(layout, machine, old, new)
    assert layout.current() == new
    assert machine.seen == ["settle"]


def test_back_changes_to_the_version_before_and_back_again_to_the_newer(
    layout: Layout, machine: FakeMachine, old: Path
) -> None:
    new = version(layout, "1.1-2")
    changing.change(layout, machine, old, new)
    back(layout, machine, start=True)
    assert (layout.current(), layout.previous()) == (old, new)
    back(layout, machine, start=True)
    assert (layout.current(), layout.previous()) == (new, old)


def test_there_is_no_going_back_from_the_first_version(
    layout: Layout, machine: FakeMachine, old: Path
) -> None:
    with pytest.raises(Refused, match="no version to go back to"):
        back(layout, machine, start=True)


def test_a_half_built_version_of_a_killed_run_goes_with_the_next(
    layout: Layout, machine: FakeMachine, old: Path
) -> None:
    (layout.versions / "1.1-2").mkdir()
    assert layout.next("1.1").name == "1.1-3"
    changing.change(layout, machine, old, version(layout, "1.1-3"))
    assert names(layout) == {"1.0-1", "1.1-3"}


def test_a_version_gets_a_number_that_no_other_one_here_has(layout: Layout) -> None:
    assert layout.next("1.0").name == "1.0-1"
    for name in ("2.0-9", "2.0rc1-10", "notes"):
        (layout.versions / name).mkdir(parents=True)
    assert layout.next("1.0").name == "1.0-11"


@pytest.mark.parametrize(
    ("state", "start", "told"),
    [
        (State.RUNS, True, "Until it has a library, it is locked: the red lamp."),
        (State.STOPPED, False, "It starts with the machine."),
        (State.STOPPED, True, "It starts with the machine."),
    ],
    ids=["running", "not to be started", "no systemd that could start it"],
)
def test_the_first_version_says_whether_it_runs_by_now(
    layout: Layout, capsys: pytest.CaptureFixture[str], state: State, start: bool, told: str
) -> None:
    machine, new = FakeMachine(layout, state), version(layout, "1.0-1")
    begin(layout, machine, new, start)
    assert layout.current() == new
    assert capsys.readouterr().out.startswith(f"1.0-1 is installed. {told}\nNext: ")
    assert machine.seen == ["settle", "enable", *(["start 1.0-1"] if start else [])]


def test_a_first_version_that_does_not_run_says_so_last(
    layout: Layout, machine: FakeMachine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.fails = {"1.0-1": "no lamp"}
    with pytest.raises(Refused, match="the station does not run yet: no lamp"):
        begin(layout, machine, version(layout, "1.0-1"), True)
    assert capsys.readouterr().out.startswith("1.0-1 is installed.\nNext: ")
