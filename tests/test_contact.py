"""What a phone shows as its owner's contact, and what somebody else may put into a QR code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.contact import LONGEST, MOST, Contact, contact

ANDROID = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E7=8E=8B;=E5=B0=8F=
=E6=98=8E;;;
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E7=8E=8B=E5=B0=8F=E6=98=8E
TEL;CELL:13800138000
TEL;HOME:+86 10 6554 1234
EMAIL;HOME:xm@example.cn
END:VCARD"""

IPHONE = """BEGIN:VCARD\r
VERSION:3.0\r
PRODID:-//Apple Inc.//iPhone OS 17.0//EN\r
N:Nilsson;Annika\\, Pippi;;;\r
FN:Annika Nilsson\r
item1.TEL;type=pref:+46 70 123 45 67\r
item2.EMAIL;type=INTERNET:annika@example.se\r
NOTE:a long note that is fold\r
 ed over two lines: TEL:999\r
END:VCARD\r
"""

NEWEST = "BEGIN:VCARD\nVERSION:4.0\nFN:Łukasz\nTEL;VALUE=uri:tel:+48-601-000-000\nEND:VCARD"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ANDROID, Contact("王小明", ("13800138000", "+86 10 6554 1234"), ("xm@example.cn",))),
        (IPHONE, Contact("Annika Nilsson", ("+46 70 123 45 67",), ("annika@example.se",))),
        (NEWEST, Contact("Łukasz", ("+48-601-000-000",))),
        ("BEGIN:VCARD\nN:王;小明;;;\nEND:VCARD", Contact("王小明")),
        ("BEGIN:VCARD\nN:Nilsson;Annika\nEND:VCARD", Contact("Annika Nilsson")),
        ("begin:vcard\nfn:Ada\nend:vcard", Contact("Ada")),
        ("BEGIN:VCARD\nFN:Ada\\, Countess\\; of\\nLovelace\\\\", Contact("Ada, Countess; of Lovelace\\")),
        ("MECARD:N:王,小明;TEL:138;EMAIL:x@y.cn;;", Contact("王小明", ("138",), ("x@y.cn",))),
        (r"MECARD:N:Ada\;B;TEL:1;TEL:2;NOTE:x;;", Contact("Ada;B", ("1", "2"))),
        ("MECARD:TEL:112", Contact(None, ("112",))),
    ],
)  # fmt: skip
def test_contact_is_read_from_what_phones_show(text: str, found: Contact) -> None:
    assert contact(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RD-1",
        "VCARD",
        "BEGIN:VEVENT\nFN:x",
        "BEGIN:VCARD\nEND:VCARD",
        "MECARD:;;",
        "BEGIN:VCARD\nFN: \nTEL:",
    ],
)
def test_what_says_nothing_is_no_contact(text: str) -> None:
    assert contact(text) is None


def test_invisible_characters_and_controls_are_no_part_of_a_name() -> None:
    assert contact("BEGIN:VCARD\nFN:\u202eAda\x07\u200b  L\u2028.\nEND:VCARD") == Contact("Ada L .")


def test_too_much_is_cut() -> None:
    numbers = "\n".join(f"TEL:{each}" for each in range(50))
    found = contact(f"BEGIN:VCARD\nFN:{'王' * 900}\n{numbers}\nEND:VCARD")
    assert found == Contact("王" * LONGEST, tuple(map(str, range(MOST))))


def test_unknown_character_set_leaves_the_text_as_it_is() -> None:
    text = "BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE;CHARSET=KLINGON:A=42\nEND:VCARD"
    assert contact(text) == Contact("A=42")


@given(st.text().map(lambda each: f"BEGIN:VCARD\n{each}"))
def test_whatever_follows_is_read_without_a_failure(text: str) -> None:
    contact(text)
    contact("MECARD:" + text)
