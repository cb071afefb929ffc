"""config/station.toml says all that the station can be told, and nothing that isn't so."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from station.config import (
    Config,
    GpioPanelConfig,
    LogPanelConfig,
    StationConfig,
    TerminalPanelConfig,
    load,
    shipped,
)
from station.config.check import Sections, fields_of, meaning, sections_in
from station.config.values import decode

EXAMPLE = Path(__file__).parents[1] / "config" / "station.toml"
SECTIONS: dict[str, Sections] = {
    name: sections_in(field.type) for name, field in fields_of((Config,)).items()
}


def shown() -> Iterator[tuple[str, str | None, Any]]:
    """The example's lines: (header, None, None) for a section, (header, key, value) for a key, on or off."""
    header = ""
    for line in EXAMPLE.read_text("utf-8").splitlines():
        if found := re.fullmatch(r"#?(\[+\w+\]+)", line):
            header = found[1]
            yield header, None, None
        elif re.match(r"#?\w+ = ", line):
            ((key, value),) = tomllib.loads(line.removeprefix("#")).items()
            yield header, key, value


def test_the_example_is_what_holds_without_a_file() -> None:
    assert load(EXAMPLE) == Config(station=StationConfig(id="desk_1"))
    assert shipped("station.toml") == EXAMPLE


def test_the_example_names_every_key_and_no_other() -> None:
    named: dict[str, set[str]] = {}
    for header, key, _ in shown():
        named.setdefault(header.strip("[]"), set()).update([key] if key else [])
    assert named == {name: set(fields_of(sections)) for name, sections in SECTIONS.items()}


def test_the_example_shows_each_default_as_it_is() -> None:
    wrong = []
    for header, key, value in shown():
        field = fields_of(SECTIONS[header.strip("[]")]).get(key or "")
        if field and key != "driver" and field.default not in (None, msgspec.NODEFAULT):
            said = decode(field.type, value, EXAMPLE.parent)
            wrong += [(header, key, said, field.default)] * (said != field.default)
    assert wrong == []


@pytest.mark.parametrize("panel", [GpioPanelConfig, TerminalPanelConfig, LogPanelConfig])
def test_the_example_loads_with_all_of_it_switched_on(tmp_path: Path, panel: type[Any]) -> None:
    fields = fields_of((panel,))
    lines = []
    for header, key, value in shown():
        if key is None:
            lines.append(header)
        elif header != "[panel]" or key in fields:
            wanted = fields["driver"].default if (header, key) == ("[panel]", "driver") else value
            lines.append(f"{key} = {msgspec.json.encode(wanted).decode()}")
    file = tmp_path / "station.toml"
    file.write_text("\n".join(lines))
    config = load(file)
    assert isinstance(config.panel, panel)
    assert [scanner.name for scanner in config.scanner] == ["evdev-1", "serial-2", "lines-3", "camera-4"]
    assert config.broker and config.broker.host == "broker.local"


def test_every_key_says_what_it_means() -> None:
    silent = [
        (name, key)
        for name, sections in SECTIONS.items()
        for key, field in fields_of(sections).items()
        if not meaning(field)
    ]
    assert silent == []
