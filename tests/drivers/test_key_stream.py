from __future__ import annotations

from itertools import zip_longest

from hypothesis import given
from hypothesis import strategies as st

from station.drivers.framer import CONTACT_BEGINS, Framer, Scan
from station.drivers.key_stream import EVENT, KeyStream
from station.drivers.layouts import LAYOUTS
from tests.drivers.typing_rig import ALTGR, ENTER, SHIFT, SPACE, dropped, report, stroke, typed

CODES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=20).filter(
    lambda code: code.upper() != CONTACT_BEGINS
)
CAPS = 58


def stream(layout: str = "us") -> KeyStream:
    return KeyStream(LAYOUTS[layout], Framer())


def fed(one: KeyStream, keys: bytes, now: float = 0.0) -> list[Scan]:
    return one.feed(keys, now)


def read(keys: bytes, layout: str = "us") -> list[str]:
    return [scan.text for scan in fed(stream(layout), keys)]


def test_time_of_a_scan_is_the_time_of_its_last_key() -> None:
    keys = typed("BK-1", at=12.25) + typed("\n", at=12.3125)
    assert fed(stream(), keys) == [Scan("BK-1", 12.3125)]


def test_time_of_reading_counts_where_the_events_have_none() -> None:
    one = KeyStream(LAYOUTS["us"], Framer(), stamped=False)
    assert fed(one, typed("BK-1\n", at=999.0), now=12.5) == [Scan("BK-1", 12.5)]


def test_event_cut_in_two_is_put_together() -> None:
    one = stream()
    keys = typed("BK-1\n")
    scans = [scan for each in keys for scan in fed(one, bytes([each]))]
    assert scans == [Scan("BK-1", 0.0)]


def test_scan_codes_and_lamps_among_the_events_are_passed_over() -> None:
    other = EVENT.pack(0, 0, 4, 4, 0x7001E) + EVENT.pack(0, 0, 17, 1, 1)
    assert read(other + typed("BK") + other + typed("-1\n") + other) == ["BK-1"]


def test_modifier_and_key_in_one_report() -> None:
    assert read(report((SHIFT, 1), (30, 1)) + report((30, 0), (SHIFT, 0)) + typed("a\n")) == ["Aa"]


def test_german_code_with_dead_key_and_altgr() -> None:
    keys = stroke(8, ALTGR) + stroke(41) + stroke(SPACE) + stroke(21) + stroke(11, ALTGR) + typed("\n")
    assert read(keys, "de") == ["{^z}"]


def test_dead_key_before_the_end_stands_by_itself() -> None:
    assert read(stroke(41) + typed("\na\n", "de"), "de") == ["^", "a"]


def test_dead_key_before_silence_does_not_reach_into_the_next_scan() -> None:
    one = stream("de")
    fed(one, typed("b", "de") + stroke(41))
    assert one.expire(1.0) == [Scan("b^", 0.0)]
    assert fed(one, typed("a\n", "de", at=2.0)) == [Scan("a", 2.0)]


def test_caps_lock_lasts_from_scan_to_scan() -> None:
    assert read(stroke(CAPS) + typed("bk\nrd\n") + stroke(CAPS) + typed("rd\n")) == ["BK", "RD", "rd"]


def test_lost_keys_throw_the_scan_away_and_no_other() -> None:
    keys = typed("RD-1\n97870") + dropped() + report((5, 1)) + typed("2207\nBK-1\n")
    assert read(keys) == ["RD-1", "BK-1"]


def test_what_comes_up_to_the_next_report_is_lost_too() -> None:
    keys = typed("97870") + dropped() + report((ENTER, 1)) + report((ENTER, 0)) + typed("12\nBK-1\n")
    assert read(keys) == ["BK-1"]


def test_shift_whose_release_was_lost_is_not_held_any_more() -> None:
    keys = report((SHIFT, 1)) + dropped() + report() + typed("x\nbk-1\n")
    assert read(keys) == ["bk-1"]


def test_caps_lock_whose_first_half_was_lost_does_not_turn_the_next_scan() -> None:
    keys = dropped() + report() + typed("x") + stroke(CAPS) + typed("\nbk-1\n")
    assert read(keys) == ["bk-1"]


def test_keyboard_starts_anew_when_silence_ends_what_was_lost() -> None:
    keys = typed("x") + dropped() + report() + stroke(CAPS) + typed("bk-1\n", at=1.0)
    assert read(keys) == ["bk-1"]


def test_keyboard_starts_anew_after_a_code_whose_beginning_nobody_saw() -> None:
    """It may have begun with CAPS LOCK, and turns it off again at its end."""
    one = stream()
    one.throw_away(0.0)
    assert [scan.text for scan in fed(one, typed("1001") + stroke(CAPS) + typed("\nbk-1\n"))] == ["bk-1"]


@given(st.lists(CODES), st.data())
def test_codes_come_through_wherever_the_reads_are_cut(codes: list[str], data: st.DataObject) -> None:
    layout = data.draw(st.sampled_from(["us", "gb"]))
    keys = b"".join(typed(code + "\n", layout) for code in codes)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(keys)), max_size=12)))
    one = stream(layout)
    parts = [keys[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(keys)], strict=True)]
    assert [scan.text for part in parts for scan in fed(one, part)] == codes


@given(st.lists(CODES), st.lists(CODES), st.integers(1, 200), st.integers(1, 200))
def test_devices_read_in_turns_never_mix(left: list[str], right: list[str], some: int, other: int) -> None:
    keys = [typed("".join(code + "\n" for code in codes)) for codes in (left, right)]
    turns = zip_longest(_cut(keys[0], some), _cut(keys[1], other), fillvalue=b"")
    one, two = stream(), stream()
    scans = [(fed(one, mine), fed(two, yours)) for mine, yours in turns]
    assert [scan.text for mine, _ in scans for scan in mine] == left
    assert [scan.text for _, yours in scans for scan in yours] == right


def _cut(data: bytes, size: int) -> list[bytes]:
    return [data[begin : begin + size] for begin in range(0, len(data), size)]
