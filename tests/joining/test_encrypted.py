"""Joining over TLS: the code names the broker's certificate, the sealed answer brings the authority."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from station.config import load
from station.joincode import read
from tests.certificates import certify
from tests.daemon.process import Process, configuration, shelve
from tests.joining.household import Household, found, fresh, wait_for_log
from tests.mosquitto import Mosquitto


@pytest.fixture
def encrypted(tmp_path: Path) -> Iterator[Household]:
    certify(tmp_path, "broker")
    listener = f"certfile {tmp_path}/broker.crt\nkeyfile {tmp_path}/broker.key"
    with (
        Mosquitto(tmp_path / "mosquitto", listener=listener) as broker,
        Process(tmp_path / "first") as first,
        Process(tmp_path / "fresh") as newcomer,
    ):
        broker.start()
        own = f'ca_file = "{tmp_path}/trusted.crt"\n'
        (tmp_path / "trusted.crt").write_bytes((tmp_path / "broker.crt").read_bytes())
        first.config.write_text(configuration(broker.port, "scans") + own)
        fresh(newcomer)
        shelve(first)
        found(first)
        first.start()
        first.wait_for("ready")
        yield Household(broker, first, newcomer)


def test_a_station_joins_over_tls_and_trusts_the_same_authority(encrypted: Household) -> None:
    newcomer, code = encrypted.newcomer, encrypted.invite()
    assert read(code).certificate is not None
    newcomer.start()
    newcomer.scan(code)
    newcomer.wait_for("ready")
    assert newcomer.answer("RD-1001") == "welcome"
    broker = load(newcomer.config).broker
    assert broker and broker.ca_file
    assert broker.ca_file.read_text() == (encrypted.first.folder.parent / "trusted.crt").read_text()


def test_a_broker_with_another_certificate_hears_nothing(encrypted: Household) -> None:
    newcomer, code = encrypted.newcomer, encrypted.invite()
    newcomer.start()
    assert newcomer.answer(encrypted.change(code, certificate=b"x" * 16)) == "pending"
    wait_for_log(newcomer, "shows another certificate than the join code names")
    assert "mosquitto" in encrypted.broker.log() and "join" not in encrypted.broker.log()


def test_an_untrusted_broker_makes_no_code(encrypted: Household) -> None:
    certify(encrypted.first.folder.parent, "stranger")
    folder = encrypted.first.folder.parent
    (folder / "trusted.crt").write_bytes((folder / "stranger.crt").read_bytes())
    made = encrypted.first.command("library", "invite", "--host", "127.0.0.1")
    assert (made.returncode, made.stdout) == (1, "")
    assert "doesn't show a certificate that can be trusted" in made.stderr
