"""From a join code a fresh station is in service, with no other step."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from station import cards
from station.config import load
from station.joincode import read
from station.joining import pending
from station.model import Policy
from tests.consumer import publish
from tests.daemon.process import Process, types
from tests.joining.household import (
    PASSWORDS,
    Household,
    fresh,
    name_of,
    secret_at,
    store_of,
    wait_for_log,
)


def joined(station: Process, code: str) -> None:
    station.scan(code)
    station.wait_for("pending")
    station.wait_for("ready")


def test_a_fresh_station_that_scans_a_code_is_in_service(household: Household) -> None:
    first, newcomer = household.first, household.newcomer
    with household.central() as central:
        newcomer.start()
        assert newcomer.wait_for("locked") == ["starting", "locked"]
        assert [newcomer.answer("RD-1001"), newcomer.answer("BK-1")] == ["refused not_configured"] * 2
        joined(newcomer, household.invite())
        central.wait(lambda: len([each for each in central.heard if "/items/" in each.topic]) == 40)
        assert [newcomer.answer("RD-1001"), newcomer.answer("BK-1")] == ["welcome", "borrowed"]
        central.wait(lambda: "loan.borrowed" in types(central.events()))
        name = name_of(newcomer)
        central.wait(lambda: "ready" in states(central, name))
        assert newcomer.stop() == 0
    lent = [each for each in central.events() if each["type"] == "shelfpost.loan.borrowed.v1"]
    assert [each["source"] for each in lent] == [f"/libraries/oak/stations/{name}"]
    assert name not in ("desk_1", "")
    assert first.answer("BK-1") == "returned"


def states(central: object, name: str) -> list[str]:
    said = central.said(f"shelfpost/oak/stations/{name}/state")  # type: ignore[attr-defined]
    return [each["state"] for each in said]


def test_a_station_that_has_joined_is_the_same_after_a_restart(household: Household) -> None:
    newcomer = household.newcomer
    newcomer.start()
    joined(newcomer, household.invite())
    name = name_of(newcomer)
    newcomer.kill()
    newcomer.start()
    assert newcomer.wait_for("ready")[0] == "starting"
    assert name_of(newcomer) == name
    assert pending.read(load(newcomer.config).station.data_dir) is None


def test_pins_and_signed_cards_of_one_station_are_good_at_the_other(household: Household) -> None:
    first, newcomer = household.first, household.newcomer
    pin = first.folder / "pin"
    pin.write_text("4711\n")
    assert first.command("library", "set", "reader_pin=required", "cards=signed").returncode == 0
    assert first.command("reader", "pin", "set", "RD-1001", "--pin-file", str(pin)).returncode == 0
    newcomer.start()
    joined(newcomer, household.invite())
    with closing(store_of(newcomer)) as store:
        while (reader := store.shelf.reader("RD-1001")) is None or reader.pin is None:
            assert newcomer.running().poll() is None
        assert store.shelf.policy == Policy(max_loans=100, reader_pin="required", cards="signed")
        assert store.journal.secret_is_of("oak")
    card = cards.signed("RD-1001", secret_at(first))
    assert [newcomer.answer(each) for each in ("RD-1001", card, "4712", "4711")] == [
        "unknown",
        "pin",
        "refused pin_wrong",
        "welcome",
    ]


def test_a_code_takes_in_one_station(household: Household, tmp_path: Path) -> None:
    code = household.invite()
    household.newcomer.start()
    joined(household.newcomer, code)
    with Process(tmp_path / "third") as third:
        fresh(third)
        third.start()
        assert third.answer(code) == "pending"
        third.wait_for("refused not_configured")
        assert "the join code has been used already" in third.log()
        assert third.answer("RD-1001") == "refused not_configured"
        assert not (third.folder / "data" / "joining.json").exists()
        joined(third, household.invite())
        assert name_of(third) == f"{name_of(household.newcomer)}_2"


def test_a_code_that_has_ended_is_refused_by_the_station_that_made_it(household: Household) -> None:
    """The newcomer's clock is not asked: the code says an end that the other station never gave it."""
    code = household.invite()
    household.change(code, ends=1_700_000_000)
    household.newcomer.start()
    assert household.newcomer.answer(code) == "pending"
    household.newcomer.wait_for("refused not_configured")
    assert "the join code has ended" in household.newcomer.log()


