"""Cards: whose library, which number, and which are staff's."""

from __future__ import annotations

from functools import cache, partial

from station.printing.cards import Card, draw
from station.printing.layout import filled
from station.printing.sheets import sheet
from station.printing.words import Language
from tests.printing.rendering import DPI, Rendered, latin_pdf, pdf_with_chinese, rendered

READER = Card("RD-1001+7K3M9QPX", "橡树小学 Oak School", contact="library@oak.example")
STAFF = Card("RD-9000+00000000", "橡树小学 Oak School", staff=True)


@cache
def printed(*cards: Card, name: str = "a4-cards", language: Language = "both") -> Rendered:
    pdf = pdf_with_chinese()
    return rendered(filled(sheet(name), cards, partial(draw, language=language), pdf), pdf)


def test_the_code_of_each_card_is_read_back_in_its_own_cell_with_the_longest_usual_number() -> None:
    cards = [Card(f"RD-{n}+7K3M9QPX", "Oak") for n in range(1001, 1011)]
    codes = printed(*cards).codes(0)
    assert [code.text for code in codes] == [card.code for card in cards]
    cells = sheet("a4-cards").boxes()
    assert all(cell.holds(code.box) for cell, code in zip(cells, codes, strict=True))


def test_a_card_says_whose_it_is_its_number_and_the_rule_in_both_languages() -> None:
    text = printed(READER).text
    for wanted in (
        "橡树小学 Oak School",
        "Reader's card 读者卡",
        "RD-1001+7K3M9QPX",
        "With a card you keep, without a card you give back.",
        "带卡是借，不带卡是还。",
        "library@oak.example",
    ):
        assert wanted in text


def test_a_card_in_one_language_has_nothing_of_the_other() -> None:
    assert "读者卡" not in printed(READER, language="en").text
    assert "Reader" not in printed(READER, language="zh").text


def test_a_staff_card_is_dark_at_the_top_and_a_readers_is_not() -> None:
    made = printed(READER, STAFF)
    dark = []
    for cell in sheet("a4-cards").boxes()[:2]:
        spot = (round((cell.x + 2) * DPI / 25.4), round((cell.y + 3) * DPI / 25.4))
        dark.append(made.page(0).getpixel(spot) == 0)
    assert dark == [False, True]
    assert "Staff card 管理员卡" in made.text


def test_cards_on_labels_are_small_and_still_read() -> None:
    made = printed(READER, STAFF, name="a4-3x7")
    assert [code.text for code in made.codes(0)] == [READER.code, STAFF.code]
    assert "Staff card 管理员卡" in made.text


def test_nothing_on_a_card_leaves_it_but_the_cut_marks() -> None:
    made = printed(*([READER] * 10))
    cells = [cell.inset(1.5) for cell in sheet("a4-cards").boxes()]
    empty = printed(Card("RD-1", ""))
    marks = empty.outside(0, cells)
    assert made.outside(0, cells) == marks


def test_a_very_long_name_is_cut_before_the_kind_of_card() -> None:
    pdf = latin_pdf()
    card = Card("RD-1", "The Library of the United Primary Schools of the Northern Districts")
    made = rendered(filled(sheet("a4-cards"), [card], partial(draw, language="en"), pdf), pdf)
    assert "…" in made.text
    assert "Reader's card" in made.text
