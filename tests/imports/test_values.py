"""What cells mean, and the words for those that mean nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from station.imports import Unusable, values
from station.titles import LONGEST, described, year_in


@pytest.mark.parametrize(
    ("text", "isbn"),
    [
        ("9787020002207", "9787020002207"),
        ("978-7-02-000220-7", "9787020002207"),
        ("7-02-000220-X", "9787020002207"),
        ("702000220X", "9787020002207"),
        ('="9787020002207"', "9787020002207"),
        ("'9787020002207", "9787020002207"),
        ("", None),
        ('=""', None),
    ],
)
def test_isbn_is_read_as_lists_have_it(text: str, isbn: str | None) -> None:
    assert values.isbn(text) == isbn


def label(text: str) -> str:
    return values.number(text, "a card")


def title(text: str) -> str | None:
    return values.words(text, "the title")


def limit(text: str) -> int | None:
    return values.count(text, "the limit", 9)


def day(text: str) -> date | None:
    return values.day(text, "the day")


@pytest.mark.parametrize(
    ("read", "text", "why"),
    [
        (values.isbn, "9787020002208", "'9787020002208' is no ISBN: its length or its check digit is wrong"),
        (values.isbn, "１２３", "'１２３' is no ISBN: its length or its check digit is wrong"),
        (values.isbn, "9.78702E+12", "a spreadsheet has shortened the number to '9.78702E+12': format its"),
        (label, "1.00001E+11", "a spreadsheet has shortened the number"),
        (label, "", "a row needs a card, and there is none"),
        (label, "x" * 513, "can't be one"),
        (label, "RD-\u200f1", "can't be one"),
        (
            title,
            "x" * (LONGEST + 1),
            "the title has over 1000 characters",
        ),
        (
            limit,
            "10",
            "must be a whole number from 0 to 9, not '10'",
        ),
        (limit, "-1", "must be a whole number"),
        (limit, "５", "must be a whole number"),
        (limit, "9" * 5000, "must be a whole number"),
        (
            day,
            "2027-02-30",
            "must be a date as 2027-06-30, not '2027-02-30'",
        ),
        (day, "30.6.2027", "must be a date"),
        (day, "soon", "must be a date"),
    ],
)
def test_cell_that_means_nothing_is_told_in_words(read: Callable[[str], Any], text: str, why: str) -> None:
    with pytest.raises(Unusable) as told:
        read(text)
    assert why in str(told.value)
    assert len(str(told.value)) < 200


@pytest.mark.parametrize("text", ["2027-06-30", "2027/6/30", "2027.6.30"])
def test_date_is_read_as_spreadsheets_write_it(text: str) -> None:
    assert values.day(text, "the day") == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2008", 2008),
        ("c1988", 1988),
        ("2008年7月", 2008),
        ("October 1, 1988", 1988),
        ("[2003?]", 2003),
        ("２００８", 2008),
        ("二〇〇八", None),
        ("", None),
        ("12", None),
        ("9787020002207", None),
    ],
)
def test_year_is_found_in_a_date(text: str, year: int | None) -> None:
    assert year_in(text) == year


def test_description_is_one_line_without_what_cannot_be_seen() -> None:
    said = described(
        "9787020002207",
        " 红楼\u200b梦\n\x00 上 ",
        authors=["曹雪芹", "", " 曹雪芹 ", "e\u0301"],
        source="x",
    )
    assert (said.title, said.authors) == ("红楼梦 上", ("曹雪芹", "é"))


@pytest.mark.parametrize("title", ["", " \n", "\u200b", "x" * (LONGEST + 1)])
def test_book_needs_a_title_that_can_be_kept(title: str) -> None:
    with pytest.raises(ValueError):
        described("9787020002207", title, source="x")
