"""The store's file: whole or not there, known again, brought up to date, or refused and left alone."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from station.model import Item
from station.store import Store, StoreError, schema
from station.store.schema import APPLICATION_ID, MIGRATIONS, TABLES
from tests.mosquitto import PATIENCE
from tests.stores import STATION, events, save, stock

PAGE = 4096


def opened(path: Path) -> Store:
    return Store.open(path, STATION)


def filled(path: Path, *items: str) -> None:
    with closing(opened(path)) as store:
        stock(store, readers=["RD-1"], items=items or ("BK-1",))


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def pragma(path: Path, name: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def set_pragma(path: Path, name: str, value: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA {name} = {value}")


def test_new_store_is_whole_and_alone_in_its_folder(store_file: Path) -> None:
    opened(store_file).close()
    assert names(store_file.parent) == ["station.db"]
    assert (pragma(store_file, "application_id"), pragma(store_file, "user_version")) == (
        APPLICATION_ID,
        len(MIGRATIONS),
    )
    with closing(sqlite3.connect(store_file)) as connection:
        found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    assert sorted(name for (name,) in found) == sorted(TABLES)


def test_what_was_kept_is_there_when_it_is_opened_again(store_file: Path) -> None:
    filled(store_file)
    with closing(opened(store_file)) as store:
        assert [each.id for each in store.shelf.all(Item)] == ["BK-1"]


def test_what_a_power_cut_left_of_a_new_file_is_no_obstacle(store_file: Path) -> None:
    store_file.parent.mkdir()
    for name in ("station.db.new", "station.db.new-journal"):
        store_file.with_name(name).write_bytes(b"half a store")
    filled(store_file)
    with closing(opened(store_file)) as store:
        assert store.shelf.item("BK-1") is not None


def test_store_that_cannot_be_made_whole_is_not_made(
    store_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "MIGRATIONS", (*MIGRATIONS, refuse))
    with pytest.raises(StoreError, match=r"cannot make the store .*: no room.*\[station\] data_dir"):
        opened(store_file)
    assert not store_file.exists()
    monkeypatch.undo()
    opened(store_file).close()


def test_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match=r"cannot make the store .* Give the station's user a folder"):
        opened(tmp_path / "data" / "station.db")


def refuse(_: sqlite3.Connection) -> None:
    raise sqlite3.OperationalError("no room")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def garbage(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 64)


def a_json_store(path: Path) -> None:
    path.write_text('{"items": {"1": {"id": "BK-1"}}}')


def another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")


def newer(path: Path) -> None:
    filled(path)
    set_pragma(path, "user_version", 99)


def without_a_table(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE events")


def scribbled(path: Path) -> None:
    """Every page but the first is overwritten."""
    filled(path)
    first = path.read_bytes()[:PAGE]
    path.write_bytes(first + b"\xa5" * (path.stat().st_size - PAGE))


DAMAGED = "is damaged: .* It is left as it is: keep a copy of it, and put the newest backup in its place"
FOREIGN = "is not a Shelfpost store. It is left as it is: move it away"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (empty, FOREIGN),
        (garbage, DAMAGED),
        (a_json_store, DAMAGED),
        (another_program, FOREIGN),
        (
            newer,
            rf"was written by a newer Shelfpost \(store version 99, this program knows {len(MIGRATIONS)}\)",
        ),
        (without_a_table, "is damaged: no table events"),
        (scribbled, DAMAGED),
    ],
)
def test_file_that_is_no_good_store_is_refused_and_left_alone(
    store_file: Path, spoil: Callable[[Path], None], said: str
) -> None:
    store_file.parent.mkdir()
    spoil(store_file)
    before = store_file.read_bytes()
    with pytest.raises(StoreError, match=said):
        opened(store_file)
    assert store_file.read_bytes() == before


@pytest.mark.parametrize("kept", [1, 50, 100, 512, PAGE - 1, PAGE, PAGE + 1, 5 * PAGE, -PAGE, -1])
def test_truncated_file_is_refused_and_left_alone(store_file: Path, kept: int) -> None:
    filled(store_file, *(f"BK-{number}" for number in range(50)))
    before = store_file.read_bytes()[:kept]
    store_file.write_bytes(before)
    with pytest.raises(StoreError, match=r"station\.db .* It is left as it is"):
        opened(store_file)
    assert store_file.read_bytes() == before


def test_folder_in_the_files_place_is_said(store_file: Path) -> None:
    store_file.mkdir(parents=True)
    with pytest.raises(StoreError, match="can't be used: unable to open"):
        opened(store_file)


def add_shelf_marks(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE shelfmarks (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID")
    connection.execute("UPDATE items SET body = json_set(body, '$.shelfmark', 'A 1')")


def test_older_file_is_brought_up_to_date_with_all_that_it_holds(
    store_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(store_file, "BK-1", "BK-2")
    monkeypatch.setattr(schema, "MIGRATIONS", (*MIGRATIONS, add_shelf_marks))
    with closing(opened(store_file)) as store:
        assert [(each.id, each.extra) for each in store.shelf.all(Item)] == [
            ("BK-1", {"shelfmark": "A 1"}),
            ("BK-2", {"shelfmark": "A 1"}),
        ]
        assert store.shelf.reader("RD-1") is not None
    assert pragma(store_file, "user_version") == len(MIGRATIONS) + 1
    monkeypatch.undo()
    with pytest.raises(StoreError, match="newer Shelfpost"):
        opened(store_file)


def test_migration_that_fails_changes_nothing(store_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(store_file)
    monkeypatch.setattr(schema, "MIGRATIONS", (*MIGRATIONS, add_shelf_marks, refuse))
    with pytest.raises(StoreError, match="can't be used: no room"):
        opened(store_file)
    monkeypatch.undo()
    with closing(opened(store_file)) as store:
        assert [each.extra for each in store.shelf.all(Item)] == [{}]


def at_once(number: int, act: Callable[[int], None]) -> None:
    """Let so many threads begin together; fails with what any of them raises."""
    start, failures = threading.Barrier(number), []

    def run(which: int) -> None:
        try:
            start.wait()
            act(which)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(each,)) for each in range(number)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []


@pytest.mark.parametrize("attempt", range(10))
def test_daemon_and_commands_that_start_together_make_one_store(store_file: Path, attempt: int) -> None:
    def add(which: int) -> None:
        with closing(opened(store_file)) as store:
            stock(store, items=[f"BK-{which}"])

    at_once(4, add)
    with closing(opened(store_file)) as store:
        assert [each.id for each in store.shelf.all(Item)] == ["BK-0", "BK-1", "BK-2", "BK-3"]
    assert names(store_file.parent) == ["station.db"]


def test_only_the_first_of_two_that_start_together_upgrades(
    store_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(store_file)
    both_have_looked = threading.Barrier(2)
    migrate = schema._migrate

    def after_both_have_looked(connection: sqlite3.Connection) -> None:
        both_have_looked.wait(PATIENCE)
        migrate(connection)

    monkeypatch.setattr(schema, "MIGRATIONS", (*MIGRATIONS, add_shelf_marks))
    monkeypatch.setattr(schema, "_migrate", after_both_have_looked)
    at_once(2, lambda _: opened(store_file).close())
    assert pragma(store_file, "user_version") == len(MIGRATIONS) + 1


def test_two_stores_have_epochs_and_secrets_of_their_own(tmp_path: Path) -> None:
    with closing(opened(tmp_path / "1.db")) as one, closing(opened(tmp_path / "2.db")) as other:
        assert one.journal.epoch != other.journal.epoch
        assert one.journal.secret() != other.journal.secret()


def test_store_keeps_its_epoch_and_its_secret(store_file: Path) -> None:
    with closing(opened(store_file)) as store:
        epoch, secret = store.journal.epoch, store.journal.secret()
    with closing(Store.open(store_file, STATION, epoch="another")) as store:
        assert (store.journal.epoch, store.journal.secret()) == (epoch, secret)


def test_damage_that_shows_later_is_said_too(store_file: Path) -> None:
    """The pages of a table may be bad while the file opens well."""
    with closing(opened(store_file)) as store:
        stock(store, items=[Item(id=f"BK-{n:04}", title="x" * 200) for n in range(200)])
    whole = store_file.read_bytes()
    middle = whole.index(b"BK-0100") // PAGE * PAGE
    store_file.write_bytes(whole[:middle] + b"\xa5" * PAGE + whole[middle + PAGE :])
    with closing(opened(store_file)) as store:
        assert events(store) == []
        with pytest.raises(StoreError, match=DAMAGED):
            store.shelf.all(Item)
        with pytest.raises(StoreError, match=DAMAGED):
            save(store, Item(id="BK-0100"))
