"""The power goes while a station joins: whenever it was, the next try ends in one join, whole."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from msgspec import structs

from station.config import load
from station.drivers.clock import SystemClock
from station.joincode import read
from station.joining.invitations import invite
from tests.consumer import publish
from tests.daemon.process import Process
from tests.joining.household import PASSWORDS, Household, fresh, name_of, secret_at, store_of
from tests.joining.test_host import TOPICS, Newcomer
from tests.kill_points import KILLED, Killer
from tests.mosquitto import HOST


@pytest.mark.slow
def test_a_join_that_is_killed_anywhere_is_finished_by_the_next_try(
    household: Household, tmp_path: Path
) -> None:
    """Each join is killed before another thing that it does to a file."""
    ended, point = KILLED, 0
    with Killer() as killer:
        while ended == KILLED:
            point += 1
            code = another(household)
            with Process(tmp_path / f"fresh-{point}") as newcomer:
                fresh(newcomer)
                words = ("--config", str(newcomer.config), "library", "join", code)
                ended = killer.run(*words, point=point, under=str(newcomer.folder / "data"))
                assert ended in (KILLED, 0)
                assert killer.run(*words) == 0
                is_whole(household, newcomer, code)
    assert point > 10


def another(household: Household) -> str:
    with closing(store_of(household.first)) as store:
        return invite(store, load(household.first.config), SystemClock().now(), host=HOST).text


def is_whole(household: Household, newcomer: Process, code: str) -> None:
    config = load(newcomer.config)
    with closing(store_of(household.first)) as store:
        kept = store.invites.get(read(code).invitation)
    assert kept and kept.given == name_of(newcomer)
    assert secret_at(newcomer) == secret_at(household.first)
    assert config.broker and config.broker.password_file
    assert config.broker.password_file.read_text() == "st secret"
    assert not (config.station.data_dir / "joining.json").exists()


def test_an_inviting_station_that_is_killed_gives_the_same_answer_again(household: Household) -> None:
    """Between the spent mark on its disk and the answer, and after both."""
    code = read(household.invite())
    newcomer = Newcomer(code)
    asking, answer = TOPICS.join(code.invitation), TOPICS.join_answer(code.invitation)
    with household.central(answer) as central:

        def ask(times: int) -> None:
            publish(household.broker.port, asking, newcomer.request, login=("join", PASSWORDS["join"]))
            central.wait(lambda: len(central.said(answer)) == times)

        listening(household)
        ask(1)
        household.first.kill()
        household.first.start()
        household.first.wait_for("ready")
        listening(household)
        ask(2)
    first, second = central.said(answer)
    assert first == second
    assert newcomer.opens(newcomer.told(central.heard[0].payload.encode())).station == "shelf"


def listening(household: Household) -> None:
    """Until the inviting station answers on this invitation's topic, it answers one that was changed."""
    code = read(household.invite())
    stranger = Newcomer(structs.replace(code, secret=b"x" * 16))
    asking, answer = TOPICS.join(code.invitation), TOPICS.join_answer(code.invitation)
    with household.central(answer) as central:
        while not central.heard:
            publish(household.broker.port, asking, stranger.request, login=("join", PASSWORDS["join"]))
