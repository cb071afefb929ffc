"""Signed cards: what a printed code holds, and what counts as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station import cards
from station.drivers.layouts import LAYOUTS
from station.model import Policy, Reader

SECRET = b"the library's"
ids = st.text(min_size=1, max_size=cards.LONGEST)


@given(card=ids)
def test_a_signed_card_is_taken_apart_again_and_fits(card: str) -> None:
    parts = cards.split(cards.signed(card, SECRET))
    assert parts is not None
    assert (parts[0], cards.fits(*parts, SECRET)) == (card, True)


def test_a_tag_fits_one_card_of_one_library_alone() -> None:
    _, tag = cards.split(cards.signed("RD-1001", SECRET)) or ("", "")
    assert cards.fits("RD-1001", tag, SECRET)
    assert not cards.fits("RD-1002", tag, SECRET)
    assert not cards.fits("RD-1001", tag, b"another library's")


def test_the_tag_is_what_other_programs_reckon_too() -> None:
    """Five bytes of HMAC-SHA256 over `card:` and the id, in Crockford's base 32; reckoned with openssl."""
    assert cards.signed("RD-1001", b"secret") == "RD-1001+RA1D03DN"


@pytest.mark.parametrize(
    "text",
    ["RD-1001", "RD-1001+", "+0123456A", "RD-1+0123456", "RD-1+0123456ab", "RD-1+ABCDEFGI", "RD-1 0123456A"],
)
def test_what_looks_like_no_signed_card_is_none(text: str) -> None:
    assert cards.split(text) is None


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_keyboard_layout_types_a_tag(name: str) -> None:
    layout = LAYOUTS[name]
    typed = {*layout.plain.values(), *layout.shifted.values()}
    assert set("+0123456789ABCDEFGHJKMNPQRSTVWXYZ") <= typed


@pytest.mark.parametrize("length", [0, cards.LONGEST + 1])
def test_a_number_that_a_scan_has_no_room_for_is_not_signed(length: int) -> None:
    with pytest.raises(ValueError, match="1 to 503"):
        cards.signed("R" * length, SECRET)


def test_staff_cards_that_a_number_opens_are_named() -> None:
    readers = [
        Reader(id="RD-1"),
        Reader(id="S-1", kind="staff"),
        Reader(id="S-2", kind="staff", pin="hash"),
        Reader(id="S-3", kind="staff", status="blocked"),
    ]
    assert [each.id for each in cards.opened_by_a_number(Policy(), readers)] == ["S-1"]
    assert cards.opened_by_a_number(Policy(cards="signed"), readers) == []
