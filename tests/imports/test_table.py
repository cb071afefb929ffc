"""Files as people and spreadsheets save them, and worse: good rows are read, bad ones told by number."""

from __future__ import annotations

import re
from encodings.aliases import aliases
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.imports import Unreadable
from station.imports.columns import Column
from station.imports.table import Row, Table
from station.imports.text import LONGEST_LINE

COLUMNS = (Column("isbn", ("书号",), required=True), Column("title", ("书名",)), Column("year"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


def read(file: Path, data: bytes | str, encoding: str | None = None) -> list[Row]:
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return list(Table(file, COLUMNS, encoding))


def good(rows: list[Row]) -> list[tuple[int, dict[str, str]]]:
    return [(each.number, each.values) for each in rows if each.why is None]


def bad(rows: list[Row]) -> list[tuple[int, str | None]]:
    return [(each.number, each.why) for each in rows if each.why is not None]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_list_is_read_however_it_was_saved(file: Path, delimiter: str, encoding: str, end: str) -> None:
    lines = ["书号,书名,year", "1,红楼梦,2008", "2,石头记,"]
    text = end.join(each.replace(",", delimiter) for each in lines)
    assert good(read(file, text.encode(encoding))) == [
        (2, {"isbn": "1", "title": "红楼梦", "year": "2008"}),
        (3, {"isbn": "2", "title": "石头记", "year": ""}),
    ]


def test_encoding_that_is_named_is_taken(file: Path) -> None:
    rows = read(file, "isbn,title\n1,紅樓夢\n2,三國演義\n".encode("big5"), "big5")
    assert [each.values["title"] for each in rows] == ["紅樓夢", "三國演義"]


def test_columns_come_in_any_order_and_case(file: Path) -> None:
    assert good(read(file, "Year, TITLE ,ISBN\n2008,Emma,1\n")) == [
        (2, {"isbn": "1", "title": "Emma", "year": "2008"})
    ]


def test_cells_may_hold_commas_quotes_and_line_ends(file: Path) -> None:
    rows = read(file, 'isbn,title\n1,"Emma, ""a novel""\nin three volumes"\n2,x\n')
    assert good(rows) == [
        (2, {"isbn": "1", "title": 'Emma, "a novel"\nin three volumes'}),
        (4, {"isbn": "2", "title": "x"}),
    ]


def test_empty_rows_are_nothing(file: Path) -> None:
    assert good(read(file, "isbn,title\n\n,\n   ,\n1,x\n\n")) == [(5, {"isbn": "1", "title": "x"})]


def test_short_rows_lack_what_is_not_there(file: Path) -> None:
    assert good(read(file, "isbn,title,year\n1\n")) == [(2, {"isbn": "1", "title": "", "year": ""})]


def test_rows_with_more_cells_than_the_header_are_told(file: Path) -> None:
    assert bad(read(file, "isbn,title\n1,x,y\n2,z,,\n")) == [(2, "it has 3 cells, and the header has 2")]


def test_quotation_mark_that_is_not_closed_costs_one_row(file: Path) -> None:
    rows = read(file, 'isbn,title\n1,"x\n2,y\n3,z\n')
    assert bad(rows) == [(2, "a quotation mark in it is not closed")]
    assert [number for number, _ in good(rows)] == [3, 4]


def test_quotation_mark_that_another_row_closes_costs_one_row(file: Path) -> None:
    rows = read(file, 'isbn,title\n1,"x\n2,"y"\n3,z\n')
    assert [number for number, _ in bad(rows)] == [2]
    assert [number for number, _ in good(rows)] == [3, 4]


def test_very_long_line_costs_one_row(file: Path) -> None:
    rows = read(file, b"isbn,title\n1," + b"x" * 10_000_000 + b"\n2,y\n")
    assert bad(rows) == [(2, f"the line has over {LONGEST_LINE} bytes")]
    assert good(rows) == [(3, {"isbn": "2", "title": "y"})]


@pytest.mark.parametrize("tail", [b"", b"\n"])
def test_line_of_exactly_the_limit_is_none_too_long(file: Path, tail: bytes) -> None:
    line = b"1," + b"x" * (LONGEST_LINE - 2 - len(tail)) + tail
    rows = read(file, b"isbn,title\n" + line)
    assert [len(each.values.get("title", "")) for each in rows] in ([LONGEST_LINE - 2 - len(tail)], [0])


def test_nul_and_what_is_no_text_cost_one_row_each(file: Path) -> None:
    lines = [b"isbn,title", *[f"{n},红楼梦".encode() for n in range(60)], b"a,\0", b"b,\xff\xfe", b"c,x"]
    rows = read(file, b"\n".join(lines))
    assert bad(rows) == [(62, "it holds a NUL character"), (63, "it is not text in utf-8")]
    assert len(good(rows)) == 61


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is empty"),
        (b"  \n\n", "is empty"),
        (b"PK\x03\x04rest", "is a spreadsheet"),
        (b"\xd0\xcf\x11\xe0rest", "is an old Excel workbook"),
        (b"%PDF-1.7", "is a PDF"),
        (
            "isbn,title".encode("utf-16"),
            "is UTF-16 text: open it in the spreadsheet program and save",
        ),
        (b"\x7fELF\0\0\0", "is not text"),
        (b"isbn,title\n" + b"1,\xff\xff\n" * 9, "is neither UTF-8 nor GB18030"),
        (b"title,year\nEmma,1815\n", "it lacks isbn. Known are isbn, title, year"),
        (b"isnb,title\n", "the column 'isnb' is unknown; did you mean isbn?"),
        (b"isbn,tilte\n", "did you mean title?"),
        (b"isbn,title,ISBN\n", "the column isbn is there twice"),
        ("isbn,书号\n".encode(), "the column isbn is there twice"),
        (b'"isbn,title\n', "the first line must name the columns, and can't be read"),
        (b"x" * 200_000, "the first line must name the columns, and can't be read"),
    ],
)
def test_file_that_is_no_such_list_is_told_as_a_whole(file: Path, data: bytes, told: str) -> None:
    with pytest.raises(Unreadable, match=re.escape(told)):
        read(file, data)


