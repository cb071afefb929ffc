"""Each file has its place, and none is left in it."""

from __future__ import annotations

from pathlib import Path

from installation import changing, places
from installation.installing import uninstall
from installation.layout import Layout
from installation.plan import CHECKOUT
from tests.install.machines import FakeMachine, version


def files(root: Path) -> set[str]:
    return {str(each.relative_to(root)) for each in root.rglob("*") if not each.is_dir()}


def test_every_file_of_systemd_has_its_place() -> None:
    here = {f"systemd/{each}" for each in files(CHECKOUT / "systemd")}
    assert here - set(places.PLACES) == set()


def test_a_version_brings_its_files_and_takes_them_with_it(
    layout: Layout, machine: FakeMachine, old: Path
) -> None:
    assert set(places.PLACES.values()) < files(layout.root)
    uninstall(layout, machine, purge=False)
    assert files(layout.root) == set()
    assert not (layout.root / "usr/local/lib/systemd").exists()
    assert (layout.root / "etc/polkit-1/rules.d").is_dir() and (layout.root / "usr/local/bin").is_dir()
    assert machine.seen == ["disable", "forget False"]


def test_a_file_that_only_the_other_version_has_goes_with_it(
    layout: Layout, machine: FakeMachine, old: Path
) -> None:
    new = version(layout, "1.1-2")
    added = "usr/local/lib/systemd/system/added.service"
    (new / "system" / added).write_text("an added unit")
    changing.activate(layout, machine, new, old)
    assert (layout.root / added).exists()
    changing.activate(layout, machine, old, new)
    assert not (layout.root / added).exists()


def test_what_others_have_put_there_stays(layout: Layout, machine: FakeMachine, old: Path) -> None:
    others = [layout.root / places.UNITS / "other.service", layout.home / "source/Makefile"]
    for each in others:
        each.parent.mkdir(exist_ok=True)
        each.write_text("not the version's")
    uninstall(layout, machine, purge=True)
    assert files(layout.root) == {str(each.relative_to(layout.root)) for each in others}


def test_taking_the_station_off_keeps_what_it_knows_unless_that_is_to_go(
    layout: Layout, machine: FakeMachine, old: Path
) -> None:
    layout.data.mkdir(parents=True)
    layout.store.write_text("loans")
    (layout.config / "station.toml").write_text("settings")
    uninstall(layout, machine, purge=False)
    assert files(layout.root) == {"etc/shelfpost/station.toml", "var/lib/shelfpost/station.db"}
    uninstall(layout, machine, purge=True)
    assert files(layout.root) == set()
    assert machine.seen[-1] == "forget True"
