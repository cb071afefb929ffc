"""New numbers go on where the library and the printer are, and none is ever printed twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from station.backup.files import held
from station.printing import PrintError
from station.printing.numbers import Marks, Series, coming, marked, remembered
from station.store import StoreError


def numbers(
    *known: str,
    pattern: str = "BK-.+",
    taken: tuple[str, ...] = (),
    marks: Marks | None = None,
    first: str | None = None,
) -> list[str]:
    return coming(3, Series(pattern, set(known), {*known, *taken}), marks or {}, first)


def test_a_library_without_numbers_begins_at_1001() -> None:
    assert numbers() == ["BK-1001", "BK-1002", "BK-1003"]


def test_numbers_go_on_after_the_highest_and_keep_its_width() -> None:
    assert numbers("BK-0009", "BK-0007", "BK-X") == ["BK-0010", "BK-0011", "BK-0012"]
    assert numbers("BK-9", "BK-10") == ["BK-11", "BK-12", "BK-13"]


def test_numbers_go_on_after_what_was_printed_though_nothing_bears_it_yet() -> None:
    assert numbers("BK-7", marks={"BK-": "BK-30", "RD-": "RD-99"}) == ["BK-31", "BK-32", "BK-33"]


def test_what_anything_has_already_is_passed_over() -> None:
    assert numbers("BK-1", taken=("BK-3",)) == ["BK-2", "BK-4", "BK-5"]


def test_the_first_number_can_be_named() -> None:
    assert numbers("BK-7", first="BK-A001") == ["BK-A001", "BK-A002", "BK-A003"]


@pytest.mark.parametrize("first", ["BK-", "XX-1", "BK-1x", ""])
def test_a_first_number_that_cannot_be_one_is_refused(first: str) -> None:
    if first:
        with pytest.raises(PrintError, match="can't be the first number"):
            numbers(first=first)


@pytest.mark.parametrize("pattern", ["[0-9]{6}", "(BK|LB)-[0-9]+", "BK-[0-9]{6}"])
def test_a_pattern_that_1001_does_not_match_asks_for_a_first_number(pattern: str) -> None:
    with pytest.raises(PrintError, match="--first"):
        numbers(pattern=pattern)


def test_a_pattern_without_a_beginning_goes_on_from_what_there_is() -> None:
    assert numbers("000123", pattern="[0-9]{6}") == ["000124", "000125", "000126"]


@pytest.mark.parametrize(
    ("pattern", "first"),
    [("AB?C-.+", "A1001"), ("BK-+.*", "BK1001"), (r"B\.K.+", "B1001"), ("B{2}.*", None)],
)
def test_only_what_a_pattern_surely_begins_with_is_taken_from_it(pattern: str, first: str | None) -> None:
    try:
        made = numbers(pattern=pattern)
    except PrintError:
        made = []
    assert made[:1] in ([], [first])


def test_a_reprint_brings_no_mark_back() -> None:
    assert marked({"BK-": "BK-30"}, "BK-7") == {"BK-": "BK-30"}
    assert marked({"BK-": "BK-30"}, "BK-31") == {"BK-": "BK-31"}
    assert marked({"BK-": "BK-30"}, "RD-5") == {"BK-": "BK-30", "RD-": "RD-5"}


def test_what_was_printed_is_remembered_from_one_time_to_the_next(tmp_path: Path) -> None:
    def draw(marks: Marks) -> list[str]:
        return numbers(marks=marks)

    assert remembered(tmp_path, draw)[-1] == "BK-1003"
    assert remembered(tmp_path, draw)[0] == "BK-1004"


def test_two_who_print_at_once_do_not_get_the_same_numbers(tmp_path: Path) -> None:
    with (
        held(tmp_path / "printed.lock", "busy"),
        pytest.raises(StoreError, match="somebody else is printing"),
    ):
        remembered(tmp_path, lambda _: ["BK-1"])


@pytest.mark.parametrize("text", ["", "[]", '{"BK-": 7}', "{"])
def test_a_memory_that_cannot_be_read_is_no_empty_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "printed.json").write_text(text)
    with pytest.raises(PrintError, match="can't be read"):
        remembered(tmp_path, lambda _: ["BK-1"])
