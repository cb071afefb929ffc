"""`station replay` as it is called: what it prints, and its exit codes."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from station.cli.replay import replay

GOOD = """\
# A card is welcome.
given library "橡树小学"
given clock 2026-11-24T09:00:00Z
given reader RD-1001
scan RD-1001 -> welcome
expect reader RD-1001
"""
DIFFERENT = "given reader RD-1001\nscan RD-1001\nscan RD-1001 -> welcome\nscan RD-1001\n"
WRONG = "given reder RD-1001\nscan RD-1001 -> welcom\n"


def run(*files: Path | str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(replay, [str(each) for each in files], input=stdin)


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_prints_the_title_and_a_line_for_each_step(tmp_path: Path) -> None:
    file = written(tmp_path, "good.txt", GOOD)
    result = run(file)
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        f"{file}: A card is welcome.",
        '   2  2026-01-01 09:00:00  given library "橡树小学"',
        "   3  2026-11-24 09:00:00  given clock 2026-11-24T09:00:00Z",
        "   4  2026-11-24 09:00:00  given reader RD-1001",
        "   5  2026-11-24 09:00:02  scan RD-1001 -> welcome",
        "   6  2026-11-24 09:00:02  expect reader RD-1001",
    ]


def test_ends_with_1_at_the_first_difference(tmp_path: Path) -> None:
    file = written(tmp_path, "different.txt", DIFFERENT)
    result = run(file)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{file}",
        "   1  2026-01-01 09:00:00  given reader RD-1001",
        "   2  2026-01-01 09:00:02  scan RD-1001 -> welcome",
        "   3  2026-01-01 09:00:04  scan RD-1001 -> goodbye  (expected welcome, came goodbye)",
        f"{file}:3: expected welcome, came goodbye",
    ]


def test_ends_with_2_and_all_mistakes_before_anything_is_played(tmp_path: Path) -> None:
    file = written(tmp_path, "wrong.txt", WRONG)
    result = run(file)
    assert result.exit_code == 2
    assert result.output.splitlines() == [
        f"{file}:1: after given, reder is unknown; did you mean reader?",
        f"{file}:2: the signal welcom is unknown; did you mean welcome?",
    ]


def test_all_files_are_played_whatever_comes_of_each(tmp_path: Path) -> None:
    good, different = written(tmp_path, "good.txt", GOOD), written(tmp_path, "different.txt", DIFFERENT)
    result = run(different, good)
    assert result.exit_code == 1
    assert f"{good}: A card is welcome." in result.output
    assert run(good, good).exit_code == 0


def test_reads_standard_input() -> None:
    result = run("-", stdin=DIFFERENT.encode())
    assert result.exit_code == 1
    assert "-:3: expected welcome, came goodbye" in result.output


def test_file_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    binary = written(tmp_path, "binary.txt", b"# title\nscan \xff\xfe\n")
    result = run(tmp_path / "missing.txt", tmp_path, binary)
    assert result.exit_code == 2
    assert result.output.splitlines() == [
        f"{tmp_path / 'missing.txt'}: cannot be read: No such file or directory",
        f"{tmp_path}: cannot be read: Is a directory",
        f"{binary}:2: this is not UTF-8; save the file as UTF-8",
    ]


def test_step_that_cannot_be_taken_ends_with_2(tmp_path: Path) -> None:
    result = run("-", stdin=b"given item BK-1\ngiven item BK-1 due=2026-12-01\n")
    assert result.exit_code == 2
    assert result.output.splitlines()[-1] == "-:2: BK-1 is not on loan, so it has no due; add loan=READER"
