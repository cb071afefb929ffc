"""A transcript's line: words, quotes and comments as in a shell."""

from __future__ import annotations

import pytest

from station.replay.words import words


def texts(line: str) -> list[str]:
    return [each.text for each in words(line)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        ("  \t ", []),
        ("# all comment 'open", []),
        ("scan  RD-1\t-> welcome", ["scan", "RD-1", "->", "welcome"]),
        ("scan RD-1 # -> welcome", ["scan", "RD-1"]),
        ("scan CMD-# C#", ["scan", "CMD-#", "C#"]),
        ("scan '#1' \"#2\" \\#3", ["scan", "#1", "#2", "#3"]),
        ("""title="红楼梦 一" name='it is "so"'""", ["title=红楼梦 一", 'name=it is "so"']),
        (r'"a\"b\\c\d" a\ b', [r'a"b\c\d', "a b"]),
        ("''  \"\"", ["", ""]),
        ("a'b'\"c\"d", ["abcd"]),
        (r"$'BEGIN:VCARD\r\nEND' $'\u7ea2\t\'' $x", ["BEGIN:VCARD\r\nEND", "红\t'", "$x"]),
        ("https://example.org/?a=1;b|c&d", ["https://example.org/?a=1;b|c&d"]),
    ],
)
def test_line_is_cut_as_a_shell_cuts_it(line: str, expected: list[str]) -> None:
    assert texts(line) == expected


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("scan 'RD-1", "a quote is not closed: '"),
        ('scan "RD-1', 'a quote is not closed: "'),
        (r'scan "RD-1\"', 'a quote is not closed: "'),
        ("scan $'RD-1", "a quote is not closed: '"),
        ("scan RD-1\\", "ends with a backslash"),
        (r"scan $'\q'", r"\q stands for no character"),
        (r"scan $'\ud800'", r"\ud800 stands for no character"),
    ],
)
def test_broken_quote_is_said_in_words(line: str, complaint: str) -> None:
    with pytest.raises(ValueError) as raised:
        words(line)
    assert complaint in str(raised.value)


def test_word_knows_what_stands_before_its_quotes_and_where_it_is() -> None:
    assert [(each.plain, each.start, each.end) for each in words('  a "->" b="c d"')] == [
        ("a", 2, 3),
        ("", 4, 8),
        ("b=", 9, 16),
    ]
