"""What a station says of its own health, and when it takes returns only."""

from __future__ import annotations

from pathlib import Path

import pytest

from station import __version__, health
from station.degrade import Degradation
from station.events import Borrowed, ItemAdded
from station.health import Health
from station.model import Policy
from station.store import Store
from tests.stores import LIBRARY, SetClock, stock


@pytest.fixture
def thermometer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "temp"
    monkeypatch.setattr(health, "TEMPERATURE", file)
    return file


def test_health_is_what_the_contract_says(tmp_path: Path, clock: SetClock, thermometer: Path) -> None:
    thermometer.write_text("48312\n")
    report = Health(tmp_path, clock)
    report.scanners["desk"] = True
    clock.step(61.4)
    said = report.report()
    assert said.pop("disk_free") > 0
    assert said == {
        "version": __version__,
        "uptime": 61,
        "temperature": 48.312,
        "clock": {"trusted": True, "boot": "boot-1"},
        "scanners": {"desk": True},
    }


@pytest.mark.parametrize("text", [None, "", "warm"])
def test_machine_without_a_thermometer_has_no_temperature(
    tmp_path: Path, clock: SetClock, thermometer: Path, text: str | None
) -> None:
    if text is not None:
        thermometer.write_text(text)
    assert Health(tmp_path, clock).report()["temperature"] is None


def record(store: Store, *kinds: str) -> None:
    lent = Borrowed(item="BK-1", reader="RD-1", due="2026-12-08")
    facts = [lent if each == "loan" else ItemAdded(item=each) for each in kinds]
    with store.transaction():
        store.journal.write(facts, 0, LIBRARY, SetClock().now())


def test_station_that_was_never_cut_off_is_not_degraded(store: Store, clock: SetClock) -> None:
    stock(store, policy=Policy(degrade_after_hours=1, degrade_after_loans=1))
    record(store, "loan")
    assert not Degradation(store, since=None).is_degraded(clock.step(1_000_000))


def test_station_is_degraded_after_the_hours_that_the_policy_says(store: Store, clock: SetClock) -> None:
    stock(store, policy=Policy(degrade_after_hours=2))
    cut_off = Degradation(store, since=None)
    cut_off.link_down(clock.now().mono)
    cut_off.link_down(clock.step(3600).mono)
    told = [cut_off.is_degraded(clock.step(3599)), cut_off.is_degraded(clock.step(1))]
    cut_off.link_up()
    assert [*told, cut_off.is_degraded(clock.now()), cut_off.is_cut_off] == [False, True, False, False]


def test_station_is_degraded_after_so_many_unsent_loans(store: Store, clock: SetClock) -> None:
    stock(store, policy=Policy(degrade_after_loans=2))
    record(store, "loan", "loan", "loan", *(f"BK-{each}" for each in range(200)))
    with store.transaction():
        store.journal.reach("sent", 2)
    cut_off = Degradation(store, since=0.0)
    assert not cut_off.is_degraded(clock.now())
    record(store, "loan")
    assert cut_off.is_degraded(clock.now())


def test_station_is_never_degraded_where_the_policy_sets_no_limit(store: Store, clock: SetClock) -> None:
    stock(store)
    record(store, *["loan"] * 60)
    assert not Degradation(store, since=0.0).is_degraded(clock.step(10_000_000))
