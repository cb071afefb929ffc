"""Records as libraries exchange them: MARC 21 and CNMARC, in four encodings, and broken ones among them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymarc import Field, Indicators, Record, Subfield
from pymarc.marc8_mapping import CODESETS

from station.imports import Entry, Unreadable, marc
from station.imports.text import is_marc
from station.model import Title

DREAM, THREE, EMMA = "9787020002207", "9787536692930", "9780141439587"


def record(*fields: tuple[str, str], fixed: str = "") -> bytes:
    """A record in UTF-8 of fields as `("245", "$aTitle /$cby")`; `fixed` is its field 008."""
    made = Record()
    if fixed:
        made.fields.append(Field(tag="008", data=fixed))
    for tag, text in fields:
        subfields = [Subfield(each[0], each[1:]) for each in text.split("$")[1:]]
        made.fields.append(Field(tag=tag, indicators=Indicators(" ", " "), subfields=subfields))
    return bytes(made.as_marc())


def as_if(raw: bytes, encoding: str) -> bytes:
    """The same record in another encoding, with lengths that fit and without saying UTF-8."""
    start, fields = int(raw[12:17]), raw[24 : int(raw[12:17]) - 1]
    parts, directory, offset = [], b"", 0
    for place in range(0, len(fields), 12):
        tag, length, at = (
            fields[place : place + 3],
            *map(int, (fields[place + 3 : place + 7], fields[place + 7 : place + 12])),
        )
        part = raw[start + at : start + at + length].decode().encode(encoding)
        directory += tag + f"{len(part):04d}{offset:05d}".encode()
        parts.append(part)
        offset += len(part)
    base = 24 + len(directory) + 1
    body = b"".join(parts) + b"\x1d"
    leader = (
        f"{base + len(body):05d}".encode()
        + raw[5:9]
        + b" "
        + raw[10:12]
        + f"{base:05d}".encode()
        + raw[17:24]
    )
    return leader + directory + b"\x1e" + body


def read(folder: Path, data: bytes, encoding: str | None = None) -> list[Entry]:
    file = folder / "list.mrc"
    file.write_bytes(data)
    return list(marc.entries(file, encoding))


def titles(entries: list[Entry]) -> list[Title]:
    return [title for each in entries for title in each.values]


CHINESE = record(
    ("020", "$a7-02-000220-X (平装) :$cCNY59.70"),
    ("100", "$6880-01$aCao, Xueqin,$dapproximately 1717-1763."),
    ("245", "$6880-02$aHong lou meng /$cCao Xueqin zhu."),
    ("260", "$6880-03$aBeijing :$bRen min wen xue chu ban she,$c2008."),
    ("700", "$6880-04$aGao, E."),
    ("880", "$6100-01/$1$a曹雪芹,$d约1717-1763."),
    ("880", "$6245-02/$1$a红楼梦 :$b三家评本 /$c曹雪芹著."),
    ("880", "$6260-03/$1$a北京 :$b人民文学出版社,$c2008."),
    ("880", "$6700-04/$1$a高鹗."),
    fixed="080715s2008    cc            000 1 chi d",
)
CNMARC = record(
    ("010", "$a978-7-5366-9293-0$dCNY23.00"),
    ("101", "$achi"),
    ("200", "$a三体$ASan ti$f刘慈欣著"),
    ("210", "$a重庆$c重庆出版社$d2008.1"),
    ("701", "$a刘慈欣"),
)
ENGLISH = record(
    ("020", f"$a{EMMA} (pbk.)"),
    ("100", "$aAusten, Jane,$d1775-1817."),
    ("245", "$aEmma /$cJane Austen."),
    ("264", "$aLondon :$bPenguin,$c2003."),
    ("700", "$aÉmile Zola."),
    fixed="030715s2003    enk           000 1 eng d",
)


def test_chinese_record_gives_its_own_script_and_not_the_transcription(tmp_path: Path) -> None:
    assert titles(read(tmp_path, CHINESE)) == [
        Title(
            isbn=DREAM,
            title="红楼梦: 三家评本",
            authors=("曹雪芹", "高鹗"),
            publisher="人民文学出版社",
            year=2008,
            language="chi",
            source="catalogue",
        )
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_cnmarc_is_read_in_the_encoding_that_it_has(tmp_path: Path, encoding: str) -> None:
    assert titles(read(tmp_path, as_if(CNMARC, encoding))) == [
        Title(
            isbn=THREE,
            title="三体",
            authors=("刘慈欣",),
            publisher="重庆出版社",
            year=2008,
            language="chi",
            source="catalogue",
        )
    ]


def test_record_that_says_marc8_and_holds_utf8_is_read(tmp_path: Path) -> None:
    assert titles(read(tmp_path, as_if(CHINESE, "utf-8"))) == titles(read(tmp_path, CHINESE))


def test_encoding_that_is_named_is_taken(tmp_path: Path) -> None:
    traditional = record(("020", f"$a{DREAM}"), ("245", "$a紅樓夢"))
    assert [each.title for each in titles(read(tmp_path, as_if(traditional, "big5"), "big5"))] == ["紅樓夢"]


@pytest.mark.parametrize("encoding", ["utf-9", "punycode", "utf-7", "hex"])
def test_encoding_that_no_list_has_is_told_before_any_record(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(Unreadable, match=f"there is no encoding '{encoding}'"):
        read(tmp_path, as_if(CHINESE, "utf-8"), encoding)


def test_marc8_with_accents_and_chinese_is_read(tmp_path: Path) -> None:
    """An accent stands before its letter, Chinese in three bytes a sign behind an escape."""
    signs = {chr(sign): code for code, (sign, _) in CODESETS[0x31].items()}
    dream = b"".join(signs[each].to_bytes(3, "big") for each in "紅樓夢")
    raw = as_if(record(("020", f"$a{DREAM}"), ("245", "$aXXX"), ("100", "$aZ")), "ascii")
    raw = replaced(replaced(raw, b"XXX", b"\x1b$1" + dream + b"\x1b(B"), b"aZ", b"aCaf\xe2e")
    assert [(each.title, each.authors) for each in titles(read(tmp_path, raw))] == [("紅樓夢", ("Café",))]


def replaced(raw: bytes, old: bytes, new: bytes) -> bytes:
    """With `new` in place of `old`, and lengths that fit."""
    longer, start = len(new) - len(old), int(raw[12:17])
    at, directory = raw.index(old, start) - start, bytearray(raw[24 : start - 1])
    for place in range(0, len(directory), 12):
        length, offset = int(directory[place + 3 : place + 7]), int(directory[place + 7 : place + 12])
        if offset <= at < offset + length:
            directory[place + 3 : place + 7] = f"{length + longer:04d}".encode()
        elif offset > at:
            directory[place + 7 : place + 12] = f"{offset + longer:05d}".encode()
    body = raw[start:].replace(old, new, 1)
    leader = f"{len(raw) + longer:05d}".encode() + raw[5:24]
    return leader + bytes(directory) + b"\x1e" + body


def test_punctuation_between_the_parts_of_a_title_page_is_left_out(tmp_path: Path) -> None:
    (title,) = titles(read(tmp_path, ENGLISH))
    assert (title.title, title.authors, title.publisher) == (
        "Emma",
        ("Austen, Jane", "Émile Zola"),
        "Penguin",
    )
    assert (title.year, title.language) == (2003, "eng")


def test_each_isbn_of_a_record_gets_the_title_once(tmp_path: Path) -> None:
    several = record(
        ("020", f"$a{EMMA} (pbk.)"),
        ("020", "$a0141439580"),
        ("020", f"$a{DREAM} (hbk.)"),
        ("020", "$a9780141439588"),
        ("245", "$aEmma"),
    )
    assert [each.isbn for each in titles(read(tmp_path, several))] == [EMMA, DREAM]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (record(("245", "$aEmma")), "it has no ISBN"),
        (record(("020", "$cCNY59.70"), ("245", "$aEmma")), "it has no ISBN"),
        (record(("020", "$a9780141439588"), ("245", "$aEmma")), "is no ISBN: its length or its check digit"),
        (record(("020", f"$a{EMMA}")), "it has no title"),
        (record(("020", f"$a{EMMA}"), ("245", "$a / ")), "it has no title"),
        (ENGLISH.replace(b"\xc3", b"\xff"), "its text is not in the encoding that it says"),
        (b"00026" + ENGLISH[5:12] + b"99999" + ENGLISH[17:], "it is no MARC record: "),
        (b"garbage\x1d", "it is no MARC record: "),
        (ENGLISH[:24] + b"x" * 7 + b"\x1e\x1d", "it is no MARC record: "),
    ],
)
def test_broken_record_costs_no_other_its_place(tmp_path: Path, raw: bytes, why: str) -> None:
    entries = read(tmp_path, CHINESE + raw + b"\r\n" + CNMARC)
    assert [each.isbn for each in titles(entries)] == [DREAM, THREE]
    ((number, said),) = [(each.number, each.why) for each in entries if each.why]
    assert number == 2
    assert why in (said or "")


def test_file_that_ends_in_the_middle_says_so(tmp_path: Path) -> None:
    entries = read(tmp_path, CHINESE + ENGLISH[:100])
    assert [each.why for each in entries] == [None, "the file ends in the middle of it"]


def test_link_to_a_field_that_is_not_there_leaves_the_transcription(tmp_path: Path) -> None:
    raw = record(("020", f"$a{EMMA}"), ("245", "$6880-01$aEmma"), ("880", "$6$aX"), ("880", "$6100-02$aY"))
    assert [each.title for each in titles(read(tmp_path, raw))] == ["Emma"]


def test_marc_is_known_by_its_look(tmp_path: Path) -> None:
    file = tmp_path / "any"
    for data, expected in (
        (CHINESE, True),
        (b"\n" + CNMARC, True),
        (b"9787020002207,x\n", False),
        (b"", False),
    ):
        file.write_bytes(data)
        assert is_marc(file) is expected


def test_without_pymarc_the_way_to_get_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymarc", None)
    with pytest.raises(Unreadable, match=r"pip install 'shelfpost\[marc\]'"):
        read(tmp_path, CHINESE)


@given(st.binary(max_size=300), st.integers(0, 400))
def test_any_damage_is_told_and_nothing_worse(
    tmp_path_factory: pytest.TempPathFactory, garbage: bytes, at: int
) -> None:
    damaged = CHINESE[:at] + garbage + CHINESE[at + len(garbage) :]
    entries = read(tmp_path_factory.getbasetemp(), damaged + CNMARC)
    assert all(each.values or each.why for each in entries)
