"""Lamps and buzzer. The chip's own answers are tried in the emulated guest (tests/hardware)."""

from __future__ import annotations

from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory

from station.config import GpioPanelConfig
from station.doctor import panel as module
from station.doctor.lamps import in_turn, lamps
from station.doctor.panel import panel
from station.drivers.gpio_chip import line_user
from station.drivers.gpio_panel import GpioOutputs
from station.drivers.player import PanelError
from tests.doctor.places import NOBODY, place, said

GPIO = '[panel]\ndriver = "gpio"\ngreen = 17\namber = 27\nred = 22\nbuzzer = 18\n'


@pytest.fixture(autouse=True)
def chip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A header whose lines nobody uses."""
    file = tmp_path / "gpiochip4"
    file.touch(0o600)
    monkeypatch.setattr(module, "DEV", tmp_path)
    monkeypatch.setattr(module, "find_spec", lambda _: "there")
    monkeypatch.setattr(module, "chips", lambda _: {"pinctrl-rp1": 4})
    monkeypatch.setattr(module, "line_user", lambda path, pin: None)
    return file


def used(monkeypatch: pytest.MonkeyPatch, **pins: str) -> None:
    monkeypatch.setattr(module, "line_user", lambda path, pin: pins.get(f"gpio{pin}"))


def found(folder: Path, **other: object) -> list[tuple[str, str]]:
    """But for what is said of the signals first."""
    return said(panel(place(folder, GPIO, **other)))[1:]  # type: ignore[arg-type]


def test_lines_that_are_free_are_right(tmp_path: Path, chip: Path) -> None:
    assert found(tmp_path) == [
        ("ok", f"{chip} is the chip"),
        ("ok", "green on GPIO 17: free"),
        ("ok", "amber on GPIO 27: free"),
        ("ok", "red on GPIO 22: free"),
        ("ok", "buzzer on GPIO 18: free"),
        ("skipped", "whether the lamps light and the buzzer sounds, only people see"),
    ]


def test_line_that_another_program_has_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    used(monkeypatch, gpio18="PWM fan")
    assert ("wrong", "buzzer on GPIO 18: in use by 'PWM fan'") in found(tmp_path)


def test_lines_are_the_running_stations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    used(monkeypatch, gpio17="lg", gpio27="lg", gpio22="lg")
    assert found(tmp_path, pid=7)[1:] == [
        ("ok", "green on GPIO 17: in use by 'lg', while the station runs"),
        ("ok", "amber on GPIO 27: in use by 'lg', while the station runs"),
        ("ok", "red on GPIO 22: in use by 'lg', while the station runs"),
        ("wrong", "buzzer on GPIO 18: the running station does not have it"),
    ]


def test_line_that_the_chip_does_not_have_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(path: Path, pin: int) -> None:
        raise PanelError(f"{path} has no line {pin}: Invalid argument")

    monkeypatch.setattr(module, "line_user", none)
    assert found(tmp_path)[1][0] == "wrong"


def test_chip_that_is_not_there_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "chips", lambda _: {})
    ((status, text),) = found(tmp_path)
    assert status == "wrong" and "this computer has no GPIO chip" in text


def test_chip_that_only_the_asker_may_not_use_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_: Path) -> None:
        raise PanelError("no permission for /dev/gpiochip0: add the station's user to the group gpio")

    monkeypatch.setattr(module, "chips", locked)
    assert found(tmp_path, asks=NOBODY) == [("skipped", "nobody may not look at the GPIO chips")]
    assert found(tmp_path)[0][0] == "wrong"


def test_chip_that_the_station_may_not_use_is_wrong(tmp_path: Path, chip: Path) -> None:
    assert found(tmp_path, user=NOBODY) == [("wrong", f"the station's user nobody may not use {chip}")]


def test_without_lgpio_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    _, missing, *_ = panel(place(tmp_path, GPIO))
    assert missing.found == "lgpio is missing" and "python3-lgpio" in missing.do


def test_signals_that_can_not_be_used_are_wrong(tmp_path: Path) -> None:
    (tmp_path / "signals.toml").write_text("[ready]\ngreen = -1\n")
    first, _ = panel(place(tmp_path, '[panel]\ndriver = "log"\nsignals = "signals.toml"\n'))
    assert first.status == "wrong" and "signals.toml" in first.found


def test_panel_without_lamps_has_none_to_look_at(tmp_path: Path) -> None:
    assert said(panel(place(tmp_path, '[panel]\ndriver = "log"\n'))) == [
        ("ok", "signals: as they come with Shelfpost"),
        ("ok", 'driver = "log": no lamps to look at'),
    ]


def test_file_that_is_no_chip_has_no_lines(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(PanelError, match=f"^{file} has no line 17: "):
        line_user(file, 17)


def test_each_lamp_and_the_buzzer_is_shown_alone_and_said() -> None:
    factory = MockFactory()
    outputs = GpioOutputs(GpioPanelConfig(green=17, amber=27, red=22, buzzer=18), factory)
    pins = {
        name: factory.pin(f"GPIO{number}")
        for name, number in (("green", 17), ("amber", 27), ("red", 22), ("buzzer", 18))
    }
    shown: list[set[str]] = []

    def look(_: float) -> None:
        shown.append({name for name, pin in pins.items() if pin.state})

    texts = [each.found for each in in_turn(outputs, look)]
    look(0)
    outputs.close()
    assert shown == [{"green"}, {"amber"}, {"red"}, {"buzzer"}, set()]
    assert [text.split()[-2:] for text in texts[:3]] == [["is", "lit"]] * 3 and "sounds" in texts[3]


def test_lamps_of_the_running_station_are_left_alone(tmp_path: Path) -> None:
    assert said(lamps(place(tmp_path, GPIO, pid=7), lambda _: None)) == [
        ("skipped", "the running station has the lamps")
    ]


def test_lamps_that_can_not_be_had_are_wrong(tmp_path: Path) -> None:
    (finding,) = lamps(place(tmp_path, GPIO), lambda _: None)
    assert finding.status == "wrong"


def test_panel_without_lamps_shows_none(tmp_path: Path) -> None:
    assert said(lamps(place(tmp_path), lambda _: None)) == [
        ("skipped", 'driver = "terminal": there are no lamps')
    ]
