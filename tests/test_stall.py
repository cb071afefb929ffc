"""A desk that is held up is noticed, by a thread that otherwise sleeps."""

from __future__ import annotations

import queue
from collections.abc import Iterator

import pytest

from station.stall import Stall
from tests.mosquitto import PATIENCE

SECONDS = 0.02


@pytest.fixture
def said() -> queue.Queue[float]:
    return queue.Queue()


@pytest.fixture
def stall(said: queue.Queue[float]) -> Iterator[Stall]:
    made = Stall(said.put, SECONDS)
    made.start()
    yield made
    made.close()


def test_what_goes_on_is_said_each_time_that_the_wait_is_over(stall: Stall, said: queue.Queue[float]) -> None:
    with stall:
        waits = [said.get(timeout=PATIENCE) for _ in range(3)]
    assert waits == pytest.approx([SECONDS, 2 * SECONDS, 3 * SECONDS])


def test_next_thing_that_goes_on_is_counted_from_its_own_beginning(
    stall: Stall, said: queue.Queue[float]
) -> None:
    for _ in range(2):
        with stall:
            while said.get(timeout=PATIENCE) != SECONDS:
                pass


def test_desk_that_fails_is_not_held_up(stall: Stall, said: queue.Queue[float]) -> None:
    with pytest.raises(ZeroDivisionError), stall:
        raise ZeroDivisionError
    with stall:
        assert said.get(timeout=PATIENCE) == SECONDS


def test_nothing_is_said_while_the_desk_does_nothing_or_one_thing_after_the_other() -> None:
    said: queue.Queue[float] = queue.Queue()
    made = Stall(said.put, seconds=3600)
    made.start()
    for _ in range(10_000):
        with made:
            pass
    made.close()
    assert said.empty()
