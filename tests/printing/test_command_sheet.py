"""The command sheet: every command there is, its meaning, what the signals say, and the test codes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from station.patterns import load
from station.printing import PrintError
from station.printing.commands import Task, pages, sheet
from station.printing.legend import in_signs
from station.printing.legend_words import GROUPS, REASONS, SIGNALS
from station.printing.sheets import paper
from station.printing.words import MEANINGS, Language
from station.rhythms import Rhythm
from station.scan import COMMANDS, FOR_ANYONE, TEST_PARTS, TEST_TEXT
from station.signals import Reason, Signal
from tests.printing.rendering import Rendered, latin_pdf, pdf_with_chinese, rendered


@cache
def command_sheet(language: Language = "both", *, size: str = "a4", prefix: str = "CMD-") -> Rendered:
    pdf = latin_pdf() if language == "en" else pdf_with_chinese()
    return rendered(pages(paper(size), load(), Task("Oak", prefix, language), pdf), pdf)


@pytest.mark.parametrize(("language", "size"), [("both", "a4"), ("en", "letter"), ("zh", "a4")])
def test_every_command_is_read_back_and_no_text_is_cut(language: Language, size: str) -> None:
    made = command_sheet(language, size=size)
    assert sorted(code.text for code in made.codes(0)) == sorted(f"CMD-{name}" for name in COMMANDS)
    assert "…" not in made.texts[0] + made.texts[2]
    assert len(made.texts) == 3
    assert {tuple(map(round, each)) for each in made.sizes} == {
        tuple(round(mm * 72 / 25.4) for mm in paper(size))
    }


def test_each_code_lies_in_a_cell_of_its_own() -> None:
    codes = command_sheet("en").codes(0)
    cells = sheet(paper("a4")).boxes()
    assert all(cell.holds(code.box) for cell, code in zip(cells, codes, strict=True))


def test_every_command_has_its_meaning_in_both_languages_beside_it() -> None:
    assert set(MEANINGS) == COMMANDS
    text = command_sheet().text
    for meaning in MEANINGS.values():
        assert meaning.en in text
        assert meaning.zh in text


def test_only_what_anyone_may_use_is_marked_as_for_everyone() -> None:
    text = command_sheet("en").texts[0]
    assert text.count("for everyone") == len(FOR_ANYONE)
    assert text.count("staff only") == len(COMMANDS) - len(FOR_ANYONE)


def test_a_prefix_of_the_librarys_own_is_in_every_code() -> None:
    codes = command_sheet("en", prefix="OAK/").codes(0)
    assert sorted(code.text for code in codes) == sorted(f"OAK/{name}" for name in COMMANDS)


@pytest.mark.parametrize(
    ("prefix", "words"), [("命令-", "command_prefix: .* can't be a bar code"), ("X" * 40, "too|mm")]
)
def test_a_prefix_that_makes_no_bar_code_is_refused_in_words(prefix: str, words: str) -> None:
    with pytest.raises(PrintError, match=words):
        command_sheet("en", prefix=prefix)


def test_the_test_codes_are_read_back_each_and_as_a_whole() -> None:
    codes = command_sheet("en").codes(2)
    assert sorted((code.kind, code.text) for code in codes) == sorted(
        [*(("CODE128", part) for part in TEST_PARTS), ("QRCODE", TEST_TEXT)]
    )


def test_the_legend_knows_every_signal_and_every_reason() -> None:
    assert sorted(signal for group in GROUPS.values() for signal in group) == sorted(Signal)
    assert set(SIGNALS) == set(Signal)
    assert set(REASONS) == set(Reason)


def test_the_legend_tells_the_refusals_apart_by_you_this_book_and_the_station() -> None:
    made = command_sheet("en").texts[1].replace("\r\n", " ")
    for wanted in ("refused: you", "refused: book", "refused: station", "no more renewals", "wrong PIN"):
        assert wanted in made
    for signal in set(Signal) - {Signal.REFUSED}:
        assert signal in made


@pytest.mark.parametrize("size", ["a4", "letter"])
@pytest.mark.parametrize("language", ["both", "en"])
def test_the_legend_ends_on_its_page(language: Language, size: str) -> None:
    width, height = paper(size)
    pdf = pdf_with_chinese()
    page = pages((width, height), load(), Task("Oak", "CMD-", language), pdf)[1]
    lowest = max(mark.box.bottom for mark in page.marks if hasattr(mark, "box"))
    assert lowest < height - 6


def test_the_legend_shows_what_a_library_has_changed(tmp_path: Path) -> None:
    changed = tmp_path / "signals.toml"
    changed.write_text(
        '["refused"."guest"]\nreasons = ["degraded"]\nred = [400, 100, 400, 100, 1000]\n'
        "buzzer = [400, 100, 400, 100, 1000]\n"
        '["refused"."station"]\nreasons = ["not_configured"]\nred = [1000, 100, 1000, 100, 1000, 100, 1000]\n'
        "buzzer = [1000, 100, 1000, 100, 1000, 100, 1000]\n"
    )
    pdf = latin_pdf()
    made = rendered(pages(paper("a4"), load(changed), Task("Oak", "CMD-", "en"), pdf), pdf)
    assert "refused: guest" in made.texts[1]


def test_a_rhythm_is_written_in_the_signs_of_the_signals_file() -> None:
    assert in_signs(Rhythm(((120, 100), (400, 0)))) == "• —"
    assert in_signs(Rhythm(((120, 400), (120, 0)))) == "• / •"
    assert in_signs(Rhythm(((80, 80),) * 10)) == "10 × •"
    assert in_signs(Rhythm(())) == ""
