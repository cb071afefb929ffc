"""A sheet of labels: every code is read in its own cell, titles are whole, and nothing leaves its cell."""

from __future__ import annotations

from functools import cache

import pytest

from station.printing import PrintError
from station.printing.labels import Label, draw
from station.printing.layout import filled
from station.printing.sheets import SHEETS, sheet
from tests.printing.rendering import Rendered, latin_pdf, pdf_with_chinese, rendered

TITLES = (
    "红楼梦",
    "三國演義（繁體）",
    "《三国演义》（上册）：东汉末年分三国，烽火连天不休——罗贯中原著，毛宗岗评改，全二册",
    "The Hitchhiker’s Guide to the Galaxy",
    "",
    "Pippi Långstrump går om bord – och andra berättelser",
)


@cache
def sheet_of_labels(name: str) -> tuple[list[Label], Rendered]:
    count = sheet(name).count
    made = [Label(f"BK-{1001 + n}", TITLES[n % len(TITLES)], "橡树小学 Oak School") for n in range(count)]
    pdf = pdf_with_chinese()
    return made, rendered(filled(sheet(name), made, draw, pdf), pdf)


@pytest.mark.parametrize("name", SHEETS)
def test_every_code_of_a_full_sheet_is_read_back_inside_its_own_cell(name: str) -> None:
    labels, sheet_made = sheet_of_labels(name)
    codes = sheet_made.codes(0)
    assert sorted(code.text for code in codes) == sorted(label.code for label in labels)
    cells = dict(zip((label.code for label in labels), sheet(name).boxes(), strict=True))
    for code in codes:
        assert cells[code.text].inset(1.0, 0.5).holds(code.box)


@pytest.mark.parametrize("name", [name for name, each in SHEETS.items() if not each.cut])
def test_no_ink_comes_near_a_labels_edge(name: str) -> None:
    _, made = sheet_of_labels(name)
    assert made.outside(0, [cell.inset(1.0, 0.9) for cell in sheet(name).boxes()]) is None


@pytest.mark.parametrize("name", ["a4-3x8", "a4-2x7"])
def test_labels_that_reach_the_papers_edge_leave_what_no_printer_reaches(name: str) -> None:
    _, made = sheet_of_labels(name)
    assert made.outside(0, [cell.inset(4.2) for cell in sheet(name).boxes()]) is None


def test_titles_are_in_the_text_of_the_pdf_character_for_character() -> None:
    _, made = sheet_of_labels("a4-3x8")
    wanted = [
        "红楼梦",
        "三國演義（繁體）",
        "罗贯中原著",
        "The Hitchhiker’s Guide",
        "Pippi Långstrump",
        "BK-1001",
    ]
    assert [each for each in wanted if each not in made.text] == []
    assert "《三国演义》（上册）：东汉末年分三国，烽火连天不休——" in made.text
    assert made.text.count("橡树小学 Oak School") == sheet("a4-3x8").count


def test_a_title_too_long_for_its_label_is_cut_and_says_so() -> None:
    pdf = latin_pdf()
    made = rendered(filled(sheet("a4-5x13"), [Label("BK-1", "word " * 40, "Oak")], draw, pdf), pdf)
    assert "…" in made.text


def test_a_latin_sheet_needs_no_font() -> None:
    pdf = latin_pdf()
    made = rendered(filled(sheet("a4-3x8"), [Label("BK-1", TITLES[5], "Oak School")], draw, pdf), pdf)
    assert made.read() == ["BK-1"]
    assert "Pippi Långstrump" in made.text


def test_a_label_that_is_too_narrow_for_its_number_is_refused() -> None:
    with pytest.raises(PrintError, match=r"SHELF-OF-THE-BIG-HALL-0001 takes .* wider cells"):
        filled(sheet("a4-5x13"), [Label("SHELF-OF-THE-BIG-HALL-0001")], draw, latin_pdf())
