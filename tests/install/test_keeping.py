"""The store across a change of version: real stores, real backups, real restores."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from installation import Refused, changing
from installation.layout import Layout
from installation.system import State
from station.store import Store
from tests.install.machines import FakeMachine, version
from tests.stores import STATION, stock


@pytest.fixture
def store(layout: Layout) -> Path:
    layout.data.mkdir(parents=True)
    with closing(Store.open(layout.store, STATION)) as made:
        stock(made, readers=["RD-1"], items=["BK-1"])
    return layout.store


def newer(store: Path) -> None:
    """What a version with another form of store does first."""
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("PRAGMA user_version = 99")


def lend(store: Path) -> None:
    body = '{"type": "shelfpost.loan.borrowed.v1"}'
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("INSERT INTO events VALUES ('9', ?)", [body])


def epoch(store: Path) -> str:
    with closing(Store.open(store, STATION)) as opened:
        return opened.journal.epoch


def fails(layout: Layout, machine: FakeMachine, old: Path, *changes: Callable[[Path], None]) -> None:
    """Change to a version that does so to the store, and dies."""

    def start() -> None:
        for each in changes:
            each(layout.store)

    machine.fails, machine.does = {"1.1-2": "it died"}, {"1.1-2": start}
    changing.change(layout, machine, old, version(layout, "1.1-2"))


def test_a_store_in_its_old_form_is_not_touched(
    layout: Layout, machine: FakeMachine, old: Path, store: Path
) -> None:
    before = epoch(store)
    with pytest.raises(Refused, match="runs again"):
        fails(layout, machine, old, lend)
    assert epoch(store) == before
    assert list((layout.data / "backups").glob("*.backup"))


def test_a_store_in_a_newer_form_is_restored_under_a_new_epoch(
    layout: Layout, machine: FakeMachine, old: Path, store: Path
) -> None:
    before = epoch(store)
    with pytest.raises(Refused, match="runs again"):
        fails(layout, machine, old, newer)
    assert epoch(store) != before
    with closing(Store.open(store, STATION)) as opened:
        assert opened.shelf.item("BK-1")
    assert list(layout.data.glob("station.db.replaced-*")), "the newer one is kept beside it"


def test_a_loan_in_a_newer_store_is_not_given_up_by_itself(
    layout: Layout, machine: FakeMachine, old: Path, store: Path
) -> None:
    with pytest.raises(Refused, match="no loan is lost") as refused:
        fails(layout, machine, old, newer, lend)
    assert layout.current() == old
    assert machine.seen[-1] == "settle", "the old version is not started on a store that it can't read"
    (backup,) = (layout.data / "backups").glob("*.backup")
    assert f"sudo station restore --force {backup}" in str(refused.value)
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (99,)


def test_a_store_without_a_library_is_set_aside_in_its_newer_form(
    layout: Layout, machine: FakeMachine, old: Path
) -> None:
    layout.data.mkdir(parents=True)
    Store.open(layout.store, STATION).close()
    with pytest.raises(Refused, match="runs again"):
        fails(layout, machine, old, newer)
    assert not layout.store.exists()
    assert layout.store.with_name("station.db.newer").exists()


def test_without_a_backup_nothing_is_tried(
    layout: Layout, machine: FakeMachine, old: Path, store: Path
) -> None:
    (layout.data / "backups").write_text("no folder")
    with pytest.raises(Refused, match=r"no backup .* Nothing was changed, and 1\.0-1 runs again"):
        fails(layout, machine, old)
    assert layout.current() == old
    assert machine.seen == ["stop", "start 1.0-1"]
    assert {each.name for each in layout.versions.iterdir()} == {"1.0-1"}


def test_a_version_that_does_not_run_can_be_replaced_without_a_backup(
    layout: Layout, old: Path, store: Path
) -> None:
    store.write_text("this was a store once" * 1000)
    new = version(layout, "1.1-2")
    changing.change(layout, FakeMachine(layout, State.FAILS), old, new)
    assert layout.current() == new
