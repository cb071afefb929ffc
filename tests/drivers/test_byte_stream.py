"""ByteStream: bytes, cut anywhere, into codes."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.drivers.byte_stream import ByteStream
from station.drivers.framer import LONGEST_CONTACT, Scan

AT = 12.5
CODES = st.text(st.characters(min_codepoint=0x20, exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)


def read(data: bytes, encoding: str = "utf-8") -> list[str]:
    return [scan.text for scan in ByteStream(encoding).feed(data, AT)]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\t", "\n\r", "\r\n\t"])
def test_code_ends_at_any_end(end: str) -> None:
    assert read(f"RD-1001{end}BK-1{end}".encode()) == ["RD-1001", "BK-1"]


def test_time_of_a_scan_is_the_time_of_its_reading() -> None:
    assert ByteStream().feed(b"BK-1\r", AT) == [Scan("BK-1", AT)]


def test_silence_ends_a_code_that_has_no_end() -> None:
    stream = ByteStream(silence=0.25)
    assert stream.feed("BK-红楼梦".encode(), AT) == []
    assert stream.deadline() == AT + 0.25
    assert stream.expire(AT + 0.25) == [Scan("BK-红楼梦", AT)]
    assert stream.deadline() is None


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@given(codes=st.lists(CODES), data=st.data())
def test_codes_come_through_wherever_the_reads_are_cut(
    encoding: str, codes: list[str], data: st.DataObject
) -> None:
    sent = "".join(code + "\r\n" for code in codes).encode(encoding)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=12)))
    stream = ByteStream(encoding)
    parts = [sent[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    assert [scan.text for part in parts for scan in stream.feed(part, AT)] == codes


@pytest.mark.parametrize("older", ["gbk", "gb2312"])
def test_older_chinese_encodings_are_read_as_the_newest(older: str) -> None:
    assert read("红楼梦\r".encode(older), "gb18030") == ["红楼梦"]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"BK-\xff", "utf-8"),
        ("BK-红".encode()[:-1], "utf-8"),
        ("红楼梦".encode("gb18030"), "utf-8"),
        (b"BK-\xff\xff", "gb18030"),
        ("BK-红".encode("gb18030")[:-1], "gb18030"),
    ],
)
def test_code_that_is_no_text_is_an_empty_one_and_spoils_no_other(data: bytes, encoding: str) -> None:
    assert read(data + b"\rBK-1\r", encoding) == ["", "BK-1"]


def test_code_that_is_no_text_is_logged_without_what_it_holds(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        read(b"RD-1001\xff\r")
    assert caplog.messages == ["a code was no text in utf-8: look at the scanner's encoding and speed"]


def test_code_whose_beginning_nobody_saw_is_thrown_away() -> None:
    stream = ByteStream()
    stream.throw_away(AT)
    assert stream.throwing
    assert stream.feed(b"1001\rBK-1\r", AT) == [Scan("BK-1", AT)]
    assert not stream.throwing


def test_contact_of_the_greatest_length_is_one_scan_in_chinese_too() -> None:
    frame = "BEGIN:VCARD\nNOTE:\nEND:VCARD"
    card = frame.replace("NOTE:", "NOTE:" + "红" * (LONGEST_CONTACT - len(frame)))
    sent = card.replace("\n", "\r\n").encode() + b"\r\nBK-1\r\n"
    assert len(card) == LONGEST_CONTACT
    assert read(sent) == [card, "BK-1"]


def test_contact_after_an_aim_identifier_is_one_scan() -> None:
    assert read(b"]Q1BEGIN:VCARD\r\nN:Doe\r\nEND:VCARD\r\n") == ["]Q1BEGIN:VCARD\nN:Doe\nEND:VCARD"]


def test_endless_input_is_thrown_away_up_to_silence() -> None:
    stream = ByteStream()
    scans = [scan for _ in range(300) for scan in stream.feed(b"x" * 8_192, AT)]
    assert scans + stream.expire(AT + 1) == []
    assert stream.feed(b"BK-1\r", AT + 1) == [Scan("BK-1", AT + 1)]
