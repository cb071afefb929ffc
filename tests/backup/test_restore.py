"""What is restored goes on without a collision with its past, and loses nothing of what it replaces."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from station.backup import BackupError
from station.backup.restore import restore
from station.events import ItemFound
from station.life import started
from station.model import Item
from station.outbox import Outbox
from station.store import Store
from station.store.copies import check
from tests.backup.helpers import NOW, back, backed_up, change, items, later, names, record, rows
from tests.stores import EPOCH, LIBRARY, STATION, events, save


def test_a_restored_store_goes_on_with_a_new_epoch_after_the_old_head(backup: Path, file: Path) -> None:
    done = back(backup, file)
    with closing(Store.open(file, STATION)) as store:
        record(store, 1)
        assert [each["id"] for each in events(store)] == [
            *(f"{EPOCH}-{each}" for each in (1, 2, 3, 4)),
            f"{done.epoch}-1",
        ]
        assert list(store.journal.epochs()) == [EPOCH, done.epoch]
        assert (store.journal.head, store.journal.last_sequence) == (5, 1)


def test_what_the_backup_had_not_sent_goes_out_under_its_old_ids(backup: Path, file: Path) -> None:
    epoch = back(backup, file).epoch
    with closing(Store.open(file, STATION)) as store:
        record(store, 1)
        outbox = Outbox(store)
        outbox.connected()
        assert [each.event["id"] for each in outbox.take(NOW)] == [f"{EPOCH}-3", f"{EPOCH}-4", f"{epoch}-1"]


def test_events_after_the_backup_and_after_the_restore_never_have_the_same_id(
    backup: Path, file: Path
) -> None:
    with closing(Store.open(file, STATION)) as store:
        record(store, 3)
        lost = {each["id"] for each in events(store)[4:]}
    back(backup, file, force=True)
    back(backup, file, force=True)
    with closing(Store.open(file, STATION)) as store:
        record(store, 3)
        assert not lost & {each["id"] for each in events(store)}


def test_a_stamp_of_the_replaced_store_never_comes_again(backup: Path, file: Path) -> None:
    """Though the clock stands still: else two changes would count as one at every other station."""
    change(file, "BK-9", now=later(120))
    back(backup, file, force=True)
    change(file, "BK-10", now=NOW)
    with closing(Store.open(file, STATION)) as store:
        found = store.shelf.item("BK-10")
    assert found and found.stamp == "1795510920000-0002-desk_1"


def test_documents_are_marked_as_they_were(file: Path, folder: Path) -> None:
    """A document that the broker had is not published again: the broker's may be newer."""
    with closing(Store.open(file, STATION)) as store:
        for kind, key in store.shared.unsent(100):
            store.shared.mark_sent(kind, key)
        save(store, Item(id="BK-1"))
    back(backed_up(file, folder), file)
    with closing(Store.open(file, STATION)) as store:
        assert store.shared.unsent(100) == [("items", "BK-1")]


def test_a_newer_store_is_not_replaced_unless_told_to(backup: Path, file: Path) -> None:
    change(file, "BK-9")
    before = rows(file)
    with pytest.raises(BackupError, match=r"has changes that the backup lacks.*--force"):
        back(backup, file)
    assert rows(file) == before
    back(backup, file, force=True)
    assert items(file) == [f"BK-{each}" for each in range(5)]


def test_the_stores_own_events_make_it_newer(backup: Path, file: Path) -> None:
    with closing(Store.open(file, STATION)) as store:
        record(store, 1)
    with pytest.raises(BackupError, match="has changes"):
        back(backup, file)