def test_encoding_that_does_not_exist_is_told(file: Path) -> None:
    with pytest.raises(Unreadable, match="there is no encoding 'utf-9'"):
        read(file, "isbn\n1\n", "utf-9")


TEXT_ENCODINGS = [
    "gbk",
    "gb2312",
    "big5",
    "big5hkscs",
    "cp950",
    "shift_jis",
    "euc_jp",
    "euc_kr",
    "johab",
    "hz",
]


@pytest.mark.parametrize(
    "encoding", [*TEXT_ENCODINGS, "cp1252", "latin-1", "koi8-r", "mac_roman", "utf-8-sig"]
)
def test_encodings_of_lists_are_taken(file: Path, encoding: str) -> None:
    assert good(read(file, "isbn,title\n1,Emma\n", encoding)) == [(2, {"isbn": "1", "title": "Emma"})]


@pytest.mark.parametrize(
    "encoding", sorted({*aliases.values(), *aliases, "idna", "punycode", "unicode_escape"})
)
def test_every_encoding_that_python_knows_reads_a_list_or_is_refused(file: Path, encoding: str) -> None:
    """What is read can be written down again: it holds no half a character."""
    nasty = b"\xff\xfe +2AA- \\ud800 \\x xn--a-0a. ~{ \x1b$)C -99999999"
    try:
        rows = read(file, b"isbn,title\n1," + nasty + b"\n2,x.xn--0\n", encoding)
    except Unreadable as why:
        assert "for lists: name one as utf-8" in str(why)
    else:
        "".join(cell for each in rows for cell in each.cells).encode()
        assert len(rows) == 2


def test_other_columns_are_named_and_not_read(file: Path) -> None:
    file.write_text("isbn,price,subtitle,title,row,why\n1,59,y,x,2,wrong\n")
    table = Table(file, COLUMNS)
    assert table.header.ignored == ("price", "subtitle")
    assert good(list(table)) == [(2, {"isbn": "1", "title": "x"})]


def test_progress_ends_with_the_file(file: Path) -> None:
    rows = read(file, "isbn,title\n1,红楼梦\n2,y\n")
    assert [each.end for each in rows] == [11 + len("1,红楼梦\n".encode()), file.stat().st_size]


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_told(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.csv"
    file.write_bytes(b"isbn,title\n" + data)
    try:
        rows = list(Table(file, COLUMNS))
    except Unreadable:
        return
    assert [each.number for each in rows] == sorted({each.number for each in rows})
