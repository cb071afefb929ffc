"""A library's station and a fresh one, as processes, with a broker that knows who may do what."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.process import Process, configuration, shelve
from tests.joining.household import PASSWORDS, Household, found, fresh
from tests.mosquitto import Mosquitto
from tests.mosquitto import found as program

ACL = Path(__file__).parents[2] / "config" / "mosquitto" / "shelfpost.acl"


@pytest.fixture(scope="session")
def passwords(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("passwords") / "passwords"
    file.touch(mode=0o600)
    for name, password in PASSWORDS.items():
        subprocess.run(
            [program("mosquitto_passwd"), "-b", file, name, password], check=True, capture_output=True
        )
    return file


@pytest.fixture
def strict(tmp_path: Path, passwords: Path) -> Iterator[Mosquitto]:
    """The access list as it is shipped, with the block for a station's own login switched on.

    Central may hear all, to see what is there to be heard.
    """
    shipped = ACL.read_text().replace("\n#user", "\nuser").replace("\n#topic", "\ntopic")
    (tmp_path / "acl").write_text(shipped + "\nuser central\ntopic readwrite #\n")
    settings = f"allow_anonymous false\npassword_file {passwords}\nacl_file {tmp_path / 'acl'}"
    with Mosquitto(tmp_path / "mosquitto", settings=settings) as running:
        running.start()
        yield running


@pytest.fixture
def household(tmp_path: Path, strict: Mosquitto) -> Iterator[Household]:
    """The library's station is running; the fresh one is not."""
    with Process(tmp_path / "first") as first, Process(tmp_path / "fresh") as newcomer:
        made = Household(strict, first, newcomer)
        first.config.write_text(configuration(strict.port, "scans") + made.logins(tmp_path))
        fresh(newcomer)
        shelve(first)
        found(first)
        first.start()
        first.wait_for("ready")
        yield made
