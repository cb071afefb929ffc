"""Words on the command line that can be no text and no day: a sentence, whichever command they were for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from station.cli import station
from station.store import Store
from station.wiring import STORE
from tests.stores import STATION, stock

Run = Callable[..., Result]
LATIN_1 = os.fsdecode("Schön".encode("latin-1"))
FARTHEST = [("1970-01-01", "1970-01-01"), ("1970-01-01", "1970-01-15"), ("9998-12-31", "9998-12-31")]


@pytest.fixture
def run(config: Path) -> Run:
    """Beside a library with a card."""
    with closing(Store.open(config.parent / "data" / STORE, STATION)) as store:
        stock(store, readers=["RD-1"])
    return lambda *words: CliRunner().invoke(station, ["--config", str(config), *words])


def every_command(of: click.Command, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(of, click.Group):
        for name in of.list_commands(click.Context(of)):
            command = of.get_command(click.Context(of), name)
            assert command
            yield from every_command(command, *names, name)
    else:
        yield names, of


def calls() -> Iterator[tuple[str, ...]]:
    """Each command with each word that it takes as text in Latin-1, and nothing else that is wrong."""
    for names, command in every_command(station):
        before: list[str] = []
        for param in command.params:
            is_text = param.type.name == "text"
            if isinstance(param, click.Argument):
                if is_text:
                    yield (*names, *before, LATIN_1)
                before.append(__file__)
            elif is_text:
                yield (*names, param.opts[0], LATIN_1)


def test_a_word_that_is_not_utf_8_is_refused_by_every_command() -> None:
    answers = [CliRunner().invoke(station, words) for words in calls()]
    assert len(answers) > 60
    assert {each.exit_code for each in answers} == {2}
    assert [each.stderr for each in answers if "is not UTF-8: set the terminal" not in each.stderr] == []


def called(config: Path, *words: str, typed: bytes = b"") -> subprocess.CompletedProcess[str]:
    """By the program itself."""
    command = [sys.executable, "-m", "station", "--config", str(config), *words]
    ended = subprocess.run(command, input=typed, capture_output=True, check=False)
    return subprocess.CompletedProcess(
        command, ended.returncode, ended.stdout.decode(), ended.stderr.decode()
    )


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
def test_an_answer_in_latin_1_is_asked_for_again(
    config: Path, errors: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python takes such a byte, or fails, by the locale."""
    monkeypatch.setenv("PYTHONIOENCODING", f"utf-8:{errors}")
    ended = called(config, "library", "create", typed="Schön\nOak\n".encode("latin-1"))
    assert ended.returncode == 0
    assert "is not UTF-8" in ended.stdout + ended.stderr
    assert "Oak (oak)" in ended.stdout


def test_a_script_in_latin_1_is_told_so(config: Path) -> None:
    ended = called(config, "simulate", "--script", "-", typed="Schön\n".encode("latin-1"))
    assert (ended.returncode, ended.stderr) == (1, "Error: <stdin> is not UTF-8: save it as UTF-8.\n")


def test_a_terminal_in_latin_1_is_told_so(config: Path) -> None:
    ended = called(config, "library", "set", "--name", LATIN_1)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Invalid value for '--name': 'Sch\\udcf6n' is not UTF-8" in ended.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("event", "export", "--output"),
        ("report", "--html"),
        ("print", "commands", "--lang", "en", "--out"),
    ],
)
@pytest.mark.usefixtures("run")
def test_a_files_name_may_be_any_bytes(config: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    assert called(config, *words, str(tmp_path / LATIN_1)).returncode == 0
    assert (tmp_path / LATIN_1).stat().st_size > 0


@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-15", "1969-12-31", "9999-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    "words",
    [
        ("report", "--from"),
        ("report", "--to"),
        ("event", "export", "--from"),
        ("event", "export", "--to"),
        ("reader", "add", "RD-2", "--expires"),
        ("reader", "set", "RD-1", "--expires"),
    ],
)
def test_a_day_out_of_all_time_is_refused(run: Run, words: tuple[str, ...], day: str) -> None:
    result = run(*words, day)
    assert result.exit_code in (1, 2)
    assert f"{day} is too far away: take a day from 1970-01-01 to 9998-12-31" in result.stderr


@pytest.mark.parametrize(("first", "last"), FARTHEST)
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "none"])
def test_the_farthest_days_that_are_taken_can_be_reckoned_with(
    run: Run, first: str, last: str, zone: str
) -> None:
    assert run("library", "set", f"timezone={zone}").exit_code == 0
    for command in (("report",), ("report", "--json"), ("event", "export")):
        for period in (("--from", first, "--to", last), ("--to", last)):
            assert run(*command, *period).exit_code == 0
    assert run("reader", "set", "RD-1", "--expires", first).exit_code == 0


@pytest.mark.parametrize("day", ["31.7.2027", "2027-02-29", "tomorrow", "9" * 5000, ""])
def test_what_is_no_day_is_said(run: Run, day: str) -> None:
    for words in (("report", "--to"), ("reader", "set", "RD-1", "--expires")):
        said = run(*words, day).stderr
        assert f"{day[:40]!r} is no day: write it as YYYY-MM-DD." in said
        assert len(said) < 300


TOO_LONG = "x" * 300


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("report", "--html", TOO_LONG), "cannot write"),
        (("event", "export", "--output", TOO_LONG), "cannot write"),
        (("print", "commands", "--out", TOO_LONG), "cannot write"),
        (("print", "commands", "--out", "/dev/full", "--force", "--font", TOO_LONG), "the font file"),
        (("backup", TOO_LONG), "no backup can be put into"),
    ],
)
@pytest.mark.usefixtures("run")
def test_a_files_name_that_is_too_long_is_said(config: Path, words: tuple[str, ...], said: str) -> None:
    ended = called(config, *words)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert said in ended.stderr and ended.stderr.endswith(": File name too long.\n")
