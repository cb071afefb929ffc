"""The plain commands, as a person at a terminal uses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from station.cli import station
from station.desk import Desk
from station.drivers.clock import SystemClock
from station.model import Item, Loan, Reader
from station.store import Store
from tests.stores import save

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    config = tmp_path / "station.toml"
    config.write_text(f'[station]\nid = "door"\nlibrary = "oak"\ndata_dir = "{tmp_path}/data"\n')

    def call(*words: str, typed: str = "") -> Result:
        return CliRunner().invoke(
            station, ["--config", str(config), *words], input=typed, catch_exceptions=True
        )

    return call


@pytest.fixture
def oak(run: Run) -> Run:
    assert run("library", "create", "--name", "Oak School").exit_code == 0
    return run


def listed(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def types(run: Run) -> list[str]:
    return [each["type"] for each in listed(run("event", "list", "--json"))]


def test_a_library_is_made_with_its_policy(run: Run) -> None:
    made = listed(run("library", "create", "--name", "橡树学校", "loan_days=21", "--json"))
    assert (made["id"], made["name"], made["policy"]["loan_days"]) == ("oak", "橡树学校", 21)
    assert types(run) == ["shelfpost.library.created.v1"]


def test_a_library_without_a_name_is_asked_for_one(run: Run) -> None:
    assert "Oak School (oak)" in run("library", "create", typed="Oak School\n").output


def test_a_second_library_is_refused(oak: Run) -> None:
    result = oak("library", "create", "--name", "Elm")
    assert (result.exit_code, "already belongs to the library oak" in result.output) == (1, True)


def test_a_policy_is_shown_with_the_meaning_of_each_key(oak: Run) -> None:
    assert (
        "loan_days             14           days from a loan to its due date" in oak("library", "show").output
    )


def test_a_changed_policy_is_kept_and_told_once(oak: Run) -> None:
    oak("library", "set", "max_loans=2")
    oak("library", "set", "max_loans=2")
    assert listed(oak("library", "show", "--json"))["policy"]["max_loans"] == 2
    assert types(oak) == ["shelfpost.library.created.v1", "shelfpost.library.changed.v1"]


def test_a_wrong_policy_changes_nothing(oak: Run) -> None:
    result = oak("library", "set", "max_loans=2", "loan_days=soon")
    assert result.exit_code == 1
    assert listed(oak("library", "show", "--json"))["policy"]["max_loans"] == 5


def test_readers_are_admitted_and_listed(oak: Run) -> None:
    oak("reader", "add", "RD-2", "RD-1", "--limit", "3", "--expires", "2027-06-30")
    rows = listed(oak("reader", "list", "--json"))
    shown = [(each["id"], each["status"], each["limit"], each["expires"], each["loans"]) for each in rows]
    assert shown == [("RD-1", "active", 3, "2027-06-30", 0), ("RD-2", "active", 3, "2027-06-30", 0)]


def test_a_pin_is_asked_for_and_never_listed(oak: Run) -> None:
    result = oak("reader", "add", "RD-9000", "--staff", "--pin", typed="1234\n1234\n")
    assert (result.exit_code, "1234" in result.output) == (0, False)
    assert "pin" not in listed(oak("reader", "list", "--json"))[0]


def test_of_several_readers_all_are_admitted_or_none(oak: Run) -> None:
    oak("reader", "add", "RD-2")
    result = oak("reader", "add", "RD-1", "RD-2")
    assert (result.exit_code, "RD-2 is a reader already" in result.output) == (1, True)
    assert [each["id"] for each in listed(oak("reader", "list", "--json"))] == ["RD-2"]


def test_copies_are_taken_in_with_an_isbn_in_any_form(oak: Run) -> None:
    oak("item", "add", "BK-1", "BK-2", "--isbn", "978-7-02-000220-7", "--title", "红楼梦")
    rows = listed(oak("item", "list", "--json"))
    assert [(each["id"], each["isbn"], each["title"], each["loan"]) for each in rows] == [
        ("BK-1", "9787020002207", "红楼梦", None),
        ("BK-2", "9787020002207", "红楼梦", None),
    ]


def test_a_table_stands_straight_under_chinese_titles(oak: Run) -> None:
    oak("item", "add", "BK-1", "--title", "红楼梦")
    oak("item", "add", "BK-2", "--title", "Emma")
    lines = oak("item", "list").output.splitlines()
    assert [line.index("available") for line in lines[1:]] == [
        lines[0].index("STATUS") - 3,
        lines[0].index("STATUS"),
    ]


@pytest.mark.parametrize("isbn", ["123", "9787020002208", "９７８７０２０００２２０７", ""])
def test_what_is_no_isbn_is_refused(oak: Run, isbn: str) -> None:
    result = oak("item", "add", "BK-1", "--isbn", isbn)
    assert (result.exit_code, "is no ISBN" in result.output) == (1, True)
    assert listed(oak("item", "list", "--json")) == []


@pytest.mark.parametrize("label", ["", "a\x00b", "x" * 513, "BK-\u200f1"])
def test_what_no_scanner_could_give_is_no_label(oak: Run, label: str) -> None:
    result = oak("item", "add", label)
    assert (result.exit_code, "can't be the number" in result.output) == (1, True)


def test_a_label_and_a_card_never_have_the_same_number(oak: Run) -> None:
    oak("reader", "add", "1001")
    assert "is a reader's card" in oak("item", "add", "1001").output
    oak("item", "add", "1002")
    assert "is a book's label" in oak("reader", "add", "1002").output


def test_without_a_library_there_is_nothing_to_add_to(run: Run) -> None:
    result = run("item", "add", "BK-1")
    assert result.exit_code != 0
    assert "station library create" in str(result.exception)


def test_no_loans_are_an_empty_list(oak: Run) -> None:
    assert listed(oak("loan", "list", "--json")) == []


def test_events_can_be_picked_by_type_and_number(oak: Run) -> None:
    oak("item", "add", "BK-1", "BK-2", "BK-3")
    found = listed(oak("event", "list", "--type", "item.added", "--last", "2", "--json"))
    assert [(each["seq"], each["subject"]) for each in found] == [(3, "BK-2"), (4, "BK-3")]


def test_a_blocked_reader_is_unblocked_again(oak: Run) -> None:
    oak("reader", "add", "RD-1")
    assert oak("reader", "block", "RD-1").output == "1 blocked\n"
    assert oak("reader", "unblock", "RD-1").output == "1 unblocked\n"
    told = ["library.created", "reader.admitted", "reader.blocked", "reader.unblocked"]
    assert types(oak) == [f"shelfpost.{each}.v1" for each in told]


def test_only_a_reader_who_has_applied_can_be_rejected(oak: Run) -> None:
    oak("reader", "add", "RD-1")
    result = oak("reader", "reject", "RD-1")
    assert (result.exit_code, result.output) == (1, "Error: RD-1 is active: there is nothing to reject.\n")
    assert "is no reader" in oak("reader", "admit", "RD-2").output


def test_a_copy_is_lost_and_found(oak: Run) -> None:
    oak("item", "add", "BK-1")
    oak("item", "lost", "BK-1")
    assert listed(oak("item", "list", "--json"))[0]["status"] == "lost"
    oak("item", "found", "BK-1")
    assert listed(oak("item", "list", "--json"))[0]["status"] == "available"
    assert "is no copy" in oak("item", "lost", "BK-2").output


def test_erased_reader_leaves_no_number_but_the_cards_own(oak: Run) -> None:
    oak("reader", "add", "RD-1", "--limit", "3")
    oak("reader", "block", "RD-1")
    said = oak("reader", "erase", "RD-1", "--yes")
    assert (said.exit_code, said.stdout) == (0, "erased from 2 events\n")
    found = listed(oak("event", "list", "--json"))
    about = [(each["type"].split(".")[2], each["data"]["reader"]) for each in found[1:]]
    assert about == [("admitted", "erased"), ("blocked", "erased"), ("changed", "RD-1")]
    (reader,) = listed(oak("reader", "list", "--json"))
    assert (reader["status"], reader["erased"], "limit" in reader) == ("expired", True, False)


def test_erased_card_can_be_given_to_somebody_else(oak: Run) -> None:
    oak("reader", "add", "RD-1")
    oak("reader", "erase", "RD-1", "--yes")
    assert oak("reader", "add", "RD-1").exit_code == 0
    (reader,) = listed(oak("reader", "list", "--json"))
    assert (reader["status"], "erased" in reader) == ("active", False)


def test_reader_with_a_book_cannot_be_erased(oak: Run, tmp_path: Path) -> None:
    oak("reader", "add", "RD-1")
    oak("item", "add", "BK-1")
    with closing(Store.open(tmp_path / "data/station.db", "door")) as store:
        save(store, Item(id="BK-1", loan=Loan(reader="RD-1", since="", due=date(2026, 12, 8))))
    said = oak("reader", "erase", "RD-1", "--yes")
    assert (said.exit_code, said.stderr) == (
        1,
        "Error: RD-1 still has BK-1: they have to come back first.\n",
    )


def test_erasing_asks_first(oak: Run) -> None:
    oak("reader", "add", "RD-1")
    oak("reader", "erase", "RD-1", typed="n\n")
    assert [each["status"] for each in listed(oak("reader", "list", "--json"))] == ["active"]


def test_books_are_lent_renewed_and_returned_for_a_reader(oak: Run) -> None:
    oak("reader", "add", "RD-1")
    oak("reader", "add", "RD-9", "--staff")
    oak("item", "add", "BK-1", "BK-2")
    assert oak("loan", "lend", "RD-1", "BK-1", "BK-2", "--staff", "RD-9").stdout == "2 lent\n"
    assert oak("loan", "renew", "BK-1").stdout == "1 renewed\n"
    assert oak("loan", "return", "BK-1", "BK-2").stdout == "2 returned\n"
    lent = ["shelfpost.loan.borrowed.v1"] * 2 + ["shelfpost.loan.renewed.v1"]
    assert types(oak)[5:] == [*lent, *["shelfpost.loan.returned.v1"] * 2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lend", "RD-1", "BK-1", "BK-0"), "BK-0: the library knows no such card or no such book. 1 before"),
        (("lend", "RD-1", "BK-2"), "BK-2: the book is for reading here."),
        (("lend", "RD-2", "BK-1"), "BK-1: the reader has applied and is not admitted yet."),
        (("lend", "RD-1", "BK-1", "--staff", "RD-1"), "RD-1 is no staff card"),
        (("return", "BK-1"), "BK-1: the book is not on loan."),
        (("renew", "BK-1"), "BK-1: the book is not on loan."),
        (("return", ""), "can't be the number of a card or label"),
        (("return", "MECARD:N:Doe;;"), "can't be the number of a card or label"),
    ],
)
def test_loan_that_cannot_be_says_why(oak: Run, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    oak("reader", "add", "RD-1")
    oak("item", "add", "BK-1")
    oak("item", "add", "BK-2", "--reference")
    with closing(Store.open(tmp_path / "data/station.db", "door")) as store:
        save(store, Reader(id="RD-2", status="applied"))
    result = oak("loan", *words)
    assert (result.exit_code, said in result.stderr) == (1, True), result.stderr


def test_refusal_can_be_let_through(oak: Run) -> None:
    oak("reader", "add", "RD-1")
    oak("item", "add", "BK-2", "--reference")
    assert oak("loan", "lend", "RD-1", "BK-2", "--override").exit_code == 0


def test_contact_is_shown_to_staff_and_forgotten(oak: Run, tmp_path: Path) -> None:
    with closing(Store.open(tmp_path / "data/station.db", "door")) as store:
        desk, clock = Desk(store), SystemClock()
        desk.scan("s", "RD-7", clock.now())
        desk.scan("s", "MECARD:N:王,小明;TEL:138;;", clock.now())
    (found,) = listed(oak("reader", "contact", "RD-7", "--json"))
    assert (found["name"], found["phones"]) == ("王小明", ["138"])
    assert "王小明" in oak("reader", "contact", "RD-7", "--forget").stdout
    gone = oak("reader", "contact", "RD-7")
    assert (gone.exit_code, "nothing is kept about RD-7" in gone.stderr) == (1, True)
    assert "王小明" not in oak("event", "list").stdout


def test_loans_are_listed_with_the_titles_that_the_library_knows(oak: Run) -> None:
    oak("title", "add", "9787020002207", "红楼梦")
    oak("item", "add", "BK-1", "--isbn", "9787020002207")
    oak("reader", "add", "RD-1")
    oak("loan", "lend", "RD-1", "BK-1")
    assert [each["title"] for each in listed(oak("loan", "list", "--json"))] == ["红楼梦"]
    assert [each["title"] for each in listed(oak("loan", "list", "--reader", "RD-1", "--json"))] == ["红楼梦"]


def test_the_policys_meanings_stand_in_one_column_beside_a_long_value(oak: Run) -> None:
    said = oak(
        "library", "set", "closed_dates=2026-12-24,2026-12-25,2026-12-26", "timezone=Asia/Shanghai"
    ).output
    limit, zone = (line for line in said.splitlines() if line.split()[0] in ("max_loans", "timezone"))
    assert limit.index("how many books") == zone.index("the library's time zone")


def test_what_is_known_of_copies_is_changed(oak: Run) -> None:
    oak("item", "add", "BK-1", "BK-2", "--location", "A1")
    said = ("--location", "书库二", "--title", "红楼梦", "--isbn", "7-02-000220-X", "--reference")
    assert oak("item", "set", "BK-1", *said).stdout == "1 changed\n"
    found = listed(oak("item", "list", "--json"))[0]
    kept = {name: found[name] for name in ("location", "title", "isbn", "status")}
    assert kept == {"location": "书库二", "title": "红楼梦", "isbn": "9787020002207", "status": "reference"}
    oak("item", "set", "BK-1", "--title", "none", "--isbn", "none", "--location", "none", "--lending")
    found = listed(oak("item", "list", "--json"))[0]
    assert [found.get(each) for each in ("title", "isbn", "location")] == [None] * 3
    assert types(oak)[-2:] == ["shelfpost.item.changed.v1"] * 2


def test_book_is_kept_for_a_reader(oak: Run) -> None:
    oak("reader", "add", "RD-1", "RD-2")
    oak("item", "add", "BK-1")
    oak("item", "set", "BK-1", "--hold", "RD-2")
    assert "kept for another reader" in oak("loan", "lend", "RD-1", "BK-1").stderr
    assert oak("loan", "lend", "RD-2", "BK-1").exit_code == 0


def test_readers_limit_and_last_day_are_changed(oak: Run) -> None:
    oak("reader", "add", "RD-1")
    assert oak("reader", "set", "RD-1", "--limit", "9", "--expires", "2027-07-31").stdout == "1 changed\n"
    (found,) = listed(oak("reader", "list", "--json"))
    assert (found["limit"], found["expires"]) == (9, "2027-07-31")
    oak("reader", "set", "RD-1", "--limit", "none", "--expires", "none")
    assert {"limit", "expires"} & set(listed(oak("reader", "list", "--json"))[0]) == set()
    oak("reader", "set", "RD-1", "--limit", "none")
    assert types(oak)[-2:] == ["shelfpost.reader.changed.v1"] * 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("item", "set", "BK-1"), "say what is to be changed"),
        (("item", "set", "BK-0", "--title", "x"), "BK-0 is no copy"),
        (("item", "set", "BK-1", "--isbn", "978"), "978"),
        (("item", "set", "BK-1", "--location", " "), "an empty value says nothing"),
        (("item", "set", "BK-2", "--reference"), "BK-2 is lost"),
        (("reader", "set", "RD-0", "--limit", "1"), "RD-0 is no reader"),
        (("reader", "set", "RD-1", "--limit", "-1"), "--limit takes a number"),
        (("reader", "set", "RD-1", "--limit", "²"), "--limit takes a number"),
        (
            ("reader", "set", "RD-1", "--limit", "9" * 5000),
            f"--limit takes a number from 0 to 100000, or none; not '{'9' * 40}'.",
        ),
        (("reader", "set", "RD-1", "--expires", "31.7.2027"), "--expires takes a day"),
    ],
)
def test_change_that_cannot_be_says_why(oak: Run, words: tuple[str, ...], said: str) -> None:
    oak("reader", "add", "RD-1")
    oak("item", "add", "BK-1", "BK-2")
    oak("item", "lost", "BK-2")
    before = types(oak)
    result = oak(*words)
    assert (result.exit_code, said in result.stderr) == (1, True), result.stderr
    assert types(oak) == before
