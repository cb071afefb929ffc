"""When the link tries its broker again after connections that lasted, and after some that didn't."""

from __future__ import annotations

import random

import pytest

from station.reconnecting import LASTING, Reconnecting

ENDED = "the connection ended"


class Trying:
    """A link of `desk_1` with hands to turn its clock."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._reconnecting = Reconnecting("desk_1", monotonic=lambda: self._now)

    def connected(self, seconds: float, *, refused: bool = False) -> float:
        """The wait after a connection that held so long."""
        self._reconnecting.succeeded()
        self._now += seconds
        return self._reconnecting.failed(ENDED, refused=refused)

    def unreachable(self) -> float:
        return self._reconnecting.failed("out of reach", refused=False)


@pytest.fixture
def trying(monkeypatch: pytest.MonkeyPatch) -> Trying:
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    return Trying()


def hints(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if "another station" in each.getMessage()]


def test_waits_start_anew_after_a_connection_that_lasted(trying: Trying) -> None:
    assert [trying.unreachable(), trying.unreachable()] == [0.5, 1.0]
    assert [trying.connected(LASTING), trying.unreachable()] == [0.5, 1.0]


def test_waits_go_on_after_one_that_did_not(trying: Trying) -> None:
    assert [trying.connected(LASTING - 1) for _ in range(7)] == [0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]


def test_waits_go_on_after_a_broker_that_said_no_however_late(trying: Trying) -> None:
    assert [trying.connected(LASTING, refused=True) for _ in range(3)] == [0.5, 1.0, 2.0]


def test_the_third_in_a_row_that_did_not_last_asks_for_another_station_of_this_id(
    trying: Trying, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        trying.connected(1)
    assert hints(caplog) == []
    for _ in range(20):
        trying.connected(1)
    (hint,) = hints(caplog)
    assert ENDED in hint and "run as desk_1" in hint


@pytest.mark.parametrize("between", [{"seconds": LASTING}, {"seconds": 1, "refused": True}])
def test_those_with_another_between_them_are_not_in_a_row(
    trying: Trying, caplog: pytest.LogCaptureFixture, between: dict[str, float]
) -> None:
    for _ in range(5):
        trying.connected(1)
        trying.connected(1)
        trying.connected(**between)  # type: ignore[arg-type]
    assert hints(caplog) == []


def test_a_broker_that_was_out_of_reach_meanwhile_does_not_hide_it(
    trying: Trying, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        trying.connected(1)
        trying.unreachable()
    assert len(hints(caplog)) == 1
