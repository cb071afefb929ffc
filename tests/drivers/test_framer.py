from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from station.drivers.framer import CONTACT_BEGINS, END, LONGEST_CONTACT, Framer, Scan

CODES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=40).filter(
    lambda code: code.upper() != CONTACT_BEGINS
)


def type_in(framer: Framer, text: str, at: float = 0.0, step: float = 0.001) -> list[Scan]:
    """The scans that come of typing `text`, `step` seconds a key; `\\n` is an end key."""
    scans = []
    for number, char in enumerate(text):
        scans += framer.key(END if char == "\n" else char, at + number * step)
    return scans


def texts(scans: list[Scan]) -> list[str]:
    return [scan.text for scan in scans]


def test_end_key_ends_a_scan_at_its_time() -> None:
    assert type_in(Framer(), "BK\n", at=5.0, step=0.0625) == [Scan("BK", 5.125)]


def test_keys_after_the_end_belong_to_the_next_scan() -> None:
    assert texts(type_in(Framer(), "RD-1\nBK-1\n")) == ["RD-1", "BK-1"]


def test_end_key_alone_is_no_scan() -> None:
    assert type_in(Framer(), "\n\n\n") == []


def test_nothing_in_progress_has_no_deadline() -> None:
    framer = Framer()
    assert framer.deadline() is None
    type_in(framer, "BK-1\n")
    assert framer.deadline() is None


def test_silence_ends_a_scan_at_the_time_of_its_last_key() -> None:
    framer = Framer(silence=0.25)
    type_in(framer, "BK", at=1.0, step=0.125)
    assert framer.deadline() == 1.375
    assert framer.expire(1.3125) == []
    assert framer.expire(1.375) == [Scan("BK", 1.125)]
    assert framer.expire(9.0) == []


def test_key_after_silence_begins_a_scan_though_nobody_asked_in_between() -> None:
    framer = Framer()
    type_in(framer, "RD-1")
    assert texts(type_in(framer, "BK-1\n", at=1.0)) == ["RD-1", "BK-1"]


def test_end_key_after_silence_adds_nothing() -> None:
    framer = Framer()
    type_in(framer, "RD-1")
    assert texts(type_in(framer, "\n", at=1.0)) == ["RD-1"]


def test_scan_of_the_greatest_length_is_whole() -> None:
    assert texts(type_in(Framer(longest=5), "12345\n")) == ["12345"]


def test_longer_scan_is_thrown_away_up_to_its_end() -> None:
    assert texts(type_in(Framer(longest=5), "1234567890123\n678\n")) == ["678"]


def test_longer_scan_is_thrown_away_up_to_silence() -> None:
    framer = Framer(longest=5)
    type_in(framer, "1234567")
    assert framer.expire(1.0) == []
    assert texts(type_in(framer, "678\n", at=1.0)) == ["678"]


def test_scan_that_lasts_too_long_is_thrown_away_up_to_its_end() -> None:
    framer = Framer(whole=1.0)
    assert type_in(framer, "x" * 30, step=0.05) == []
    assert texts(type_in(framer, "yz\n678\n", at=1.5)) == ["678"]


def test_lost_keys_throw_the_scan_away_up_to_its_end() -> None:
    framer = Framer()
    type_in(framer, "97870")
    framer.throw_away(0.01)
    assert texts(type_in(framer, "2207\nBK-1\n", at=0.02)) == ["BK-1"]


def test_lost_keys_throw_the_scan_away_up_to_silence() -> None:
    framer = Framer()
    type_in(framer, "97870")
    framer.throw_away(0.01)
    type_in(framer, "2207", at=0.02)
    assert framer.expire(1.0) == []
    assert texts(type_in(framer, "BK-1\n", at=1.0)) == ["BK-1"]


def test_keys_lost_before_the_first_one_seen_throw_that_scan_away_too() -> None:
    framer = Framer()
    framer.throw_away(0.0)
    assert texts(type_in(framer, "2207\nBK-1\n")) == ["BK-1"]


