"""How long the link waits, and how often it says why."""

from __future__ import annotations

import random

import pytest

from station.backoff import FIRST_WAIT, LONGEST_WAIT, Backoff


@pytest.fixture
def unshaken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the jitter."""
    monkeypatch.setattr(random, "uniform", lambda low, high: high)


@pytest.mark.usefixtures("unshaken")
def test_waits_double_up_to_the_longest() -> None:
    waits = Backoff(longest=3.0)
    assert [waits.failed("x") for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert (FIRST_WAIT, LONGEST_WAIT) == (0.5, 15.0)


def test_waits_are_not_the_same_for_all_stations() -> None:
    drawn = {Backoff().failed("x") for _ in range(50)}
    assert len(drawn) > 10 and min(drawn) >= 0.25 and max(drawn) <= 0.5


@pytest.mark.usefixtures("unshaken")
def test_waits_start_anew_after_a_connection_that_was_lost() -> None:
    waits = Backoff()
    assert [waits.failed("x"), waits.failed("x")] == [0.5, 1.0]
    waits.succeeded()
    assert [waits.failed("x"), waits.failed("x")] == [0.5, 1.0]


def test_cause_is_said_once_until_it_changes(caplog: pytest.LogCaptureFixture) -> None:
    waits = Backoff()
    for cause in ("a", "a", "b", "a", "a"):
        waits.failed(cause)
    waits.succeeded()
    waits.failed("a")
    warnings = [each.args for each in caplog.records if each.levelname == "WARNING"]
    assert warnings == [("a",), ("b",), ("a",), ("a",)]


@pytest.mark.usefixtures("unshaken")
def test_success_that_was_none_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    waits, waited = Backoff(), []
    for _ in range(4):
        waits.succeeded()
        waited.append(waits.failed("x", too_soon=True))
    assert waited == [0.5, 1.0, 2.0, 4.0]
    assert [each.getMessage().split(":")[0] for each in caplog.records] == [
        "the broker is there",
        "no broker",
        "the broker is there",
    ]
