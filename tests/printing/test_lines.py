"""Lines are broken where Chinese and Latin text may be broken, and nothing is lost but what is cut."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from station.printing.lines import broken


def columns(text: str) -> float:
    """As on a terminal: a Chinese character is two wide, an accent nothing."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in text
    )


def test_latin_text_breaks_at_spaces() -> None:
    assert broken("the dream of the red chamber", 11, columns, 9) == ["the dream", "of the red", "chamber"]


def test_chinese_text_breaks_between_any_two_characters() -> None:
    assert broken("中国古典长篇小说", 6, columns, 9) == ["中国古", "典长篇", "小说"]


def test_no_line_begins_with_a_closing_mark() -> None:
    assert broken("红楼梦，三国。水浒》", 6, columns, 9) == ["红楼", "梦，三", "国。水", "浒》"]


def test_no_line_ends_with_an_opening_mark() -> None:
    assert broken("读《红楼》书（上册）", 4, columns, 9) == ["读", "《红", "楼》", "书", "（上", "册）"]


def test_chinese_and_latin_may_part_where_they_meet() -> None:
    assert broken("哈利波特Harry Potter", 12, columns, 9) == ["哈利波特", "Harry Potter"]


def test_a_word_longer_than_a_line_is_broken_anywhere() -> None:
    assert broken("Donaudampfschiff fährt", 6, columns, 9) == ["Donaud", "ampfsc", "hiff", "fährt"]


def test_what_does_not_fit_is_cut_with_an_ellipsis_that_fits() -> None:
    assert broken("三国演义上册罗贯中著", 7, columns, 2) == ["三国演", "义上册…"]


def test_text_that_just_fits_is_not_cut() -> None:
    assert broken("三国演义上册", 6, columns, 2) == ["三国演", "义上册"]


def test_an_accent_stays_with_its_letter_and_in_its_line() -> None:
    assert broken("aaaae\u0301b", 5, columns, 9) == ["aaaae\u0301", "b"]
    assert broken("aaaae\u0301bbb", 5, columns, 1) == ["aaaa…"]


def test_white_space_is_one_space_and_no_text_is_no_line() -> None:
    assert broken(" a \n\t b ", 9, columns, 2) == ["a b"]
    assert broken("  ", 9, columns, 2) == []


@given(st.text("ab 红楼梦，《》（。é", max_size=40), st.integers(2, 12))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    lines = broken(text, width, columns, 999)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert [line for line in lines if columns(line) > width] == []
