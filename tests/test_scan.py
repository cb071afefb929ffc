"""What a line from a scanner is: cleaned first, then read in the contract's order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.model import Item, Reader
from station.scan import (
    COMMANDS,
    FOR_ANYONE,
    LONGEST,
    LONGEST_CONTACT,
    Card,
    Command,
    ContactCode,
    Copy,
    Isbn,
    Meaning,
    NewCard,
    NewLabel,
    Patterns,
    Pin,
    Scan,
    Unknown,
    clean,
    isbn13,
    meaning,
)
from station.store import Store
from tests.stores import memory_store, stock

ANY_CHARACTER = st.characters(exclude_categories=())
"""Surrogates too: what a badly decoded line holds."""


def text(line: str) -> str:
    return clean("desk", line).text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("BK-1", Scan("desk", "BK-1")),
        (" \tBK-1\r", Scan("desk", "BK-1")),
        ("]E09787020002207", Scan("desk", "9787020002207", "]E0")),
        ("]C1BK-1", Scan("desk", "BK-1", "]C1")),
        (" ]Q3 红楼梦", Scan("desk", "红楼梦", "]Q3")),
        ("]E0]E0x", Scan("desk", "]E0x", "]E0")),
        ("]E0", Scan("desk", "", "]E0")),
        ("]", Scan("desk", "]")),
        ("]0EBK-1", Scan("desk", "]0EBK-1")),
        ("", Scan("desk", "")),
        ("   ", Scan("desk", "")),
        ("BK 1", Scan("desk", "BK 1")),
    ],
)
def test_line_is_cleaned(line: str, expected: Scan) -> None:
    assert clean("desk", line) == expected


def test_text_is_in_composed_form() -> None:
    assert text("BK-e\u0301") == "BK-\u00e9"


CONTROLS = ["\x00", "\x07", "\n", "\x1b", "\x7f", "\x85", "\u2028", "\u2029"]
UNSEEN = ["\u200b", "\u200f", "\u202e", "\u2066", "\ufeff", "\U000e0041"]
NO_CHARACTERS = ["\ud800", "\udcff", "\ue000", "\uffff"]


@pytest.mark.parametrize("char", [*CONTROLS, *UNSEEN, *NO_CHARACTERS])
def test_what_no_code_holds_makes_the_line_empty(char: str) -> None:
    assert text(f"BK-{char}1") == ""


def test_longest_text_is_kept_whole_and_a_longer_one_is_dropped() -> None:
    assert [len(text("x" * each)) for each in (LONGEST, LONGEST + 1, 100_000)] == [LONGEST, 0, 0]


def test_text_that_grows_when_it_is_composed_is_measured_afterwards() -> None:
    """U+0344 becomes two characters in NFC."""
    assert text("BK-" + "\u0344" * 500) == ""


VCARD = "BEGIN:VCARD\nVERSION:3.0\nN:曹;雪芹\nNOTE:a\tb\nEND:VCARD"
MECARD = "MECARD:N:曹,雪芹;TEL:123;;"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (VCARD, VCARD),
        (VCARD.replace("\n", "\r\n") + "\r\n", VCARD),
        (VCARD.replace("\n", "\r"), VCARD),
        (VCARD.lower(), VCARD.lower()),
        ("]Q3" + VCARD, VCARD),
        ("BEGIN:VCARD\nEND:VCARD", "BEGIN:VCARD\nEND:VCARD"),
        (MECARD, MECARD),
        (MECARD.replace(";", ";\r\n"), MECARD.replace(";", ";\n").strip()),
        (VCARD.removesuffix("\nEND:VCARD"), ""),
        (VCARD.removeprefix("BEGIN:VCARD\n"), ""),
        (VCARD.replace("曹", "\x07"), ""),
        (VCARD.replace("曹", "\u202e"), ""),
        (VCARD + "\nRD-1001", ""),
        ("RD-1001\n" + VCARD, ""),
        ("BEGIN:VCARD" + "\n" * 2_030, ""),
    ],
)
def test_contact_is_one_text_with_its_line_ends(line: str, expected: str) -> None:
    assert text(line) == expected


@pytest.mark.parametrize("frame", ["BEGIN:VCARD\nNOTE:\nEND:VCARD", "MECARD:NOTE:;;"])
def test_contact_may_have_2048_characters(frame: str) -> None:
    whole = frame.replace("NOTE:", "NOTE:" + "红" * (LONGEST_CONTACT - len(frame)))
    longer = whole.replace("红", "红红", 1)
    assert (text(whole), text(longer)) == (whole, "")


@given(st.text(ANY_CHARACTER, max_size=600))
def test_cleaned_text_can_be_kept_and_cleaning_it_again_changes_nothing(line: str) -> None:
    cleaned = text(line)
    assert len(cleaned) <= LONGEST
    cleaned.encode()
    assert cleaned == cleaned.strip()
    assert clean("desk", cleaned).text in (cleaned, cleaned[3:].strip())


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("9787020002207", "9787020002207"),
        ("978-7-02-000220-7", "9787020002207"),
        ("978 7 02 000220 7", "9787020002207"),
        ("9791032305690", "9791032305690"),
        ("702000220X", "9787020002207"),
        ("7-02-000220-X", "9787020002207"),
        ("080442957X", "9780804429573"),
        ("080442957x", "9780804429573"),
        ("9787020002208", None),
        ("7020002203", None),
        ("4006381333931", None),
        ("９７８７０２０００２２０７", None),
        ("٩٧٨٧٠٢٠٠٠٢٢٠٧", None),
        ("978702000220", None),
        ("97870200022077", None),
        ("ISBN 9787020002207", None),
        ("9787020002207\n", None),
        ("X804429570", None),
        ("----------", None),
        ("", None),
    ],
)
def test_isbn(line: str, number: str | None) -> None:
    assert isbn13(line) == number


@given(st.text(ANY_CHARACTER, max_size=30) | st.from_regex(r"\A[0-9Xx -]{0,24}\Z"))
def test_any_text_is_an_isbn_or_none(line: str) -> None:
    number = isbn13(line)
    assert number is None or (len(number) == 13 and isbn13(number) == number)


@pytest.fixture(scope="module")
def shelf() -> Store:
    """Cards and labels whose text could be read as something else too."""
    store = memory_store()
    stock(
        store,
        readers=["RD-1", "1234", "9787020002207", "CMD-DONE"],
        items=["BK-1", "RD-2", "702000220X", "CMD-LOST", "55555"],
    )
    return store


CASES: list[tuple[str, Meaning]] = [
    ("RD-1", Card(Reader(id="RD-1"))),
    ("BK-1", Copy(Item(id="BK-1"))),
    ("RD-2", Copy(Item(id="RD-2"))),
    ("9787020002207", Card(Reader(id="9787020002207"))),
    ("702000220X", Copy(Item(id="702000220X"))),
    ("9780804429573", Isbn("9780804429573")),
    ("0-8044-2957-X", Isbn("9780804429573")),
    ("CMD-DONE", Command("DONE")),
    ("CMD-LOST", Command("LOST")),
    ("CMD-", Unknown("")),
    ("CMD-done", Unknown("")),
    ("CMD-DONE ", Command("DONE")),
    ("CMD-DANCE", Unknown("")),
    ("RD-9", NewCard("RD-9")),
    ("RD-", Unknown("RD-")),
    ("rd-9", Unknown("rd-9")),
    ("BK-9", NewLabel("BK-9")),
    ("BK-红楼梦", NewLabel("BK-红楼梦")),
    ("1234", Card(Reader(id="1234"))),
    ("99999", Unknown("99999")),
    ("BK", Unknown("BK")),
    ("", Unknown("")),
    ("BK-\u202e1", Unknown("")),
    (VCARD, ContactCode(VCARD)),
    (MECARD, ContactCode(MECARD)),
    ("MECARD:", Unknown("MECARD:")),
]


def bare(found: Meaning) -> Meaning:
    """Without the stamps of the documents in it."""
    match found:
        case Card(reader):
            return Card(Reader(id=reader.id))
        case Copy(item):
            return Copy(Item(id=item.id))
    return found


@pytest.mark.parametrize(("line", "expected"), CASES, ids=[repr(line) for line, _ in CASES])
def test_meaning(shelf: Store, line: str, expected: Meaning) -> None:
    assert bare(meaning(clean("desk", line), shelf.shelf, Patterns(), pin_awaited=False)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1234", Pin("1234")),
        ("55555", Pin("55555")),
        ("12345678", Pin("12345678")),
        ("123", Unknown("123")),
        ("123456789", Unknown("123456789")),
        ("１２３４", Unknown("１２３４")),
        ("RD-1", Card(Reader(id="RD-1"))),
        ("9787020002207", Card(Reader(id="9787020002207"))),
    ],
)
def test_digits_are_a_pin_while_one_is_awaited(shelf: Store, line: str, expected: Meaning) -> None:
    assert bare(meaning(clean("desk", line), shelf.shelf, Patterns(), pin_awaited=True)) == expected


def test_patterns_are_matched_against_the_whole_text(shelf: Store) -> None:
    patterns = Patterns(reader="[0-9]{6}", item="L[0-9]+", command_prefix="!")
    read = {
        line: meaning(clean("desk", line), shelf.shelf, patterns, pin_awaited=False)
        for line in ("123456", "1234567", "L7", "L7x", "!DONE", "CMD-UNDO")
    }
    assert read == {
        "123456": NewCard("123456"),
        "1234567": Unknown("1234567"),
        "L7": NewLabel("L7"),
        "L7x": Unknown("L7x"),
        "!DONE": Command("DONE"),
        "CMD-UNDO": Unknown("CMD-UNDO"),
    }


def test_no_pattern_makes_a_number_of_a_text_with_line_ends(shelf: Store) -> None:
    anything = Patterns(reader="(?s).+")
    read = [meaning(clean("", each), shelf.shelf, anything, pin_awaited=False) for each in (VCARD, MECARD)]
    assert read == [ContactCode(VCARD), NewCard(MECARD)]


def test_commands_are_the_contracts() -> None:
    anyone = {"DONE", "UNDO"}
    books = {"ADD", "ADMIT", "REJECT", "BLOCK", "UNBLOCK", "LOST", "FOUND", "WITHDRAW", "COUNT", "OVERRIDE"}
    station = {"TEST", "STATUS", "RESTART", "SHUTDOWN"}
    assert anyone == FOR_ANYONE
    assert anyone | books | station == COMMANDS
