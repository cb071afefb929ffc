"""`station simulate` as a command: which library it takes, and what it says when it can't."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from station.cli import station
from station.model import Item
from station.simulate import library
from station.store import Store
from station.wiring import STORE

CONFIG = '[station]\nid = "door"\nlibrary = "oak"\ndata_dir = "data"\n'


@pytest.fixture
def simulate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`station … simulate …`, on a machine where no configuration is at its default place."""
    monkeypatch.delenv("SHELFPOST_CONFIG", raising=False)
    default = next(each for each in station.params if each.name == "config_path")
    monkeypatch.setattr(default, "default", tmp_path / "none.toml")

    def call(*words: str, script: str = "RD-1001\nBK-1001\n", before: tuple[str, ...] = ()) -> Result:
        return CliRunner().invoke(station, [*before, "simulate", "--script", "-", *words], input=script)

    return call


def test_sample_library_can_be_kept(simulate: Callable[..., Result], tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    assert simulate("--data", str(folder)).exit_code == 0
    store = Store.open(folder / STORE, "desk_1")
    lent = [each.id for each in store.shelf.all(Item) if each.loan]
    store.close()
    assert lent == ["BK-1001"]


def test_configuration_brings_its_store_and_patterns(simulate: Callable[..., Result], tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text(CONFIG + "[patterns]\nreader = 'L-.+'\n")
    config = ("--config", str(path))
    runner = CliRunner()
    for words in (
        ("library", "create", "--name", "Oak", "admission=open"),
        ("item", "add", "BK-7", "--title", "围城"),
    ):
        assert runner.invoke(station, [*config, *words]).exit_code == 0
    result = simulate(before=config, script="L-1\nBK-7\n")
    assert result.exit_code == 0, result.output
    assert "shown   borrowed: 围城 is yours until" in result.output
    assert [each.id for each in library.items() if each.id in result.output] == []


def test_folder_of_its_own_does_not_go_with_a_configuration(
    simulate: Callable[..., Result], tmp_path: Path
) -> None:
    path = tmp_path / "station.toml"
    path.write_text(CONFIG)
    result = simulate("--data", str(tmp_path), before=("--config", str(path)))
    assert (result.exit_code, "names a data_dir of its own" in result.output) == (2, True)


@pytest.mark.parametrize(("missing", "words"), [("amqtt", ("--script", "-")), ("textual", ())])
def test_missing_library_is_a_sentence(
    simulate: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    missing: str,
    words: tuple[str, ...],
) -> None:
    found = importlib.util.find_spec

    def find(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == missing else found(name, package)

    monkeypatch.setattr("station.cli.simulate.find_spec", find)
    result = CliRunner().invoke(station, ["simulate", *words], input="RD-1001\n")
    assert result.exit_code == 1
    assert f"the simulator needs {missing}" in result.output
    assert "pip install 'shelfpost[simulator]'" in result.output
