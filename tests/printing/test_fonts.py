"""Text is set in a font that has it, or the person is told which package brings one."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from PIL import ImageStat

from station.printing import PrintError
from station.printing.fonts import FontFile, font_file, installed
from station.printing.page import Page, Text
from station.printing.pdf import Pdf
from tests.printing.rendering import NOON, latin_pdf, pdf_with_chinese, rendered


def page(*texts: str, bold: bool = False) -> Page:
    return Page(100, 100, tuple(Text(10, 10 + 8 * n, text, 12, bold) for n, text in enumerate(texts)))


def test_what_no_font_has_is_refused_with_the_package_that_brings_one() -> None:
    pdf = latin_pdf()
    with pytest.raises(
        PrintError, match=r"no font here has 红 楼 \(U\+7EA2, U\+697C\).*fonts-wqy-microhei"
    ) as refusal:
        pdf.write([page("红楼红", "Oak")], "A test", NOON)
    assert "--font" in str(refusal.value)


def test_a_named_font_that_lacks_a_character_is_not_blamed_on_the_package_alone() -> None:
    """Old Persian is in hardly any font."""
    named = next(iter(installed()))
    with pytest.raises(PrintError, match="neither the font that was named"):
        latin_pdf(named).write([page("\U000103a0")], "A test", NOON)


def test_chinese_of_both_kinds_and_latin_share_a_line_and_come_out_as_text() -> None:
    pdf = pdf_with_chinese()
    made = rendered([page("红楼梦 Oak 紅樓夢 – “café”", bold=True), page("plain 梦")], pdf)
    assert "红楼梦 Oak 紅樓夢 – “café”" in made.text
    assert "plain 梦" in made.text


def test_a_line_is_as_wide_as_its_parts_in_whatever_font() -> None:
    pdf = pdf_with_chinese()
    parts = pdf.width("红楼", 10) + pdf.width("Oak", 10) + pdf.width("梦", 10)
    assert pdf.width("红楼Oak梦", 10) == pytest.approx(parts)
    assert pdf.width("红", 10) == pytest.approx(10 * 25.4 / 72, rel=0.01)


def test_bold_is_darker_than_plain_in_chinese_too_and_ends_with_its_text() -> None:
    def darkness(first_bold: bool) -> list[float]:
        pdf = pdf_with_chinese()
        lines = (Text(10, 30, "红楼梦", 40, first_bold), Text(10, 80, "红楼梦", 40))
        picture = rendered([Page(100, 100, lines)], pdf).page(0)
        halves = [(0, 0, picture.width, picture.height // 2), (0, picture.height // 2, *picture.size)]
        return [255 - ImageStat.Stat(picture.crop(half)).mean[0] for half in halves]

    plain, below = darkness(first_bold=False)
    bold, below_bold = darkness(first_bold=True)
    assert plain == pytest.approx(below, rel=0.03)
    assert below_bold == pytest.approx(below)
    assert bold > plain * 1.15


def test_only_the_characters_that_are_used_are_embedded() -> None:
    pdf = pdf_with_chinese()
    assert len(pdf.write([page("红楼梦")], "A test", NOON)) < 30_000


@pytest.mark.parametrize(
    "data", [b"", b"no font at all", b"ttcf" + b"\xff" * 40, struct.pack(">IHHHH", 0x00010000, 99, 0, 0, 0)]
)
@pytest.mark.parametrize("name", ["broken.ttf", "broken.ttc", "broken.txt"])
def test_a_file_that_is_no_font_is_refused_in_words(tmp_path: Path, data: bytes, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    with pytest.raises(PrintError, match="can't be used as a font"):
        Pdf(FontFile(file), ())


def test_a_font_is_named_by_its_file_and_its_place_in_a_collection(tmp_path: Path) -> None:
    file = tmp_path / "some.ttc"
    file.touch()
    assert font_file(str(file)) == FontFile(file, 0)
    assert font_file(f"{file}:3") == FontFile(file, 3)
    with pytest.raises(PrintError, match="there is no font file"):
        font_file(str(tmp_path / "other.ttc"))


def test_the_known_fonts_are_found_by_name_the_smallest_first(tmp_path: Path) -> None:
    for name in ("deep/NotoSansCJK-Regular.ttc", "wqy-microhei.ttc", "Unknown.ttf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = list(installed((tmp_path, tmp_path / "not there")))
    assert found == [
        FontFile(tmp_path / "wqy-microhei.ttc", 0),
        FontFile(tmp_path / "deep/NotoSansCJK-Regular.ttc", 2),
    ]
