"""The expected characters are written out by hand, position by position, and not taken from the tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.drivers.framer import END, Key
from station.drivers.keyboard import DOWN, NO_CHARACTER, UP, Keyboard
from station.drivers.layouts import LAYOUTS, composed, layout

LEFT_CTRL, LEFT_SHIFT, LEFT_ALT, RIGHT_SHIFT, RIGHT_ALT, LEFT_META, CAPS = 29, 42, 56, 54, 100, 125, 58
A, Q, Z, C, M, J, K, TWO, SEVEN, MINUS, EQUAL, BRACKET, APOSTROPHE, BACKSLASH, ISO, SPACE = (
    (30, 16, 44, 46, 50, 36, 37, 3, 8, 12, 13, 26, 40, 43, 86, 57)
)  # fmt: skip
DIGIT_ROW = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
PRINTABLE = {chr(each) for each in range(0x20, 0x7F)}


def press(keyboard: Keyboard, *codes: int) -> list[Key | None]:
    """Each key goes down and up again, one after the other."""
    return [[keyboard.event(code, DOWN), keyboard.event(code, UP)][0] for code in codes]


def hold(keyboard: Keyboard, code: int) -> None:
    assert keyboard.event(code, DOWN) is None


def one(name: str, code: int, *held: int) -> Key | None:
    """What one key types in a layout, with others held."""
    keyboard = Keyboard(layout(name))
    for each in held:
        hold(keyboard, each)
    return press(keyboard, code)[0]


def row(name: str, codes: tuple[int, ...], *held: int) -> str:
    return "".join(str(one(name, code, *held)) for code in codes)


@pytest.mark.parametrize(
    ("name", "plain", "shifted"),
    [
        ("us", "1234567890", "!@#$%^&*()"),
        ("gb", "1234567890", '!"£$%^&*()'),
        ("de", "1234567890", '!"§$%&/()='),
        ("fr", "&é\"'(-è_çà", "1234567890"),
    ],
)
def test_digit_row(name: str, plain: str, shifted: str) -> None:
    assert row(name, DIGIT_ROW) == plain
    assert row(name, DIGIT_ROW, LEFT_SHIFT) == shifted
    assert row(name, DIGIT_ROW, RIGHT_SHIFT) == shifted


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("us", "azqm-=[';\\<"),
        ("gb", "azqm-=[';#\\"),
        ("de", "ayqmß\u0301üäö#<"),
        ("fr", "qwa,)=\u0302ùm*<"),
    ],
)
def test_keys_that_lie_elsewhere(name: str, expected: str) -> None:
    assert row(name, (A, Z, Q, M, MINUS, EQUAL, BRACKET, APOSTROPHE, 39, BACKSLASH, ISO)) == expected


def test_altgr_of_the_german_layout() -> None:
    typed = row("de", (Q, SEVEN, 9, 10, 11, MINUS, 27, ISO, 18), RIGHT_ALT)
    assert typed == "@{[]}\\~|€"


def test_altgr_with_shift_is_no_altgr() -> None:
    assert one("de", Q, RIGHT_ALT, LEFT_SHIFT) == NO_CHARACTER


def test_altgr_of_the_french_layout() -> None:
    assert row("fr", (TWO, 4, 5, 6, 7, SEVEN, 9, 10, 11, MINUS, EQUAL), RIGHT_ALT) == "~#{[|`\\^@]}"


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_printable_ascii_character_can_be_typed(name: str) -> None:
    table = LAYOUTS[name]
    typed = {*table.plain.values(), *table.shifted.values(), *table.altgr.values()}
    assert PRINTABLE - {composed(char + " ").strip() or " " for char in typed} == set()


@pytest.mark.parametrize("name", LAYOUTS)
def test_keypad_types_digits_and_operators_whatever_is_held(name: str) -> None:
    keypad = (82, 79, 80, 81, 75, 76, 77, 71, 72, 73, 78, 74, 55, 98)
    assert row(name, keypad) == "0123456789+-*/"
    assert row(name, keypad, LEFT_SHIFT) == "0123456789+-*/"


def test_num_lock_changes_nothing() -> None:
    assert press(Keyboard(layout("us")), 69, 71, 69, 71) == [None, "7", None, "7"]


@pytest.mark.parametrize(("name", "point"), [("us", "."), ("gb", "."), ("de", ","), ("fr", ".")])
def test_point_of_the_keypad(name: str, point: str) -> None:
    assert one(name, 83) == point


def test_enter_the_keypads_enter_and_tab_end_a_scan() -> None:
    assert press(Keyboard(layout("us")), 28, 96, 15) == [END, END, END]


def test_shift_counts_while_it_is_held() -> None:
    keyboard = Keyboard(layout("us"))
    hold(keyboard, LEFT_SHIFT)
    hold(keyboard, RIGHT_SHIFT)
    keyboard.event(LEFT_SHIFT, UP)
    assert press(keyboard, A) == ["A"]
    keyboard.event(RIGHT_SHIFT, UP)
    assert press(keyboard, A) == ["a"]


def test_caps_lock_turns_letters_until_it_is_pressed_again() -> None:
    keyboard = Keyboard(layout("us"))
    assert press(keyboard, CAPS, A, TWO, MINUS, CAPS, A) == [None, "A", "2", "-", None, "a"]


def test_shift_under_caps_lock_gives_small_letters_and_upper_signs() -> None:
    keyboard = Keyboard(layout("us"))
    press(keyboard, CAPS)
    hold(keyboard, LEFT_SHIFT)
    assert press(keyboard, A, TWO) == ["a", "@"]


def test_caps_lock_in_german_knows_umlauts_and_sharp_s() -> None:
    assert press(Keyboard(layout("de")), CAPS, APOSTROPHE, MINUS, TWO) == [None, "Ä", "ẞ", "2"]


def test_caps_lock_in_french_leaves_the_digits_above() -> None:
    keyboard = Keyboard(layout("fr"))
    press(keyboard, CAPS)
    hold(keyboard, LEFT_SHIFT)
    assert press(keyboard, TWO, SEVEN) == ["2", "7"]


def test_key_that_repeats_or_goes_up_types_nothing() -> None:
    keyboard = Keyboard(layout("us"))
    assert [keyboard.event(A, value) for value in (DOWN, 2, 2, UP)] == ["a", None, None, None]


def test_function_and_cursor_keys_type_nothing() -> None:
    assert press(Keyboard(layout("us")), 59, 88, 105, 1, 113 + 0x100) == [None] * 5


@pytest.mark.parametrize(
    ("code", "held"),
    [(A, (RIGHT_ALT,)), (A, (LEFT_ALT,)), (79, (LEFT_ALT,)), (A, (LEFT_META,)), (14, ()), (89, ()),
     (TWO, (RIGHT_ALT, LEFT_SHIFT))],
)  # fmt: skip
def test_key_without_a_character_spoils_the_code_and_is_not_left_out(
    code: int, held: tuple[int, ...]
) -> None:
    assert one("us", code, *held) == NO_CHARACTER


def test_control_gives_control_characters_and_line_ends() -> None:
    typed = [one("us", code, LEFT_CTRL) for code in (27, J, M, 23, TWO)]
    assert typed == ["\x1d", END, END, END, NO_CHARACTER]


def test_unknown_layout_names_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"no keyboard layout 'dvorak': use one of us, gb, de, fr"):
        layout("dvorak")


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("\u0302 ", "^"),
        ("\u0301 ", "´"),
        ("\u0300 ", "`"),
        ("\u0308 ", "¨"),
        ("\u0302e\u0301a\u0308u", "êáü"),
        ("\u0302K", "^K"),
        ("\u03021", "^1"),
        ("\u0302\u0302", "^^"),
        ("\u0301\u0300a", "´à"),
        ("A\u0302", "A^"),
        ("no dead key", "no dead key"),
    ],
)
def test_dead_key_goes_with_what_follows(keys: str, text: str) -> None:
    assert composed(keys) == text


@given(st.text(st.sampled_from("ae1 \u0302\u0301")))
def test_no_mark_is_left_over(keys: str) -> None:
    assert not set(composed(keys)) & {"\u0302", "\u0301"}
