"""What the cascade reads, in generated pictures, with both libraries as they are."""

from __future__ import annotations

import numpy as np
import pytest

from station.drivers.camera import Box, Code, Found
from station.drivers.camera.decoder import PASSES, Decoder, Engine, is_sure
from station.drivers.camera.luma import Luma, View
from tests.camera.kinds import KINDS
from tests.camera.kinds import code as any_code
from tests.camera.pictures import FULL_HD, Label, Optics, Place, Size, desk, ean13, picture

HD: Size = (1280, 720)
ISBN = Label("9787020002207", "ean13")
LABEL = Label("BK-1001", "code128")
CARD = Label("RD-1001", "qr")


@pytest.fixture(scope="module")
def decoder() -> Decoder:
    return Decoder()


def texts(decoder: Decoder, *codes: tuple[Label, Place], optics: Optics = Optics()) -> list[str]:  # noqa: B008
    ground = desk(np.random.default_rng(1), HD)
    return sorted(each.text for each in decoder.read(picture(codes, optics, HD, desk=ground)))


@pytest.mark.parametrize("code", [ISBN, LABEL, CARD], ids=lambda code: code.kind)
@pytest.mark.parametrize("turn", [0, 30, 45, 60, 90, 135, 180, 270])
def test_code_is_read_whichever_way_it_lies(decoder: Decoder, code: Label, turn: float) -> None:
    assert texts(decoder, (code, Place(3.0, turn))) == [code.text]


@pytest.mark.parametrize("code", [ISBN, LABEL, CARD], ids=lambda code: code.kind)
@pytest.mark.parametrize(
    ("place", "optics"),
    [
        (Place(3.0, tilt=30), Optics()),
        (Place(3.0, tilt=30, tilt_towards=90), Optics()),
        (Place(3.0), Optics(blur=1.3)),
        (Place(3.0), Optics(noise=25)),
        (Place(3.0), Optics(dark=15, light=60, noise=3)),
        (Place(6.0), Optics(motion=2, motion_along=30)),
    ],
    ids=["tilted", "tilted sideways", "blurred", "noisy", "dark", "moved"],
)
def test_code_is_read_that_is_hard_to_see(
    decoder: Decoder, code: Label, place: Place, optics: Optics
) -> None:
    assert texts(decoder, (code, place), optics=optics) == [code.text]


def test_place_of_a_code_is_said(decoder: Decoder) -> None:
    for turn in (0, 45):
        (code,) = decoder.read(picture([(ISBN, Place(3.0, turn, x=0.4, y=0.6))]))
        assert code.box.middle == pytest.approx((0.4, 0.6), abs=0.05)


def test_both_decoders_are_named(decoder: Decoder) -> None:
    (code,) = decoder.read(picture([(ISBN, Place())]))
    assert (code.text, code.symbology, code.by) == (ISBN.text, "ean13", frozenset({"zxing", "zbar"}))


@pytest.mark.parametrize(
    "code",
    [
        Label("ABC123", "code39"),
        Label("12345678", "itf"),
        Label("RD-1001", "datamatrix"),
        Label("RD-1001", "aztec"),
        Label("RD-1001", "micro qr"),
        Label("RD-1001", "rmqr"),
    ],
    ids=lambda code: code.kind,
)
def test_symbology_that_the_library_does_not_use_is_not_read(decoder: Decoder, code: Label) -> None:
    assert texts(decoder, (code, Place())) == []


def test_desk_without_a_code_is_read_as_nothing(decoder: Decoder) -> None:
    assert texts(decoder) == []


def test_isbn_stays_thirteen_digits_and_its_price_is_left_out(decoder: Decoder) -> None:
    """Some decoders hand a 978 number back as an ISBN-10, or with its add-on."""
    assert texts(decoder, (ISBN, Place()), (Label("52999", "ean5"), Place(x=0.62))) == [ISBN.text]


def test_codes_in_one_picture_are_all_read_and_never_mixed(decoder: Decoder) -> None:
    found = texts(decoder, (ISBN, Place(x=0.3)), (LABEL, Place(x=0.7)), (CARD, Place(x=0.5, y=0.8)))
    assert found == sorted((ISBN.text, LABEL.text, CARD.text))


@pytest.mark.parametrize(
    "text", ["红楼梦", "BEGIN:VCARD\nFN:曹雪芹\nEND:VCARD", "Noël für Übermut", "x" * 2048]
)
def test_text_of_a_qr_code_comes_whole(decoder: Decoder, text: str) -> None:
    assert texts(decoder, (Label(text, "qr"), Place(4.0 if len(text) < 100 else 3.6))) == [text]


def test_line_ends_of_a_qr_code_are_newlines(decoder: Decoder) -> None:
    assert texts(decoder, (Label("BEGIN:VCARD\r\nEND:VCARD", "qr"), Place())) == ["BEGIN:VCARD\nEND:VCARD"]


def test_camera_buffer_with_long_rows_is_read_as_it_is(decoder: Decoder) -> None:
    buffer = np.zeros((1620, 1984), np.uint8)
    buffer[:1080, :1920] = picture([(ISBN, Place(turn=45))])
    assert [each.text for each in decoder.read(buffer[:1080, :1920])] == [ISBN.text]


