"""Which readings of successive pictures are a scan."""

from __future__ import annotations

from typing import Any

import pytest

from station.drivers.camera import CODE128, EAN13, Box, Code
from station.drivers.camera.agreement import AWAITED, BESIDE, GONE, WITHIN, Agreement
from tests.camera.shown import code

LEFT, RIGHT = Box(0.1, 0.4, 0.3, 0.6), Box(0.6, 0.4, 0.8, 0.6)
CENTRE = Box(0.45, 0.45, 0.55, 0.55)
ISBN, PRICE, LABEL, CARD = "9787020002207", "6901234567892", "BK-1001", "RD-1001"
SOON, GONE_BY = 0.1, GONE + 0.1


class Scene:
    """Looks the same, until it is told otherwise."""

    has_changed = False

    def part(self, box: Box) -> Any:
        return box

    def is_as(self, part: Any) -> bool:
        return not self.has_changed


class Eyes:
    """An agreement, its scene and its time."""

    def __init__(self) -> None:
        self.scene = Scene()
        self.agreement = Agreement()
        self.now = 100.0

    def see(self, *codes: Code, after: float = SOON) -> str | None:
        self.now += after
        scanned = self.agreement.look(codes, self.now, self.scene)
        return scanned.text if scanned else None


def sure(text: str, box: Box = CENTRE) -> Code:
    return code(text, 2, box)


def test_qr_code_is_a_scan_in_the_second_picture() -> None:
    eyes = Eyes()
    assert [eyes.see(code(ISBN)), eyes.see(code(ISBN))] == [None, ISBN]


def test_code_that_both_decoders_read_is_a_scan_at_once() -> None:
    assert Eyes().see(sure(ISBN)) == ISBN


@pytest.mark.parametrize("symbology", [EAN13, CODE128])
def test_bars_that_one_decoder_reads_are_no_scan_however_often(symbology: str) -> None:
    """One that is blurred is misread alike in each picture."""
    eyes = Eyes()
    assert [eyes.see(code(ISBN, symbology=symbology)) for _ in range(20)] == [None] * 20


def test_decoders_need_not_agree_in_one_picture() -> None:
    eyes = Eyes()
    by_zxing, by_zbar = (Code(ISBN, EAN13, CENTRE, frozenset({each})) for each in ("zxing", "zbar"))
    assert [eyes.see(by_zxing), eyes.see(by_zbar)] == [None, ISBN]


def test_two_pictures_need_not_follow_each_other() -> None:
    eyes = Eyes()
    assert [eyes.see(code(ISBN)), eyes.see(), eyes.see(code(ISBN))] == [None, None, ISBN]


def test_two_readings_long_apart_do_not_agree() -> None:
    eyes = Eyes()
    assert [eyes.see(code(ISBN)), eyes.see(code(ISBN), after=WITHIN + 0.1)] == [None, None]


def test_two_texts_in_one_place_do_not_both_count() -> None:
    eyes = Eyes()
    seen = [eyes.see(code(text)) for text in (ISBN, PRICE, ISBN, PRICE)]
    assert seen == [None] * 4
    assert eyes.see(code(PRICE)) == PRICE


def test_label_inside_the_upright_box_of_a_turned_code_counts() -> None:
    eyes = Eyes()
    around, inside = code(ISBN, 1, Box(0.2, 0.2, 0.8, 0.8)), code(LABEL, 1, CENTRE)
    assert [eyes.see(around, inside), eyes.see(inside, around)] == [None, LABEL]


def test_code_is_scanned_only_with_a_picture_that_shows_it() -> None:
    eyes = Eyes()
    assert eyes.see(sure(ISBN, LEFT), code(LABEL, 1, RIGHT)) is None
    assert [eyes.see(), eyes.see(sure(ISBN, LEFT))] == [None, ISBN]


def test_code_in_many_pictures_is_one_scan() -> None:
    eyes = Eyes()
    assert [eyes.see(sure(LABEL)) for _ in range(50)] == [LABEL] + [None] * 49


def test_code_left_lying_is_not_scanned_again_though_it_is_unread_for_long() -> None:
    eyes = Eyes()
    eyes.see(sure(LABEL))
    eyes.see(after=60)
    assert eyes.see(sure(LABEL)) is None


def test_code_that_a_hand_has_covered_is_not_scanned_again() -> None:
    eyes = Eyes()
    eyes.see(sure(LABEL))
    eyes.scene.has_changed = True
    eyes.see(after=GONE - 0.1)
    assert eyes.see(sure(LABEL), after=0) is None


def test_code_that_was_taken_away_is_scanned_again() -> None:
    eyes = Eyes()
    eyes.see(sure(LABEL))
    eyes.scene.has_changed = True
    eyes.see(after=GONE_BY)
    assert eyes.see(sure(LABEL)) == LABEL


def test_time_in_which_nothing_changes_takes_nothing_away() -> None:
    """A book lies for an hour, then a hand covers it."""
    eyes = Eyes()
    eyes.see(sure(LABEL))
    eyes.agreement.rest(eyes.now + 3600)
    eyes.scene.has_changed = True
    eyes.see(after=3600 + SOON)
    assert eyes.see(sure(LABEL)) is None


