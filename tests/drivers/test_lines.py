from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.drivers import Reading, Report, ScannerEnded, ScannerFound, ScannerLost
from station.drivers import lines as lines_module
from station.drivers.lines import Lines, LinesScanner
from tests.drivers.scanner_contract import AT, NAME, ScannerContract, Source
from tests.drivers.typing_rig import PATIENCE, Running


def scanner(path: Path | str) -> LinesScanner:
    return LinesScanner(NAME, str(path), clock=lambda: AT)


def reading(text: str) -> Reading:
    return Reading(NAME, text, AT)


def run(path: Path | str) -> list[Report]:
    """All that a scanner reports of a source that ends."""
    with Running(scanner(path)) as running:
        return running.rest()


class FileSource:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._path.touch()
        self.scanner = scanner(path)

    def feed(self, *codes: str) -> None:
        self._path.write_text("".join(code + "\n" for code in codes))


class FifoSource:
    """A FIFO with a writer that stays, so that nothing waits for one."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self._fd = os.open(path, os.O_RDWR)
        self.scanner = scanner(path)

    def feed(self, *codes: str) -> None:
        os.write(self._fd, "".join(code + "\n" for code in codes).encode())

    def close(self) -> None:
        os.close(self._fd)


class TestFile(ScannerContract):
    @pytest.fixture
    def source(self, tmp_path: Path) -> Source:
        return FileSource(tmp_path / "lines")


class TestFifo(ScannerContract):
    @pytest.fixture
    def source(self, tmp_path: Path, request: pytest.FixtureRequest) -> Source:
        fifo = FifoSource(tmp_path / "fifo")
        request.addfinalizer(fifo.close)
        return fifo


def test_file_ends(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_text("RD-1\r\n\nBK-1")
    expected = [ScannerFound(NAME), reading("RD-1"), reading(""), reading("BK-1"), ScannerEnded(NAME)]
    assert run(file) == expected


def test_large_file_comes_whole(tmp_path: Path) -> None:
    codes = [f"BK-{number}" for number in range(30_000)]
    file = tmp_path / "lines"
    file.write_text("\n".join(codes))
    assert run(file)[1:-1] == [reading(code) for code in codes]


def test_standard_input_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    reads, writes = os.pipe()
    monkeypatch.setattr(lines_module, "STDIN", reads)
    os.write(writes, b"RD-1\nBK-1\n")
    os.close(writes)
    assert run("-") == [ScannerFound(NAME), reading("RD-1"), reading("BK-1"), ScannerEnded(NAME)]
    os.close(reads)


def test_fifo_stays_open_from_writer_to_writer(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with Running(scanner(fifo)) as running:
        assert running.reports(1) == [ScannerFound(NAME)]
        for code in ("RD-1", "BK-1", "BK-2"):
            fifo.write_text(code + "\n")
            assert running.reports(1) == [reading(code)]
        running.scanner.close()
        assert running.rest() == []


def test_line_that_a_writer_left_unended_does_not_run_into_the_next_writers(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with Running(scanner(fifo)) as running:
        running.reports(1)
        fifo.write_text("RD-1")
        assert running.reports(1) == [reading("RD-1")]
        fifo.write_text("BK-1\n")
        assert running.reports(1) == [reading("BK-1")]


def test_fifo_without_a_writer_is_not_readable_all_the_time(tmp_path: Path) -> None:
    """The clock is asked once a read: a scanner that goes round instead of waiting asks it without end."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    asked: list[float] = []

    def clock() -> float:
        asked.append(AT)
        return AT

    with Running(LinesScanner(NAME, str(fifo), clock=clock)) as running:
        running.reports(1)
        fifo.write_text("RD-1\n")
        running.reports(1)
        fifo.write_text("BK-1\n")
        running.reports(1)
    assert len(asked) <= 4


def test_writer_that_comes_as_the_last_one_leaves_makes_no_end() -> None:
    reads, writes = os.pipe2(os.O_NONBLOCK)
    assert lines_module._chunk(reads) is None
    os.close(writes)
    assert lines_module._chunk(reads) == b""
    os.close(reads)


