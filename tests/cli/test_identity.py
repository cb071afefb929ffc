"""Making a library by being asked, and PINs."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from station import cards
from station.cli import station
from station.store import Store
from tests.cli.terminal import terminal
from tests.cli.test_commands import Run, listed, oak, run, types

__all__ = ["oak", "run"]


@pytest.fixture
def nameless(tmp_path: Path) -> str:
    """A configuration that names neither the station nor its library."""
    config = tmp_path / "station.toml"
    config.write_text('[station]\ndata_dir = "data"\n')
    return str(config)


def made(config: str) -> Any:
    return json.loads(command(config, "library", "show", "--json").stdout)


def command(config: str, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(station, ["--config", config, *words], input=typed)


def test_a_person_at_a_terminal_is_asked_for_what_a_library_needs(nameless: str) -> None:
    with terminal("--config", nameless, "library", "create", "max_loans=3") as person:
        person.answer("The library's name: ", "Eichen-Schule 橡树")
        person.answer("Its id, in topics and codes (a to z, 0 to 9, _) [eichen_schule]: ", "Oak!")
        person.answer("'Oak!' is no library id", "")
        person.answer("For how many days is a book lent [14]: ", "soon")
        person.answer("loan_days=soon", "21")
        person.answer("A card that nobody knows", "open")
        assert person.ended() == 0
    assert "How many books" not in person.seen
    assert "loan_days             21           days from a loan to its due date" in person.seen
    found = made(nameless)
    policy = found["policy"]
    assert (found["id"], found["name"]) == ("eichen_schule", "Eichen-Schule 橡树")
    assert (policy["loan_days"], policy["max_loans"], policy["admission"]) == (21, 3, "open")


def test_who_gives_the_name_is_asked_for_the_id_alone(nameless: str) -> None:
    with terminal("--config", nameless, "library", "create", "--name", "图书馆") as person:
        person.answer("Its id, in topics and codes (a to z, 0 to 9, _): ", "oak")
        assert person.ended() == 0
    assert made(nameless)["id"] == "oak"


def test_a_script_is_not_interviewed(nameless: str) -> None:
    result = command(nameless, "library", "create", "--name", "Oak", "--id", "oak")
    assert (result.exit_code, made(nameless)["policy"]["loan_days"]) == (0, 14)


@pytest.mark.parametrize("key", ["Oak", "oak school", "x" * 65, "橡树"])
def test_an_id_that_no_topic_takes_is_refused(nameless: str, key: str) -> None:
    result = command(nameless, "library", "create", "--name", "Oak", "--id", key)
    assert (result.exit_code, "is no library id" in result.output) == (1, True)


def test_a_library_that_is_there_is_said_before_anything_is_asked(oak: Run) -> None:
    result = oak("library", "create")
    assert (result.exit_code, "already belongs to the library oak" in result.output) == (1, True)
    assert "name" not in result.output.replace("--name", "")


def test_a_pin_is_set_by_typing_it_twice_and_taken_away(oak: Run, tmp_path: Path) -> None:
    oak("reader", "add", "RD-1")
    result = oak("reader", "pin", "set", "RD-1", typed="4711\n4711\n")
    assert (result.exit_code, "4711" in result.output) == (0, False)
    assert pins(tmp_path) == [("RD-1", True)]
    assert oak("reader", "pin", "clear", "RD-1").exit_code == 0
    assert oak("reader", "pin", "clear", "RD-1").exit_code == 0
    assert pins(tmp_path) == [("RD-1", False)]
    assert types(oak)[-2:] == ["shelfpost.reader.changed.v1"] * 2


def pins(tmp_path: Path) -> list[tuple[str, bool]]:
    """Each reader, and whether 4711 is the PIN."""
    with closing(Store.open(tmp_path / "data" / "station.db", "door")) as store:
        return [(each.id, store.shelf.pin_fits(each, "4711")) for each in readers(store)]


def readers(store: Store) -> list[Any]:
    from station.model import Reader

    return store.shelf.all(Reader)


def test_a_pin_that_was_typed_differently_is_asked_for_again(oak: Run, tmp_path: Path) -> None:
    oak("reader", "add", "RD-1")
    assert oak("reader", "pin", "set", "RD-1", typed="4711\n4712\n4711\n4711\n").exit_code == 0
    assert pins(tmp_path) == [("RD-1", True)]


@pytest.mark.parametrize("content", ["123", "123456789", "12a4", "４７１１", " 4711", ""])
def test_what_is_no_pin_is_refused_and_not_shown(oak: Run, tmp_path: Path, content: str) -> None:
    oak("reader", "add", "RD-1")
    (tmp_path / "pin").write_text(content)
    result = oak("reader", "pin", "set", "RD-1", "--pin-file", str(tmp_path / "pin"))
    assert result.exit_code != 0
    assert not content or content not in result.output
    assert pins(tmp_path) == [("RD-1", False)]


def test_a_pin_of_nobody_is_refused(oak: Run, tmp_path: Path) -> None:
    (tmp_path / "pin").write_text("4711")
    for words in (("set", "RD-1", "--pin-file", str(tmp_path / "pin")), ("clear", "RD-1")):
        result = oak("reader", "pin", *words)
        assert (result.exit_code, "RD-1 is no reader" in result.output) == (1, True)


def test_a_signed_card_may_be_scanned_where_a_number_is_typed(oak: Run, tmp_path: Path) -> None:
    oak("reader", "add", "RD-1")
    with closing(Store.open(tmp_path / "data" / "station.db", "door")) as store:
        card = cards.signed("RD-1", store.journal.secret())
    assert oak("reader", "block", card).exit_code == 0
    assert [each["status"] for each in listed(oak("reader", "list", "--json"))] == ["blocked"]


def test_an_invitation_is_printed_with_its_end(oak: Run, tmp_path: Path) -> None:
    config = tmp_path / "station.toml"
    config.write_text(config.read_text() + '[broker]\nhost = "broker.local"\n')
    made = json.loads(oak("library", "invite", "--minutes", "5", "--json").stdout)
    assert made["code"].startswith("shelfpost://broker.local:1883/oak?") and made["ends"].endswith("Z")
    assert oak("library", "invite").stdout.startswith("shelfpost://")


def test_an_invitation_that_cannot_be_made_is_said(oak: Run) -> None:
    result = oak("library", "invite")
    assert (result.exit_code, "this station has no broker" in str(result.exception)) == (1, True)


@pytest.mark.parametrize("code", ["", "RD-1", "shelfpost://b:1/oak"])
def test_what_is_no_join_code_is_said(nameless: str, code: str) -> None:
    result = command(nameless, "library", "join", code)
    assert (result.exit_code, "join code" in str(result.exception)) == (1, True)