def test_label_is_scanned_and_the_isbn_beside_it_never() -> None:
    eyes = Eyes()
    assert eyes.see(sure(ISBN, LEFT), sure(LABEL, RIGHT)) == LABEL
    eyes.see(sure(ISBN, LEFT), after=BESIDE + 0.1)
    assert eyes.see(sure(ISBN, CENTRE), after=BESIDE + 0.1) is None


def test_isbn_waits_for_the_label_that_is_not_sure_yet() -> None:
    eyes = Eyes()
    assert eyes.see(sure(ISBN, LEFT), code(LABEL, 1, RIGHT)) is None
    assert eyes.see(sure(ISBN, LEFT), code(LABEL, 1, RIGHT)) == LABEL


def until_scanned(eyes: Eyes, *codes: Code) -> tuple[str | None, float]:
    """What is scanned first of what stays in view, and after how many seconds; None: nothing in five."""
    began = eyes.now + SOON
    for _ in range(50):
        if scanned := eyes.see(*codes):
            return scanned, eyes.now - began
    return None, 5.0


def unsure(text: str, box: Box = RIGHT, by: str = "zxing") -> Code:
    return Code(text, CODE128, box, frozenset({by}))


def test_isbn_waits_a_second_for_a_label_that_one_decoder_reads_again_and_again() -> None:
    """As one with accents, which zbar spells without."""
    eyes = Eyes()
    labels = unsure("BK-é1"), unsure("BK-i1", by="zbar")
    scanned, waited = until_scanned(eyes, sure(ISBN, LEFT), *labels)
    assert scanned == ISBN
    assert waited == pytest.approx(AWAITED, abs=SOON)
    assert [eyes.see(sure(ISBN, LEFT), *labels) for _ in range(20)] == [None] * 20


def test_isbn_does_not_wait_for_what_another_has_waited_for() -> None:
    eyes = Eyes()
    lies = unsure("BK-é1")
    until_scanned(eyes, sure(ISBN, LEFT), lies)
    assert eyes.see(sure("9787101003048", CENTRE), lies) == "9787101003048"


def test_label_that_is_hard_to_read_is_waited_for_from_when_there_is_something_to_take() -> None:
    eyes = Eyes()
    for _ in range(30):
        eyes.see(unsure(LABEL))
    assert eyes.see(sure(ISBN, LEFT), unsure(LABEL)) is None
    assert eyes.see(sure(ISBN, LEFT), unsure(LABEL, by="zbar")) == LABEL


def test_label_that_is_sure_just_in_time_is_scanned_and_the_isbn_never() -> None:
    eyes = Eyes()
    for _ in range(10):
        assert eyes.see(sure(ISBN, LEFT), unsure(LABEL)) is None
    assert eyes.see(sure(ISBN, LEFT), sure(LABEL, RIGHT), after=0) == LABEL
    assert [eyes.see(sure(ISBN, LEFT)) for _ in range(20)] == [None] * 20


def test_label_that_is_misread_otherwise_each_time_does_not_hold_the_isbn_back_for_ever() -> None:
    eyes = Eyes()
    seen = [eyes.see(sure(ISBN, LEFT), unsure(f"BK-{each}")) for each in range(15)]
    assert seen.count(ISBN) == 1 and set(seen) == {None, ISBN}


def test_isbn_is_scanned_and_the_price_beside_it_never() -> None:
    eyes = Eyes()
    assert eyes.see(sure(PRICE, CENTRE), sure(ISBN, RIGHT)) == ISBN
    assert eyes.see(sure(PRICE, CENTRE), after=BESIDE + 0.1) is None


def test_isbn_that_follows_a_card_is_scanned_after_a_moment() -> None:
    """Held in its place as quickly as may be, but never in one picture with it."""
    eyes = Eyes()
    assert eyes.see(sure(CARD)) == CARD
    assert eyes.see(sure(ISBN)) is None
    assert eyes.see(sure(ISBN), after=BESIDE) == ISBN


def test_of_two_labels_the_one_in_the_middle_is_scanned() -> None:
    assert Eyes().see(sure(CARD, LEFT), sure(LABEL, CENTRE)) == LABEL


def test_other_label_is_scanned_when_the_first_is_taken_away() -> None:
    eyes = Eyes()
    eyes.see(sure("BK-2", LEFT), sure(LABEL, CENTRE))
    assert eyes.see(sure("BK-2", LEFT)) is None
    assert eyes.see(sure("BK-2", LEFT), after=BESIDE + 0.1) == "BK-2"


def test_card_that_lies_at_the_side_hides_no_book() -> None:
    eyes = Eyes()
    assert eyes.see(sure(CARD, LEFT)) == CARD
    assert eyes.see(sure(CARD, LEFT), sure(LABEL, CENTRE)) == LABEL
    assert eyes.see(sure(CARD, LEFT), after=BESIDE + 0.1) is None


def test_agreement_knows_what_needs_no_second_look() -> None:
    eyes = Eyes()
    eyes.see(code(LABEL))
    assert not eyes.agreement.has_done(LABEL)
    eyes.see(code(LABEL))
    assert eyes.agreement.has_done(LABEL)
