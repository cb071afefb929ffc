"""Cells lie where the label makers say that they do."""

from __future__ import annotations

from itertools import combinations

import pytest

from station.printing import PrintError
from station.printing.layout import check, filled
from station.printing.page import Box, Line
from station.printing.sheets import CARD, SHEETS, Sheet, paper, sheet
from station.printing.sketch import Sketch
from tests.printing.rendering import latin_pdf

PUBLISHED = {
    "a4-3x8": (0.0, 0.5, 70.0, 37.0),
    "a4-3x7": (7.2, 15.1, 66.0, 38.1),
    "a4-2x7": (4.7, 15.1, 101.6, 38.1),
    "a4-4x10": (8.0, 21.5, 48.5, 25.4),
    "a4-4x12": (9.7, 21.3, 48.3, 21.2),
    "a4-5x13": (4.7, 10.7, 40.6, 21.2),
    "letter-3x10": (4.76, 12.7, 69.85, 25.4),
    "letter-2x10": (3.97, 12.7, 106.36, 25.4),
}
"""Left and top margin, and from one label to the next across and down: the makers' figures, in mm."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_labels_lie_within_half_a_millimetre_of_the_makers_figures(name: str) -> None:
    found = sheet(name)
    boxes = found.boxes()
    left, top, across, down = PUBLISHED[name]
    for number, box in enumerate(boxes):
        row, column = divmod(number, found.columns)
        assert box.x == pytest.approx(left + column * across, abs=0.5)
        assert box.y == pytest.approx(top + row * down, abs=0.5)


@pytest.mark.parametrize("found", SHEETS.values(), ids=SHEETS)
def test_cells_lie_on_the_paper_and_no_two_share_a_spot(found: Sheet) -> None:
    boxes = found.boxes()
    assert len(boxes) == found.count
    assert all(Box(0, 0, *found.paper).holds(box, slack=1e-9) for box in boxes)
    for one, other in combinations(boxes, 2):
        apart = one.right <= other.x + 1e-9 or one.bottom <= other.y + 1e-9 or other.right <= one.x + 1e-9
        assert apart or other.bottom <= one.y + 1e-9


def test_a_card_is_as_large_as_a_bank_card() -> None:
    assert {sheet(name).cell for name in ("a4-cards", "letter-cards")} == {CARD} == {(85.6, 53.98)}


def test_cut_marks_are_at_every_edge_and_touch_no_corner_of_a_card() -> None:
    found = sheet("a4-cards")
    marks = [each for each in found.marks() if isinstance(each, Line)]
    upright = {round(each.start[0], 2) for each in marks if each.start[0] == each.end[0]}
    level = {round(each.start[1], 2) for each in marks if each.start[1] == each.end[1]}
    edges = {round(x, 2) for box in found.boxes() for x in (box.x, box.right)}
    assert edges <= upright
    assert {round(y, 2) for box in found.boxes() for y in (box.y, box.bottom)} <= level
    assert not list(sheet("a4-3x8").marks())


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("a4-3x9", "did you mean a4-3x8"),
        ("A4-5X31", "did you mean a4-5x13"),
        ("poster", "there are a4-cards, "),
    ],
)
def test_an_unknown_sheet_is_answered_with_names_that_there_are(name: str, hint: str) -> None:
    with pytest.raises(PrintError, match=hint):
        sheet(name)


def test_names_are_taken_in_any_case() -> None:
    assert sheet(" A4-3x8 ").name == "a4-3x8"
    assert paper("Letter") == (215.9, 279.4)


@pytest.mark.parametrize("start", [0, -1, 25])
def test_no_sheet_is_begun_beyond_its_cells(start: int) -> None:
    with pytest.raises(PrintError, match=f"the cells 1 to 24: there is no {start} to start at"):
        check(sheet("a4-3x8"), start, (0, 0))


def test_an_offset_off_the_paper_is_refused_and_a_printers_shift_is_not() -> None:
    check(sheet("a4-3x8"), 1, (1.5, -2))
    with pytest.raises(PrintError, match="beyond the paper's edge"):
        check(sheet("a4-3x8"), 1, (12, 0))


def test_a_begun_sheet_goes_on_at_the_cell_named_and_the_next_one_at_its_first() -> None:
    drawn: list[tuple[int, Box]] = []

    def draw(_: Sketch, cell: Box, content: int) -> None:
        drawn.append((content, cell))

    pages = filled(sheet("a4-3x8"), range(4), draw, latin_pdf(), start=23, offset=(1, 2))
    boxes = [each.moved(1, 2) for each in sheet("a4-3x8").boxes()]
    assert drawn == [(0, boxes[22]), (1, boxes[23]), (2, boxes[0]), (3, boxes[1])]
    assert len(pages) == 2
    assert filled(sheet("a4-3x8"), (), draw, latin_pdf()) == []