def _count_opening(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Released each time that the scanner tries to open its path."""
    looks = threading.Semaphore(0)
    real = os.open

    def counted(path: str, flags: int) -> int:
        looks.release()
        return real(path, flags)

    monkeypatch.setattr(os, "open", counted)
    return looks


def test_path_that_is_not_there_is_lost_until_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "LOOK_AGAIN", 0.001)
    file = tmp_path / "lines"
    looks = _count_opening(monkeypatch)
    with Running(scanner(file)) as running:
        assert running.reports(1) == [ScannerLost(NAME, f"{file}: No such file or directory")]
        assert all(looks.acquire(timeout=PATIENCE) for _ in range(3))
        new = tmp_path / "new"
        new.write_text("BK-1\n")
        new.rename(file)
        assert running.rest() == [ScannerFound(NAME), reading("BK-1"), ScannerEnded(NAME)]


def _take_away(fifo: Path) -> None:
    """The scanner sees it when a writer leaves."""
    writer = os.open(fifo, os.O_WRONLY)
    fifo.unlink()
    os.close(writer)


def test_fifo_that_was_taken_away_is_lost_until_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines_module, "LOOK_AGAIN", 0.001)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with Running(scanner(fifo)) as running:
        running.reports(1)
        _take_away(fifo)
        assert running.reports(1) == [ScannerLost(NAME, f"{fifo}: No such file or directory")]
        os.mkfifo(fifo)
        assert running.reports(1) == [ScannerFound(NAME)]
        fifo.write_text("BK-1\n")
        assert running.reports(1) == [reading("BK-1")]
        _take_away(fifo)
        assert running.reports(1) == [ScannerLost(NAME, f"{fifo}: No such file or directory")]


def test_folder_is_no_source(tmp_path: Path) -> None:
    with Running(scanner(tmp_path)) as running:
        assert running.reports(1) == [ScannerLost(NAME, f"{tmp_path}: Is a directory")]


def test_close_does_not_wait_for_a_path_that_is_not_there(tmp_path: Path) -> None:
    with Running(scanner(tmp_path / "none")) as running:
        running.reports(1)
        running.scanner.close()
        running.wait()


def test_line_of_the_greatest_length_is_whole_with_either_end() -> None:
    assert Lines(longest=5).feed(b"12345\n12345\r\n") == ["12345", "12345"]


def test_longer_line_is_an_empty_one_and_the_next_is_whole() -> None:
    assert Lines(longest=5).feed(b"123456\n1234567\r\n12345\r6\n12345\n") == ["", "", "", "12345"]


def test_longer_line_is_empty_wherever_it_is_cut() -> None:
    lines = Lines(longest=5)
    assert [lines.feed(part) for part in (b"123", b"45", b"6\r", b"78", b"\nBK\n")] == [
        *([[]] * 4),
        ["", "BK"],
    ]


def test_longer_line_takes_no_more_memory_than_it_must() -> None:
    lines = Lines(longest=5)
    for _ in range(100):
        lines.feed(b"x" * 10_000)
    assert sys.getsizeof(lines._line) < 100


def test_line_that_is_not_utf8_is_an_empty_one() -> None:
    assert Lines().feed(b"RD-\xff1\nRD-\xed\xa0\x801\nRD-1\n") == ["", "", "RD-1"]


def test_chinese_comes_through_wherever_it_is_cut() -> None:
    lines = Lines()
    assert [text for byte in "红楼梦\n".encode() for text in lines.feed(bytes([byte]))] == ["红楼梦"]


def test_carriage_return_inside_a_line_is_kept() -> None:
    assert Lines().feed(b"a\rb\r\n") == ["a\rb"]


@given(st.lists(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=20)))
def test_lines_come_out_as_they_went_in(codes: list[str]) -> None:
    data = "".join(code + "\n" for code in codes).encode()
    for size in (1, 2, 3, 7, len(data) + 1):
        lines = Lines()
        parts = [data[begin : begin + size] for begin in range(0, len(data), size)]
        assert [text for part in parts for text in lines.feed(part)] == codes
        assert lines.end() == []