@pytest.mark.parametrize("each", PASSES, ids=lambda each: each.name)
def test_each_pass_reads_by_itself(each: object) -> None:
    turn = 45 if "45" in each.name else 0  # type: ignore[attr-defined]
    only = Decoder([each])  # type: ignore[list-item]
    assert [code.text for code in only.read(picture([(ISBN, Place(4.0, turn))]))] == [ISBN.text]


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (7, 900), (900, 7)])
def test_tiny_picture_is_read_as_nothing(decoder: Decoder, size: Size) -> None:
    assert decoder.read(np.zeros(size, np.uint8)) == []


class Says(Engine):
    """A decoder that always says the same."""

    def __init__(self, *texts: str) -> None:
        self._texts = texts

    def read(self, luma: Luma) -> list[Found]:
        return [
            Found(each, "ean13" if each.isdigit() else "code128", ((10.0, 10.0), (50.0, 30.0)))
            for each in self._texts
        ]


def says(zxing: tuple[str, ...], zbar: tuple[str, ...]) -> Decoder:
    decoder = Decoder()
    decoder._engines = {"zxing": Says(*zxing), "zbar": Says(*zbar)}
    return decoder


def test_wrong_check_digit_is_no_code() -> None:
    assert (
        says(("9787020002208", "978702000220"), ("9787020002208",)).read(np.zeros((90, 160), np.uint8)) == []
    )


def test_decoders_that_do_not_agree_give_no_sure_code() -> None:
    codes = says(("9787020002207",), (ean13("978000000000"),)).read(np.zeros((90, 160), np.uint8))
    assert [is_sure(each) for each in codes] == [False, False]


@pytest.mark.parametrize(
    ("zxing", "zbar"), [("BK-1\x1d", "BK-1"), ("BK-1\n", "BK-1\r\n"), ("BK-1\r\n\x1d", "BK-1\n")]
)
def test_one_code_that_the_decoders_spell_differently_is_sure(zxing: str, zbar: str) -> None:
    (code,) = says((zxing,), (zbar,)).read(np.zeros((90, 160), np.uint8))
    assert is_sure(code) and code.text in ("BK-1", "BK-1\n")


@pytest.mark.parametrize("empty", ["", "\x1d"])
def test_code_that_holds_nothing_is_none(empty: str) -> None:
    assert says((empty,), ("",)).read(np.zeros((90, 160), np.uint8)) == []


def test_separator_between_two_fields_is_kept(decoder: Decoder) -> None:
    assert texts(decoder, (Label("10AB\x1d21X", "code128"), Place())) == ["10AB\x1d21X"]


def test_line_ends_of_a_code_128_are_newlines_and_both_decoders_read_it(decoder: Decoder) -> None:
    (code,) = decoder.read(picture([(Label("BK-1\r\n", "code128"), Place())]))
    assert code.text == "BK-1\n" and is_sure(code)


def test_reading_in_the_place_of_a_sure_one_is_dropped() -> None:
    both, misread = "9787020002207", ean13("978000000000")
    codes = says((both, misread), (both,)).read(np.zeros((90, 160), np.uint8))
    assert [each.text for each in codes] == [both]


def test_decoder_that_agreed_in_an_earlier_pass_is_kept() -> None:
    """zbar agrees once, and then sees nothing more."""
    decoder = says((ISBN.text,), ())
    agrees = [True]

    class Once(Says):
        def read(self, luma: Luma) -> list[Found]:
            return super().read(luma) if agrees and agrees.pop() else []

    decoder._engines["zbar"] = Once(ISBN.text)
    codes = decoder.read(np.zeros((90, 160), np.uint8), lambda code: False)
    assert [each.by for each in codes] == [{"zxing", "zbar"}]


def test_search_goes_on_until_there_is_enough() -> None:
    decoder = says((ISBN.text,), (ISBN.text,))
    asked: list[str] = []

    def is_enough(code: Code) -> bool:
        asked.append(code.text)
        return len(asked) == 3

    decoder.read(np.zeros((90, 160), np.uint8), is_enough)
    assert asked == [ISBN.text] * 3


def test_view_leads_back_to_the_picture() -> None:
    view = View(2, 45)
    height, width = view.of(picture([], size=FULL_HD)).shape
    assert view.back(((width / 2, height / 2),), FULL_HD)[0] == pytest.approx((960, 540))


def test_box_holds_what_is_inside() -> None:
    box = Box(0.2, 0.2, 0.4, 0.4)
    assert box.holds(*box.middle)
    assert not box.holds(0.5, 0.3)


def test_hand_held_codes_are_read() -> None:
    """A few of the pictures that docs/performance.md counts; all but the odd one are read."""
    random = np.random.default_rng(6)
    decoder, ground, read = Decoder(), desk(random), 0
    for _ in range(20):
        code = any_code(random)
        place, optics = KINDS["hand-held"](random)
        codes = decoder.read(picture([(code, place)], optics, FULL_HD, random, ground))
        assert [each.text for each in codes if len(each.by) > 1 and each.text != code.text] == []
        read += code.text in {each.text for each in codes}
    assert read >= 16
