"""The simulator as somebody uses it. The clock stands still, and the lamps with it, until a test steps it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec import structs

from station import pins
from station.config import BrokerConfig
from station.lights import Lights
from station.model import Policy, Reader
from station.service import only_one
from station.simulate import library
from station.simulate.rig import Plan, unsent_events
from station.store import StoreError
from station.wiring import open_store
from tests.mosquitto import HOST, free_port
from tests.simulate.screen import Screen, Watched, play
from tests.stores import SetClock, save


def test_card_and_book_light_green_and_the_event_arrives(plan: Plan, clock: SetClock) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.scan("f5")
        await screen.scan("alt+a")
        assert screen.lamps.said == ("borrowed", "红楼梦 is yours until 2026-12-08.")
        assert screen.lamps.lights == Lights(green=True, buzzer="G6")
        await screen.until(lambda: len(screen.events.lines) == 2 and screen.events.unsent == 0)
        assert screen.scanned() == [("RD-1001", "welcome"), ("BK-1001", "borrowed")]
        assert [(seq, kind) for seq, kind, _ in reversed(screen.events.lines)] == [
            (1, "station.started"),
            (2, "loan.borrowed"),
        ]

    play(plan, clock, scenario)


def test_events_wait_on_disk_while_the_broker_is_away(plan: Plan, clock: SetClock) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.until(lambda: len(screen.events.lines) == 1 and screen.events.unsent == 0)
        clock.step(10)
        await screen.press("f4")
        await screen.until(lambda: screen.broker == "away" and screen.lamps.said[0] == "offline")
        await screen.scan("f5")
        await screen.scan("alt+a")
        await screen.until(lambda: screen.events.unsent == 1)
        assert len(screen.events.lines) == 1
        await screen.press("f4")
        await screen.until(lambda: len(screen.events.lines) == 2 and screen.events.unsent == 0)
        assert screen.broker == "there"
        assert [seq for seq, _, _ in reversed(screen.events.lines)] == [1, 2]

    play(plan, clock, scenario)


def test_two_scans_in_one_go_are_two(plan: Plan, clock: SetClock) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press(*"BK-1001", "enter", *"BK-1002", "tab", *"BK-1003", "ctrl+j")
        await screen.until(
            lambda: len(screen.scans.lines) == 3 and None not in dict(screen.scanned()).values()
        )
        assert screen.scanned() == [(label, "card_first") for label in ("BK-1001", "BK-1002", "BK-1003")]

    play(plan, clock, scenario)


def test_same_scan_again_is_said_to_be_one(plan: Plan, clock: SetClock) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.scan("f5")
        await screen.scan("f5")
        assert screen.scanned() == [("RD-1001", "welcome"), ("RD-1001", "the same scan again")]

    play(plan, clock, scenario)


def test_done_and_undo_have_keys(plan: Plan, clock: SetClock) -> None:
    async def scenario(screen: Screen) -> None:
        for key in ("f5", "alt+c", "f3", "f2"):
            await screen.scan(key)
        assert screen.scanned()[2:] == [("CMD-UNDO", "undone"), ("CMD-DONE", "goodbye")]

    play(plan, clock, scenario)


def test_arrows_choose_a_sample_and_scan_it(plan: Plan, clock: SetClock) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("down", "down")
        await screen.scan("right")
        assert screen.scanned() == [("RD-1003", "refused reader_blocked")]

    play(plan, clock, scenario)


def test_arrow_in_a_line_with_text_scans_nothing(plan: Plan, clock: SetClock) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press(*"BK-101", "left", "right", "0")
        await screen.scan("enter")
        assert screen.scanned() == [("BK-1010", "card_first")]

    play(plan, clock, scenario)


@pytest.mark.parametrize(("row", "text"), [(0, "RD-1001"), (3, "RD-9000"), (5, "BK-1001"), (16, "BK-1012")])
def test_click_scans_the_sample_and_leaves_the_line_ready(
    plan: Plan, clock: SetClock, row: int, text: str
) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.click("#samples", offset=(6, row + 1))
        await screen.until(lambda: screen.scanned() != [])
        await screen.click("#lamps")
        assert screen.app.focused is screen.line
        assert [each for each, _ in screen.scanned()] == [text]

    play(plan, clock, scenario)


def test_lent_book_shows_who_has_it(plan: Plan, clock: SetClock) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.scan("f5")
        await screen.scan("alt+a")
        await screen.until(lambda: screen.samples.note_of("BK-1001") == "…1001")

    play(plan, clock, scenario)


def test_pin_is_not_to_be_read(plan: Plan, clock: SetClock) -> None:
    store = open_store(plan.config)
    digits = pins.hashed("2580", store.journal.secret())
    policy = Policy(reader_pin="required")
    save(store, structs.replace(library.LIBRARY, policy=policy), Reader(id="RD-1001", pin=digits))
    store.close()

    async def scenario(screen: Screen) -> None:
        await screen.scan("f5")
        assert screen.line.password
        await screen.scan(*"2580", "enter")
        assert screen.scanned() == [("RD-1001", "pin"), ("••••", "welcome")]
        assert not screen.line.password

    play(plan, clock, scenario)


def test_broker_of_the_configuration_is_not_taken_away(tmp_path: Path, clock: SetClock) -> None:
    broker = BrokerConfig(host=HOST, port=free_port())
    plan = Plan(library.config(tmp_path, broker), None, sample=True)

    async def scenario(screen: Screen) -> None:
        await screen.press("f4")
        said = [each.came for each in screen.scans.lines]
        assert "This is the configuration's broker: the simulator can't take it away." in said

    play(plan, clock, scenario)


def test_everything_fits_a_small_terminal(plan: Plan, clock: SetClock) -> None:
    async def scenario(screen: Screen) -> None:
        rows = len(library.READERS) + 1 + len(library.TITLES)
        assert screen.samples.content_size.height >= rows
        assert screen.lamps.content_size.width >= 34
        assert screen.line.region.bottom <= 24
        assert min(screen.scans.content_size.height, screen.events.content_size.height) >= 4

    play(plan, clock, scenario, size=(80, 24))


def test_end_stops_the_station_in_order(plan: Plan, clock: SetClock) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.until(lambda: len(screen.events.lines) == 1)

    assert play(plan, clock, scenario) is None
    store = open_store(plan.config)
    assert [each.event["type"] for each in store.journal.after(0, 10)] == [
        "shelfpost.station.started.v1",
        "shelfpost.station.stopped.v1",
    ]
    assert unsent_events(store) == 0
    store.close()


def test_folder_that_another_station_uses_ends_the_simulator(plan: Plan, clock: SetClock) -> None:
    async def run() -> Exception | None:
        app = Watched(Plan(plan.config, None, sample=True), clock)
        async with app.run_test() as pilot:
            await Screen(app, pilot).until_ended()
        app.rig.stop()
        return app.return_value

    with only_one(plan.config.station.data_dir):
        failure = asyncio.run(run())
    assert isinstance(failure, StoreError) and "another station is running" in str(failure)
