"""`station backup`, `restore` and `resend` at a terminal, beside a station that lends."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from station.backup.packed import head_of
from station.cli import station
from station.model import Item
from station.store import Store, StoreError
from station.store.copies import check
from station.wiring import STORE
from tests.consumer import Consumer
from tests.daemon.process import Process, kept, shelve, types
from tests.kill_points import KILLED, Killer
from tests.link.rig import states
from tests.mosquitto import Mosquitto
from tests.stores import EPOCH, STATION, save, stock

Run = Callable[..., Result]
SEED = int(os.environ.get("SHELFPOST_SEED", "0")) or random.randrange(2**32)


@pytest.fixture
def run(config: Path) -> Run:
    def call(*words: str) -> Result:
        return CliRunner().invoke(station, ["--config", str(config), *words])

    return call


@pytest.fixture
def oak(run: Run) -> Run:
    assert run("library", "create", "--name", "Oak").exit_code == 0
    assert run("item", "add", "BK-1", "BK-2").exit_code == 0
    return run


def said(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_backup_goes_into_the_stations_own_folder(oak: Run, tmp_path: Path) -> None:
    found = said(oak("backup", "--json"))
    path = Path(found.pop("file"))
    assert path.parent == tmp_path / "data" / "backups"
    assert found == {
        "bytes": path.stat().st_size,
        "encrypted": False,
        "items": 2,
        "readers": 0,
        "titles": 0,
        "events": 3,
        "pruned": [],
    }
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_before_there_is_a_library_there_is_nothing_to_back_up_and_the_nightly_unit_has_not_failed(
    run: Run, tmp_path: Path
) -> None:
    Store.open(tmp_path / "data" / STORE, STATION).close()
    told = run("backup")
    assert (told.exit_code, "no library yet" in told.stderr) == (66, True)
    unit = Path(__file__).parents[2] / "systemd/shelfpost-backup.service"
    assert "SuccessExitStatus=66" in unit.read_text().splitlines()


def test_a_backup_says_in_words_what_it_did(oak: Run, tmp_path: Path) -> None:
    (tmp_path / "passphrase").write_text("correct horse battery staple\n")
    first, counts = oak("backup", "--passphrase-file", str(tmp_path / "passphrase")).output.splitlines()
    assert counts == "items: 2, readers: 0, events: 3, encrypted"
    assert oak("backup", "--keep", "1").output.splitlines()[2:] == [f"removed the older {Path(first).name}"]


def test_a_folder_that_was_named_has_to_be_there(oak: Run, tmp_path: Path) -> None:
    """A drive that is not plugged in must not become a folder on the card."""
    assert "plug in its drive" in str(oak("backup", str(tmp_path / "drive")).exception)
    (tmp_path / "drive").mkdir()
    assert Path(said(oak("backup", str(tmp_path / "drive"), "--json"))["file"]).parent == tmp_path / "drive"


def test_an_encrypted_backup_comes_back_with_its_passphrase(oak: Run, tmp_path: Path) -> None:
    secret = ("--passphrase-file", str(tmp_path / "passphrase"))
    (tmp_path / "passphrase").write_text("correct horse battery staple\n")
    path = said(oak("backup", *secret, "--json"))["file"]
    assert "is encrypted" in str(oak("restore", path).exception)
    found = said(oak("restore", path, *secret, "--json"))
    assert (found["library"], found["station"], found["items"]) == ("oak", STATION, 2)
    assert Path(found["kept"]).exists()


def test_a_restore_says_in_words_what_it_did(oak: Run) -> None:
    path = said(oak("backup", "--json"))["file"]
    oak("item", "add", "BK-3")
    assert "--force" in str(oak("restore", path).exception)
    told = oak("restore", path, "--force").stdout.splitlines()
    assert [each.split(" ")[0] for each in told] == ["restored", "items:", "what"]
    assert [each["id"] for each in said(oak("item", "list", "--json"))] == ["BK-1", "BK-2"]


def test_a_restore_under_another_name_says_so(oak: Run, tmp_path: Path) -> None:
    path = said(oak("backup", "--json"))["file"]
    assert said(oak("restore", path, "--json"))["id"] == STATION
    config = tmp_path / "station.toml"
    config.write_text(config.read_text().replace(STATION, "desk_9"))
    told = oak("restore", path, "--force").stderr
    assert f"goes on as desk_9: to be {STATION}, it needs that id" in told


def asked(oak: Run, tmp_path: Path, *words: str) -> tuple[str, tuple[int, int] | None]:
    output = oak("resend", *words).output
    with closing(Store.open(tmp_path / "data" / STORE, STATION)) as store:
        return output, store.journal.asked_again()


def test_resend_marks_what_was_asked_for(oak: Run, tmp_path: Path) -> None:
    output, mark = asked(oak, tmp_path, "--from", "2")
    assert (output.split()[0], mark) == ("2", (2, 3))


@pytest.mark.parametrize(
    "words", [("--from", "2", "--to", "2"), ("--from", "4"), ("--from", "3", "--to", "2")]
)
def test_resend_takes_only_events_that_there_are(oak: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    output, mark = asked(oak, tmp_path, *words)
    assert (("there is nothing from" in output), mark) == (
        (words[1] != "2"),
        (2, 2) if words[1] == "2" else None,
    )


def test_resend_of_an_epoch_before_a_restore(oak: Run, tmp_path: Path) -> None:
    path = said(oak("backup", "--json"))["file"]
    with closing(Store.open(tmp_path / "data" / STORE, STATION)) as store:
        epoch = store.journal.epoch
    oak("restore", path)
    assert "its last event is 0" in asked(oak, tmp_path, "--from", "1")[0]
    assert "this station has no epoch 'x'" in asked(oak, tmp_path, "--from", "1", "--epoch", "x")[0]
    assert asked(oak, tmp_path, "--from", "3", "--epoch", epoch)[1] == (3, 3)


# Beside a station that runs


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Process]:
    with Process(tmp_path / "desk") as made:
        shelve(made)
        yield made


def backed_up(process: Process) -> str:
    done = process.command("backup", "--json")
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["file"])


def test_a_running_station_is_backed_up_and_lends_on(alone: Process) -> None:
    alone.start()
    alone.wait_for("ready")
    assert [alone.answer("RD-1001"), alone.answer("BK-1")] == ["welcome", "borrowed"]
    path = backed_up(alone)
    assert [alone.answer("BK-2"), alone.answer("CMD-DONE")] == ["borrowed", "goodbye"]
    refused = alone.command("restore", path, "--force")
    assert (refused.returncode, "the station is running" in refused.stderr) == (1, True)
    assert alone.stop() == 0
    assert alone.command("restore", path, "--force").returncode == 0
    with closing(alone.store()) as store:
        assert [each.id for each in store.shelf.items() if each.loan] == ["BK-1"]
    alone.start()
    alone.wait_for("ready")
    assert [alone.answer("RD-1001"), alone.answer("BK-2")] == ["welcome", "borrowed"]
    assert alone.stop() == 0
    log = kept(alone)
    assert types(log) == [*["station.started", "loan.borrowed"] * 2, "station.stopped"]
    assert [each["id"].partition("-")[2] for each in log] == ["1", "2", "1", "2", "3"]
    assert len({each["epoch"] for each in log}) == 2


def test_what_the_broker_has_newer_comes_back_after_a_restore(tmp_path: Path, broker: Mosquitto) -> None:
    """BK-1 was lent after the backup, and no station but this one knows: the broker does."""
    with Process(tmp_path / "desk", broker=broker.port) as desk, Consumer(broker.port, "#") as central:
        shelve(desk)
        path = backed_up(desk)
        desk.start()
        desk.wait_for("ready")
        assert [desk.answer("RD-1001"), desk.answer("BK-1")] == ["welcome", "borrowed"]
        assert desk.stop() == 0
        central.wait(lambda: lender(central, "BK-1") == "RD-1001")
        assert desk.command("restore", path, "--force").returncode == 0
        desk.start()
        desk.wait_for("ready")
        central.wait(lambda: len(starts(central)) == 2)
        assert desk.stop() == 0
        with closing(desk.store()) as store:
            found = store.shelf.item("BK-1")
            assert found and found.loan and found.loan.reader == "RD-1001"
            assert store.shelf.all(Item) and not store.shared.unsent(100)
        central.wait(lambda: states(central).count("disconnected") == 2)  # said after all else
        assert lender(central, "BK-1") == "RD-1001"


def lender(central: Consumer, item: str) -> str | None:
    """Who has the item, by what was last said of it."""
    told = central.said(f"shelfpost/oak/items/{item}")
    loan = told[-1]["loan"] if told else None
    return loan and str(loan["reader"])


def starts(central: Consumer) -> list[dict[str, Any]]:
    return [each for each in central.events() if each["type"] == "shelfpost.station.started.v1"]


def test_a_running_station_sends_again_what_resend_names(tmp_path: Path, broker: Mosquitto) -> None:
    with Process(tmp_path / "desk", broker=broker.port) as desk, Consumer(broker.port) as central:
        shelve(desk)
        desk.start()
        desk.wait_for("ready")
        assert [desk.answer(each) for each in ("RD-1001", "BK-1", "BK-2")] == [
            "welcome",
            "borrowed",
            "borrowed",
        ]
        central.wait_for_sequence(3)
        assert desk.command("resend", "--from", "2", "--to", "3").returncode == 0
        central.wait(lambda: len(central.all_events()) == 5)
        assert [each["id"] for each in central.all_events()] == [
            f"{EPOCH}-{each}" for each in (1, 2, 3, 2, 3)
        ]
        assert central.events() == kept(desk)


# Killed


BEFORE, AFTER = [f"BK-{each}" for each in range(300)], "BK-new"


@pytest.fixture
def stocked(tmp_path: Path) -> Iterator[Process]:
    with Process(tmp_path / "desk") as made:
        with closing(made.store()) as store:
            stock(store, items=BEFORE)
        yield made


def words(process: Process, *command: str) -> list[str]:
    return ["--config", str(process.config), *command]


def backups(process: Process) -> list[Path]:
    return sorted((process.folder / "data" / "backups").glob("shelfpost-*"))


def test_a_backup_that_is_killed_anywhere_leaves_whole_backups_only(stocked: Process) -> None:
    with Killer() as killer:
        for point in range(1, 1000):
            for each in backups(stocked)[1:]:
                each.unlink()
            ended = killer.run(*words(stocked, "backup", "--keep", "1"), point=point)
            assert {head_of(each).contents.counts["items"] for each in backups(stocked)} <= {300}
            if ended != KILLED:
                break
        assert (ended, point > 15, len(backups(stocked))) == (0, True, 1)
    assert check(stocked.folder / "data" / STORE).counts["items"] == 300


def held(process: Process) -> list[str]:
    """What the store holds as the kill has left it."""
    with closing(process.store()) as store:
        return [each.id for each in store.shelf.items()]


def put_in(process: Process, *items: str) -> None:
    with closing(process.store()) as store:
        save(store, *(Item(id=each) for each in items))


def old_or_new(process: Process) -> bool:
    """Whether the store is whole; if it is the restored one, it is made the old one again."""
    found = held(process)
    assert found in (sorted([*BEFORE, AFTER]), sorted(BEFORE))
    with closing(process.store()) as store:
        epochs = list(store.journal.epochs())
    is_new = AFTER not in found
    if is_new:
        assert len(epochs) > 1, "a restored store has a new epoch"
        put_in(process, AFTER)
    return is_new


def test_a_restore_that_is_killed_anywhere_leaves_the_old_store_or_the_new_one(stocked: Process) -> None:
    path, new = backed_up(stocked), 0
    put_in(stocked, AFTER)
    with Killer() as killer:
        for point in range(1, 1000):
            ended = killer.run(*words(stocked, "restore", path, "--force"), point=point)
            new += old_or_new(stocked)
            if ended != KILLED:
                break
        assert (ended, point > 15, new >= 1) == (0, True, True)


def test_a_restore_in_place_of_a_damaged_store_that_is_killed_leaves_one_of_them(stocked: Process) -> None:
    path, store = backed_up(stocked), stocked.folder / "data" / STORE
    damaged = b"damaged" + store.read_bytes()[7:]
    with Killer() as killer:
        for point in range(1, 1000):
            store.write_bytes(damaged)
            ended = killer.run(*words(stocked, "restore", path, "--force"), point=point)
            try:
                assert held(stocked) == sorted(BEFORE)
            except StoreError:
                assert store.read_bytes() == damaged
            if ended != KILLED:
                break
        assert (ended, point > 15, held(stocked)) == (0, True, sorted(BEFORE))


@pytest.mark.slow
def test_a_restore_that_is_killed_at_any_time_leaves_the_old_store_or_the_new_one(stocked: Process) -> None:
    rng = random.Random(SEED)
    path, ends = backed_up(stocked), []
    put_in(stocked, AFTER)
    with Killer() as killer:
        for _ in range(60):
            ends.append(
                killer.run(*words(stocked, "restore", path, "--force"), seconds=rng.uniform(0.01, 0.3))
            )
            old_or_new(stocked)
    assert set(ends) >= {0}, f"SHELFPOST_SEED={SEED}: none came to its end"
