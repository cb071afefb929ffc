"""What Debian has to bring for the lamps' lgpio, which has no wheel for the newest Python."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from installation import needs
from installation.layout import Layout
from installation.plan import Plan

HERE = Layout(Path("/"))

OLD = "*3,\\ 13*"
"""A question that a Python 3.12 answers with no, as a pattern of sh."""
BARE = "*find_spec*"
"""What a Python without lgpio answers with no."""


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All commands that there are."""
    folder = tmp_path / "commands"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def script(file: Path, text: str) -> Path:
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def python(folder: Path, *noes: str) -> Path:
    """A Python that says yes to all but that."""
    cases = "".join(f"{no}) exit 1;; " for no in noes)
    return script(folder / "python", f'case "$3" in {cases} *) exit 0;; esac')


@pytest.mark.parametrize(
    ("noes", "extras", "swig"),
    [
        ((BARE,), ("gpio",), ["swig"]),
        ((BARE,), ("backup",), []),
        ((BARE, OLD), ("gpio",), []),
        ((), ("gpio",), []),
    ],
)
def test_swig_is_needed_where_lgpio_has_to_be_compiled(
    tmp_path: Path, commands: Path, noes: tuple[str, ...], extras: tuple[str, ...], swig: list[str]
) -> None:
    plan = Plan(HERE, extras, python(tmp_path, *noes))
    assert [each for each in needs.to_build(plan) if each == "swig"] == swig
    script(commands / "swig", "")
    assert "swig" not in needs.to_build(plan)


def test_an_archive_that_has_lgpio_spares_its_compilation(tmp_path: Path, commands: Path) -> None:
    plan = Plan(HERE, ("gpio",), python(tmp_path, BARE))
    script(commands / "apt-get", "exit 0")
    assert needs.to_run(plan) == ["python3-lgpio"]
    assert "swig" not in needs.to_build(plan)


def test_looking_for_lgpio_leaves_no_pipe_where_the_caller_stands(
    tmp_path: Path, commands: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On import it makes one in the working folder: root's, in somebody's checkout."""
    (tmp_path / "lgpio.py").write_text("open('.lgd-nfy0', 'w').close()\n")
    sees = f"import sys; sys.path.insert(0, '{tmp_path}'); $3"
    plan = Plan(HERE, ("gpio",), script(tmp_path / "python", f'exec {sys.executable} -I -c "{sees}"'))
    monkeypatch.chdir(commands)
    assert needs.to_run(plan) == []
    assert list(commands.iterdir()) == []
