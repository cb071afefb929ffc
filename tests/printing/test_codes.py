"""Codes are read back from what a printer makes of them."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from station.printing import PrintError, code128, qr
from station.printing.page import Area, Box, Page
from station.scan import TEST_PARTS, TEST_TEXT
from tests.printing.rendering import latin_pdf, rendered

WIDE = Box(5, 5, 400, 12)
LINE = (410.0, 22.0)
printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=40)


def read(marks: list[Area], paper: tuple[float, float] = LINE) -> list[tuple[str, str]]:
    made = rendered([Page(*paper, tuple(marks))], latin_pdf())
    return [(code.kind, code.text) for code in made.codes(0)]


@settings(max_examples=25)
@given(printable.map(str.strip).filter(len))
@example("RD-1001+7K3M9QPX")
@example("1")
@example("12345")
@example("99")
@example("9912345678")
@example("BK-10012")
@example("2026123456789a1234")
def test_whatever_code_128_can_hold_is_read_back(text: str) -> None:
    assert read(code128.bars(text, WIDE)) == [("CODE128", text)]


@pytest.mark.parametrize("part", TEST_PARTS)
def test_each_test_code_is_short_enough_for_a_hand_scanner(part: str) -> None:
    """A scanner sees some 35 degrees, and reads 0.33 mm from 20 to 30 cm away: 12 to 18 cm of code."""
    bars = code128.bars(part, WIDE)
    module = min(bar.box.width for bar in bars)
    assert (bars[-1].box.right - bars[0].box.x) * 0.34 / module < 125


def test_the_test_codes_together_are_the_whole_text() -> None:
    assert " ".join(TEST_PARTS) == TEST_TEXT


def test_bars_are_whole_dots_of_a_printer_and_the_quiet_zones_lie_in_the_box() -> None:
    box = Box(0, 0, 45, 10)
    bars = [bar.box for bar in code128.bars("BK-1001", box)]
    dots = [bar.width / code128.DOT for bar in bars]
    assert dots == pytest.approx([round(each) for each in dots])
    module = min(bar.width for bar in bars)
    assert module >= 0.33
    assert bars[0].x - box.x >= 10 * module - 1e-6
    assert box.right - bars[-1].right >= 10 * module - 1e-6


def test_a_narrow_box_gets_narrower_bars_but_none_below_a_quarter_millimetre() -> None:
    narrow = [bar.box.width for bar in code128.bars("BK-1001", Box(0, 0, 36, 10))]
    assert 0.25 <= min(narrow) < 0.33
    with pytest.raises(PrintError, match=r"takes 31 mm at least, and there are 30 mm .* wider cells"):
        code128.bars("BK-1001", Box(0, 0, 30, 10))


@pytest.mark.parametrize("text", ["BK-红", "café", "a\nb", "", " BK-1", "x" * 81])
def test_what_code_128_cannot_hold_is_said_in_words(text: str) -> None:
    with pytest.raises(PrintError, match="can't be a bar code"):
        code128.bars(text, WIDE)


@pytest.mark.parametrize("text", [TEST_TEXT, "shelfpost://broker:1883/oak?i=1", "x" * 512])
def test_a_qr_code_is_read_back_whole(text: str) -> None:
    read_back = read(qr.squares(text, Box(5, 5, 110, 110)), (120, 120))
    assert read_back == [("QRCODE", text)]


def test_a_qr_code_too_dense_for_its_room_is_refused() -> None:
    with pytest.raises(PrintError, match="needs more room"):
        qr.squares("x" * 500, Box(0, 0, 20, 20))
    with pytest.raises(PrintError, match="too many"):
        qr.squares("x" * 5000, Box(0, 0, 200, 200))