def test_another_store_is_not_replaced_unless_told_to(backup: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "station.db"
    with closing(Store.open(other, STATION, epoch="another")) as store:
        record(store, 1)
    with pytest.raises(BackupError, match="has changes"):
        back(backup, other)


@pytest.mark.parametrize("before", ["nothing", "an empty store", "a store of before the backup"])
def test_a_store_that_lacks_nothing_of_the_backup_needs_no_force(
    backup: Path, file: Path, tmp_path: Path, before: str
) -> None:
    place = tmp_path / "new" / "data" / "station.db"
    if before == "an empty store":
        Store.open(place, "desk_9").close()
    if before == "a store of before the backup":
        place.parent.mkdir(parents=True)
        shutil.copy(file, place)
        change(file, "BK-9")
        backup = backed_up(file, backup.parent)
    done = back(backup, place)
    assert items(place) == items(file)
    assert (done.kept is None) == (before == "nothing")


def test_the_replaced_store_is_kept_whole(backup: Path, file: Path) -> None:
    change(file, "BK-9")
    before = rows(file)
    kept = [back(backup, file, force=True).kept, back(backup, file, force=True).kept]
    assert kept[0] and rows(kept[0]) == before
    assert kept[1] and kept[0] != kept[1] and check(kept[1]).counts["items"] == 5


def test_what_is_still_in_the_wal_is_kept_too(backup: Path, file: Path) -> None:
    with closing(Store.open(file, STATION)) as store:
        save(store, Item(id="BK-9"))
        kept = back(backup, file, force=True).kept
        assert [each.id for each in store.shelf.items()] == [f"BK-{each}" for each in range(5)]
        save(store, Item(id="BK-10"))
    assert kept and items(kept) == [*(f"BK-{each}" for each in range(5)), "BK-9"]
    assert check(file).counts["items"] == 6


def test_a_restored_station_may_have_another_name(backup: Path, tmp_path: Path) -> None:
    place = tmp_path / "new" / "station.db"
    back(backup, place, station="desk_2")
    with closing(Store.open(place, "desk_2")) as store:
        with store.transaction():
            store.journal.write([ItemFound(item="BK-1")], 0, LIBRARY, NOW)
        sources = [each["source"] for each in events(store)]
        save(store, Item(id="BK-1"))
        found = store.shelf.item("BK-1")
    assert sources[-2:] == ["/libraries/oak/stations/desk_1", "/libraries/oak/stations/desk_2"]
    assert found and found.stamp.endswith("-desk_2")


def test_a_backup_of_another_library_than_the_configured_one_is_refused(backup: Path, file: Path) -> None:
    with pytest.raises(BackupError, match="of the library oak, but this station's configuration names elm"):
        restore(backup, file, STATION, NOW, library="elm", force=True)


@pytest.mark.parametrize("kind", ["damaged", "somebody else's", "cut off"])
def test_a_store_that_cannot_be_read_is_kept_as_it_is(backup: Path, file: Path, kind: str) -> None:
    if kind == "somebody else's":
        file.unlink()
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("CREATE TABLE theirs (x)")
    else:
        whole = file.read_bytes()
        file.write_bytes(whole[:-100] if kind == "cut off" else b"damaged" + whole[7:])
    before = file.read_bytes()
    with pytest.raises(BackupError, match="can't be compared"):
        back(backup, file)
    assert file.read_bytes() == before
    kept = back(backup, file, force=True).kept
    assert kept and kept.read_bytes() == before
    assert items(file) == [f"BK-{each}" for each in range(5)]


def test_a_wal_without_its_store_is_not_read_into_the_restored_one(
    backup: Path, file: Path, tmp_path: Path
) -> None:
    place = tmp_path / "new" / "station.db"
    with closing(Store.open(file, STATION)) as store:
        save(store, Item(id="BK-9"))
        place.parent.mkdir()
        shutil.copy(file.with_name("station.db-wal"), place.with_name("station.db-wal"))
    kept = back(backup, place).kept
    assert kept and names(place.parent) == ["run.lock", "station.db", kept.name + "-wal"]
    assert items(place) == [f"BK-{each}" for each in range(5)]


def test_a_running_station_is_not_restored(backup: Path, file: Path) -> None:
    before = rows(file)
    with (file.parent / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BackupError, match="the station is running"):
            back(backup, file, force=True)
    assert rows(file) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_restores_is_the_stations(backup: Path, tmp_path: Path) -> None:
    place = tmp_path / "new" / "station.db"
    place.parent.mkdir()
    os.chown(place.parent, 12345, 12346)
    back(backup, place)
    back(backup, place, force=True)
    owners = {(each.stat().st_uid, each.stat().st_gid) for each in place.parent.iterdir()}
    assert (len(names(place.parent)), owners) == (3, {(12345, 12346)})


def test_a_station_whose_backup_was_made_while_it_ran_was_not_cut_off(backup: Path, file: Path) -> None:
    with closing(Store.open(file, STATION)) as store, store.transaction():
        store.journal.live("running")
    back(backup, file, force=True)
    with closing(Store.open(file, STATION)) as store:
        store.decide(lambda shelf: started(shelf, store.journal, NOW), NOW)
        assert events(store)[-1]["data"]["reason"] == "after_restore"


def test_a_backup_that_is_brought_back_on_another_computer_has_one_new_epoch(
    file: Path, folder: Path
) -> None:
    with closing(Store.open(file, STATION)) as store:
        store.decide(lambda shelf: started(shelf, store.journal, NOW, "first"), NOW)
    done = back(backed_up(file, folder), file)
    with closing(Store.open(file, STATION)) as store:
        store.decide(lambda shelf: started(shelf, store.journal, NOW, "second"), NOW)
        assert list(store.journal.epochs()) == [EPOCH, done.epoch]
