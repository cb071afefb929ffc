"""`station lights-out`: after a station that was killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from gpiozero.pins.mock import MockFactory, MockPin

from station.cli import station
from station.drivers import gpio_panel

PINS = {"green": 17, "amber": 27, "red": 22, "buzzer": 18}


class Line(MockPin):  # type: ignore[misc]
    """Remembers the level that it was driven to last, as a Raspberry Pi's kernel does."""

    level = True

    def _set_state(self, value: Any) -> None:
        super()._set_state(value)
        self.level = bool(value)


def configured(folder: Path, panel: str) -> Path:
    path = folder / "station.toml"
    path.write_text(f'[station]\nid = "door"\ndata_dir = "{folder}/data"\n[panel]\n{panel}\n')
    return path


def gpio(more: str = "") -> str:
    return "\n".join(['driver = "gpio"', *(f"{name} = {pin}" for name, pin in PINS.items()), more])


@pytest.mark.parametrize(("more", "off"), [("", False), ("active_low = true", True)])
def test_all_lamps_and_the_buzzer_are_turned_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str, off: bool
) -> None:
    factory = MockFactory(pin_class=Line)
    lines = [factory.pin(pin) for pin in PINS.values()]
    for each in lines:
        each.level = not off
    monkeypatch.setattr(gpio_panel, "open_chip", lambda _: factory)
    config = configured(tmp_path, gpio(more))
    result = CliRunner().invoke(station, ["--config", str(config), "lights-out"], catch_exceptions=False)
    assert (result.exit_code, result.output) == (0, "")
    assert [each.level for each in lines] == [off] * 4


def test_a_panel_without_lamps_has_none_to_turn_off(tmp_path: Path) -> None:
    config = configured(tmp_path, 'driver = "log"\npath = "-"')
    result = CliRunner().invoke(station, ["--config", str(config), "lights-out"], catch_exceptions=False)
    assert (result.exit_code, result.output) == (0, "")


def test_pins_that_cannot_be_had_are_said_in_a_sentence(tmp_path: Path) -> None:
    config = configured(tmp_path, gpio('chip = "nowhere"'))
    command = [sys.executable, "-m", "station", "--config", str(config), "lights-out"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("station: no GPIO chip is labelled nowhere; ")
    assert ended.stderr.count("\n") == 1
