"""The join code's text: whole, short enough, and nothing of it in a message or a repr."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec import structs

from station import joincode
from station.joincode import LONGEST, JoinCode, read, write
from station.scan import TEST_TEXT, clean

CODE = JoinCode(
    host="broker.local",
    port=1883,
    library="oak",
    invitation="0123456789ab",
    secret=bytes(range(16)),
    ends=1_795_600_000,
)
TEXT = "shelfpost://broker.local:1883/oak?i=0123456789ab&s=AAECAwQFBgcICQoLDA0ODw&e=1795600000"
words = st.text(min_size=1, max_size=20)
codes = st.builds(
    JoinCode,
    host=st.sampled_from(["broker.local", "192.168.1.5", "fe80::1", "b"]),
    port=st.integers(1, 65535),
    library=st.from_regex(r"[a-z0-9_]{1,64}", fullmatch=True),
    invitation=st.from_regex(r"[0-9a-f]{12}", fullmatch=True),
    secret=st.binary(min_size=16, max_size=16),
    ends=st.integers(10**8, 10**11 - 1),
    root=st.sampled_from(["shelfpost", "books/shelfpost", "书架"]),
    protocol=st.sampled_from(["5", "3.1.1"]),
    username=st.none() | words,
    password=st.none() | words,
    certificate=st.none() | st.binary(min_size=16, max_size=16),
)


def test_a_usual_code_is_short() -> None:
    assert write(CODE) == TEXT
    assert read(TEXT) == CODE


@given(code=codes)
def test_a_code_says_the_same_when_it_is_read_again(code: JoinCode) -> None:
    try:
        text = write(code)
    except (ValueError, UnicodeEncodeError):
        assume(False)
    assert read(text) == code


@given(code=codes)
def test_a_code_comes_through_a_scanner_whole(code: JoinCode) -> None:
    """Its characters are those that the test code on the command sheet has."""
    try:
        text = write(code)
    except (ValueError, UnicodeEncodeError):
        assume(False)
    assert set(text) <= set(TEST_TEXT) | set("[]~")
    assert clean("", text).text == text


def test_a_code_that_no_scan_has_room_for_is_not_made() -> None:
    with pytest.raises(ValueError, match="a scan takes 512"):
        write(structs.replace(CODE, password="x" * LONGEST))


@given(text=st.text(max_size=600).map(lambda text: joincode.SCHEME + text) | st.text(max_size=50))
def test_any_text_is_a_code_or_a_word_about_it(text: str) -> None:
    try:
        read(text)
    except ValueError as error:
        assert "join code" in str(error)


@given(at=st.integers(0, len(TEXT) - 1), char=st.characters())
def test_a_code_with_one_character_misread_is_another_code_or_none(at: int, char: str) -> None:
    text = TEXT[:at] + char + TEXT[at + 1 :]
    assume(text != TEXT)
    try:
        found = read(text)
    except ValueError as error:
        assert "AAECAwQFBgcICQoLDA0ODw" not in str(error)
    else:
        assert found != CODE or text.lower() == TEXT.lower()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("&e=1795600000", ""), "end is not whole"),
        (("s=AAECAwQFBgcICQoLDA0ODw", "s=AAEC"), "secret is not whole"),
        (("s=AAECAwQFBgcICQoLDA0ODw", "s=AAECAwQFBgcICQoLDA0ODx"), "secret is not whole"),
        (("/oak", "/Oak"), "library is not whole"),
        (("i=0123456789ab", "i=0123456789a"), "invitation is not whole"),
        ((":1883", ""), "is not whole"),
        ((":1883", ":188311"), "is not whole"),
        ((":1883", ":65536"), "is not whole"),
        ((":1883", ":0"), "is not whole"),
        (("&e=", "&z=1&e="), "was made by a newer Shelfpost"),
        (("&e=", "&e=1795600001&e="), "is not whole"),
        (("e=1795600000", "e=１７９５６０００００"), "end is not whole"),
    ],
)
def test_what_is_wrong_with_a_code_is_said(change: tuple[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(TEXT.replace(*change))


def test_a_code_shows_no_secret_where_it_is_printed_by_mistake() -> None:
    assert repr(CODE) == "<join code 0123456789ab of oak>"