def test_a_code_that_was_changed_is_answered_with_a_word_in_the_log(household: Household) -> None:
    """It goes on waiting: whoever can write to the broker could say that a good code is wrong."""
    code = household.invite()
    newcomer = household.newcomer
    newcomer.start()
    assert newcomer.answer(household.change(code, secret=b"x" * 16)) == "pending"
    wait_for_log(newcomer, "an answer came that doesn't fit the join code")
    joined(newcomer, code)


def test_a_station_waits_for_the_one_that_made_the_code(household: Household) -> None:
    code = household.invite()
    household.first.stop()
    newcomer = household.newcomer
    newcomer.start()
    assert newcomer.answer(code) == "pending"
    wait_for_log(newcomer, "waiting for the station that made the code")
    assert newcomer.answer("RD-1001") == "refused not_configured"
    household.first.start()
    newcomer.wait_for("ready")


def test_a_station_waits_for_a_broker_that_is_off(household: Household) -> None:
    code = household.invite()
    household.broker.stop()
    newcomer = household.newcomer
    newcomer.start()
    assert newcomer.answer(code) == "pending"
    wait_for_log(newcomer, "no way to the broker")
    household.broker.start()
    newcomer.wait_for("ready")


def test_a_join_that_was_cut_off_goes_on_at_the_next_start(household: Household) -> None:
    code = household.invite()
    household.first.stop()
    newcomer = household.newcomer
    newcomer.start()
    assert newcomer.answer(code) == "pending"
    wait_for_log(newcomer, "waiting for the station that made the code")
    newcomer.kill()
    household.first.start()
    newcomer.start()
    newcomer.wait_for("ready")


def test_another_code_takes_the_place_of_one_that_nobody_answers(household: Household) -> None:
    newcomer = household.newcomer
    newcomer.start()
    nobodys = household.change(household.invite(), invitation="0123456789ab")
    assert newcomer.answer(nobodys) == "pending"
    wait_for_log(newcomer, "waiting for the station that made the code")
    joined(newcomer, household.invite())


@pytest.mark.parametrize(
    "code",
    [
        "shelfpost://",
        "shelfpost://b:1883/oak?i=0123456789ab",
        "shelfpost://b:x/",
        "shelfpost://127.0.0.1:0/oak?i=0123456789ab&s=AAECAwQFBgcICQoLDA0ODw&e=99999999999",
    ],
)
def test_a_broken_code_is_said_in_words(household: Household, code: str) -> None:
    newcomer = household.newcomer
    newcomer.start()
    newcomer.wait_for("locked")
    assert newcomer.answer(code) == "refused not_configured"
    wait_for_log(newcomer, "scan it again")
    assert "Traceback" not in newcomer.log()


def test_a_station_that_is_invited_by_name_gets_it_and_a_login_of_its_own(household: Household) -> None:
    password = household.first.folder / "desk_2.password"
    password.write_text(PASSWORDS["desk_2"])
    code = household.invite("--station", "desk_2", "--username", "desk_2", "--password-file", str(password))
    newcomer = household.newcomer
    newcomer.start()
    joined(newcomer, code)
    config = load(newcomer.config)
    assert config.broker and config.broker.password_file
    assert (config.station.id, config.broker.username) == ("desk_2", "desk_2")
    assert [newcomer.answer("RD-1001"), newcomer.answer("BK-1")] == ["welcome", "borrowed"]
    assert config.broker.password_file.read_text() == PASSWORDS["desk_2"]
    assert config.broker.password_file.stat().st_mode & 0o077 == 0


def test_a_name_that_a_station_at_work_has_is_refused(household: Household) -> None:
    newcomer = household.newcomer
    fresh(newcomer, 'id = "desk_1"\n')
    newcomer.start()
    assert newcomer.answer(household.invite()) == "pending"
    newcomer.wait_for("refused not_configured")
    assert "Give this one another name" in newcomer.log()


