"""A station that joined by a code is itself again on a new card; one that its file names stays as named."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from station.backup.identity import put_back
from station.config import load
from station.joining.settle import learn
from station.store import Store
from tests.backup.helpers import SECRET, back, backed_up, items, names
from tests.stores import STATION

PASSWORD = b"\xff not every password is text"
CERTIFICATE = "-----BEGIN CERTIFICATE-----"


@pytest.fixture
def joined(file: Path) -> Path:
    """A data folder that has what a join code brings."""
    data = file.parent
    (data / "broker-1.password").write_bytes(PASSWORD)
    (data / "broker-1.crt").write_text(CERTIFICATE)
    login = {"username": "stations", "password_file": "broker-1.password"}
    broker = {"host": "broker.school", "ca_file": "broker-1.crt", **login}
    learn(data, {"station": {"id": "desk_7", "library": "oak"}, "broker": broker})
    return data


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """The data folder of a new one."""
    data = tmp_path / "card" / "data"
    data.mkdir(parents=True)
    return data


def config(data: Path, named: str = "") -> Path:
    made = data.parent / "station.toml"
    made.write_text(f'[station]\n{named}data_dir = "{data}"\n')
    return made


@pytest.mark.parametrize("secret", [None, SECRET], ids=["plain", "encrypted"])
@pytest.mark.usefixtures("joined")
def test_a_new_card_is_the_station_that_the_backup_is_of(
    file: Path, folder: Path, card: Path, secret: bytes | None
) -> None:
    assert back(backed_up(file, folder, secret=secret), card / "station.db", secret=secret).is_known
    found = load(config(card))
    assert (found.station.id, found.station.library) == ("desk_7", "oak")
    assert found.broker and found.broker.password_file and found.broker.ca_file
    assert found.broker.ca_file.read_text() == CERTIFICATE
    assert found.broker.password_file.read_bytes() == PASSWORD
    assert found.broker.password_file.stat().st_mode & 0o777 == 0o600
    assert names(card) == ["broker-1.crt", "broker-1.password", "identity.toml", "run.lock", "station.db"]


@pytest.mark.usefixtures("joined")
def test_the_stations_own_file_goes_before_it(file: Path, folder: Path, card: Path) -> None:
    back(backed_up(file, folder), card / "station.db")
    assert load(config(card, named='id = "desk_2"\n')).station.id == "desk_2"


def test_a_station_that_has_joined_stays_who_it_is(joined: Path, file: Path, folder: Path) -> None:
    backup = backed_up(file, folder)
    learn(joined, {"station": {"id": "desk_8"}})
    assert not back(backup, file).is_known
    assert load(config(joined)).station.id == "desk_8"


@pytest.mark.usefixtures("joined")
def test_the_identity_is_in_no_store_that_lends(file: Path, folder: Path) -> None:
    back(backed_up(file, folder), file)
    with closing(Store.open(file, STATION)) as store:
        assert store.journal.identity() == {}
    assert len(items(file)) == 5


def test_a_file_elsewhere_that_the_identity_names_is_not_carried(
    joined: Path, file: Path, folder: Path, card: Path, tmp_path: Path
) -> None:
    (tmp_path / "ca.crt").write_text("the machine's")
    learn(joined, {"broker": {"host": "b", "ca_file": str(tmp_path / "ca.crt")}})
    back(backed_up(file, folder), card / "station.db")
    assert names(card) == ["identity.toml", "run.lock", "station.db"]


def test_a_name_in_a_backup_is_no_way_out_of_the_folder(card: Path) -> None:
    put_back(card, {"../outside": "", "identity.toml": ""})
    assert (names(card.parent), names(card)) == (["data"], ["identity.toml", "outside"])