def test_contact_is_one_scan_though_its_lines_end() -> None:
    card = "BEGIN:VCARD\nN:Doe;Jane\nEND:VCARD"
    assert texts(type_in(Framer(), card + "\nBK-1\n")) == [card, "BK-1"]


def test_contact_whose_lines_end_twice_is_the_same() -> None:
    assert texts(type_in(Framer(), "begin:vcard\n\nN:Doe\n\nend:vcard\n\n")) == [
        "begin:vcard\nN:Doe\nend:vcard"
    ]


def test_contact_without_an_end_key_ends_with_silence() -> None:
    framer = Framer()
    type_in(framer, "BEGIN:VCARD\nEND:VCARD")
    assert texts(framer.expire(1.0)) == ["BEGIN:VCARD\nEND:VCARD"]


def test_half_a_contact_is_no_scan() -> None:
    framer = Framer()
    type_in(framer, "BEGIN:VCARD\nN:Doe\n")
    assert framer.expire(1.0) == []
    assert texts(type_in(framer, "BK-1\n", at=1.0)) == ["BK-1"]


def test_contact_may_be_longer_than_a_code_but_not_endless() -> None:
    card = "BEGIN:VCARD\nNOTE:" + "x" * 600 + "\nEND:VCARD"
    assert texts(type_in(Framer(), card + "\n")) == [card]
    framer = Framer(whole=100.0)
    assert type_in(framer, "BEGIN:VCARD\nNOTE:" + "x" * 2_040 + "\nRD-1\nEND:VCARD\n") == []
    assert framer.expire(100.0) == []


def test_contact_after_an_aim_identifier_is_one_scan() -> None:
    assert texts(type_in(Framer(), "]Q1BEGIN:VCARD\nN:Doe\nEND:VCARD\n")) == [
        "]Q1BEGIN:VCARD\nN:Doe\nEND:VCARD"
    ]


def test_contact_of_one_line_may_be_as_long() -> None:
    card = "MECARD:NOTE:" + "x" * (LONGEST_CONTACT - 14) + ";;"
    assert texts(type_in(Framer(), card + "\n")) == [card]
    assert type_in(Framer(), card + "x\n") == []


def test_contact_may_last_as_much_longer_as_it_may_be() -> None:
    card = "BEGIN:VCARD\nNOTE:" + "x" * 1_000 + "\nEND:VCARD"
    assert texts(type_in(Framer(), card + "\n", step=0.02)) == [card]
    assert type_in(Framer(), card + "\n", step=0.05) == []


@given(st.lists(CODES), st.floats(0.0, 0.099))
def test_typed_codes_come_out_as_they_went_in(codes: list[str], step: float) -> None:
    text = "".join(code + "\n" for code in codes)
    assert texts(type_in(Framer(whole=1_000.0), text, step=step)) == codes


@given(st.lists(CODES, min_size=1))
def test_codes_without_end_keys_are_parted_by_silence(codes: list[str]) -> None:
    framer = Framer()
    scans = [scan for at, code in enumerate(codes) for scan in type_in(framer, code, at=float(at))]
    assert texts(scans + framer.expire(1_000.0)) == codes


@given(st.text(st.sampled_from("ab\n"), max_size=60), st.integers(0, 60))
def test_what_was_lost_never_shows_as_a_part_of_a_code(text: str, where: int) -> None:
    """Whatever comes after keys were lost, only codes come out that stand whole between two ends."""
    framer = Framer()
    before = type_in(framer, text[:where])
    framer.throw_away(where * 0.001)
    after = type_in(framer, text[where:], at=where * 0.001)
    rest = text[where:].partition("\n")[2] if "\n" in text[where:] else ""
    assert texts(before) == [code for code in text[:where].split("\n")[:-1] if code]
    assert texts(after) == [code for code in rest.split("\n")[:-1] if code]