def test_a_code_of_another_library_than_the_configured_one_is_refused(household: Household) -> None:
    newcomer = household.newcomer
    fresh(newcomer, 'library = "elm"\n')
    newcomer.start()
    newcomer.scan(household.invite())
    newcomer.wait_for("refused not_configured")
    assert "the join code is of the library oak" in newcomer.log()


def test_no_secret_is_heard_or_logged(household: Household) -> None:
    code = household.invite()
    newcomer = household.newcomer
    with household.central() as central:
        newcomer.start()
        joined(newcomer, code)
        name = name_of(newcomer)
        central.wait(lambda: "ready" in states(central, name))
        secret = secret_at(newcomer)
    answers = [each for each in central.heard if each.topic.endswith("/answer")]
    assert answers and not any(each.retained for each in answers)
    everything = json.dumps([list(each) for each in central.heard]) + newcomer.log() + household.first.log()
    secrets = [secret.hex(), read(code).secret.hex(), code, PASSWORDS["stations"], PASSWORDS["join"]]
    assert [each for each in secrets if each in everything] == []


def test_the_joining_login_may_do_nothing_but_join(household: Household) -> None:
    login = ("join", PASSWORDS["join"])
    with household.central("shelfpost/oak/#") as central:
        for topic in (
            "library",
            "readers/RD-1",
            "events/desk_1/x",
            "stations/desk_1/state",
            "joins/x/answer",
        ):
            publish_quietly(household.broker.port, f"shelfpost/oak/{topic}", login)
        publish(household.broker.port, "shelfpost/oak/joins/x", "hello", login=login)
        central.wait(lambda: "shelfpost/oak/joins/x" in [each.topic for each in central.heard])
    assert [each.topic for each in central.heard if each.payload in ("forged", "hello")] == [
        "shelfpost/oak/joins/x"
    ]


def publish_quietly(port: int, topic: str, login: tuple[str, str]) -> None:
    """Under MQTT 3.1.1 a broker drops what may not be said, and acknowledges it."""
    publish(port, topic, "forged", login=login)


def test_a_command_joins_beside_a_running_daemon(household: Household) -> None:
    newcomer = household.newcomer
    newcomer.start()
    newcomer.wait_for("locked")
    made = newcomer.command("library", "join", household.invite())
    assert (made.returncode, made.stdout) == (0, f"joined the library oak as {name_of(newcomer)}\n")
    newcomer.wait_for("ready")
    assert newcomer.answer("RD-9999") == "pending"
    again = newcomer.command("library", "join", household.invite())
    assert again.returncode == 0


def test_a_command_joins_before_the_first_start(household: Household) -> None:
    newcomer = household.newcomer
    assert newcomer.command("library", "join", household.invite()).returncode == 0
    newcomer.start()
    newcomer.wait_for("ready")


def test_a_station_of_another_library_uses_no_code_up(household: Household) -> None:
    newcomer, code = household.newcomer, household.invite()
    assert newcomer.command("library", "create", "--id", "elm", "--name", "Elm").returncode == 0
    refused = newcomer.command("library", "join", code)
    assert (refused.returncode, "belongs to the library elm already" in refused.stderr) == (1, True)
    with closing(store_of(household.first)) as store:
        kept = store.invites.get(read(code).invitation)
    assert kept and kept.spent is None


def test_a_library_that_is_made_on_a_station_without_a_name_keeps_the_machines(tmp_path: Path) -> None:
    with Process(tmp_path / "desk") as station:
        fresh(station)
        station.start()
        station.wait_for("locked")
        name = name_of(station)
        assert station.command("library", "create", "--id", "oak", "--name", "Oak").returncode == 0
        station.wait_for("ready")
    assert f'id = "{name}"' in (tmp_path / "desk" / "data" / "identity.toml").read_text()
    with closing(store_of(station)) as store:
        assert store.journal.secret_is_of("oak")


def test_a_station_says_how_it_gets_a_library(household: Household) -> None:
    household.newcomer.start()
    wait_for_log(household.newcomer, "has no library yet and waits for one: scan a join code")
