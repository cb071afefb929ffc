"""A list of labels from a file, and what can be wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from station.printing import PrintError
from station.printing.lists import LARGEST, numbers_and_titles


def listed(tmp_path: Path, data: bytes) -> list[tuple[str, str]]:
    file = tmp_path / "list.csv"
    file.write_bytes(data)
    return list(numbers_and_titles(file))


def test_numbers_and_titles_come_through_whole(tmp_path: Path) -> None:
    data = '\ufeffBK-1,红楼梦\r\n\r\nBK-2\r\n BK-3 ,"Guns, Germs, and Steel"\n,\n'.encode()
    assert listed(tmp_path, data) == [("BK-1", "红楼梦"), ("BK-2", ""), ("BK-3", "Guns, Germs, and Steel")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"BK-1\nBK-2,Guns, Germs\n", "line 2: has 3 cells"),
        (b"BK-1\n,Title\n", "line 2: has no number"),
        ("BK-1,红楼梦".encode("gb18030"), "is not UTF-8 text"),
        (b"x" * (LARGEST + 1), "is larger than 10 MB"),
    ],
)
def test_what_is_wrong_with_a_list_is_said_with_its_line(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(PrintError, match=words):
        listed(tmp_path, data)


def test_a_list_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(PrintError, match="can't be read: No such file"):
        list(numbers_and_titles(tmp_path / "none.csv"))
    with pytest.raises(PrintError, match="can't be read: Is a directory"):
        list(numbers_and_titles(tmp_path))
