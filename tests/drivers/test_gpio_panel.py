from __future__ import annotations

import os
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pytest
from gpiozero.pins.mock import MockFactory, MockPin, MockPWMPin
from msgspec import Struct

from station.drivers import gpio_chip, gpio_panel
from station.drivers.gpio_chip import chip_label, chip_number, chips
from station.drivers.gpio_panel import GpioOutputs, GpioPanel
from station.drivers.player import PanelError, Player
from station.patterns import DARK, Lights
from station.signals import Shown, Signal
from tests.drivers.signal_file import SHIPPED, notes, shown_as, tables, written
from tests.drivers.virtual_bell import VirtualBell


class Wires(Struct, frozen=True, kw_only=True):
    chip: str | None = None
    green: int = 17
    amber: int = 27
    red: int = 22
    buzzer: int = 18
    active_low: bool = False
    buzzer_kind: Literal["active", "tonal"] = "active"
    brightness: float = 1.0


class WatchingBell(VirtualBell):
    """Notes, each time the player goes to sleep, what the pins do meanwhile: level, or frequency."""

    def __init__(self, pins: list[Any]) -> None:
        super().__init__()
        self.pins = pins
        self.levels: list[tuple[float, tuple[Any, ...]]] = []
        self.notes: list[float | None] = []

    def wait(self, seconds: float) -> bool:
        self.levels.append((self.time, tuple(pin.state for pin in self.pins)))
        self.notes.append(self.pins[-1].frequency)
        return super().wait(seconds)

    def sampled(self, until: int) -> list[tuple[Any, ...]]:
        return [
            [levels for time, levels in self.levels if time * 1000 <= ms][-1] for ms in range(5, until, 10)
        ]


class Rig:
    """A panel on mock pins, played in virtual time."""

    def __init__(self, wires: Wires, pin_class: type[MockPin] = MockPin) -> None:
        self.factory = MockFactory(pin_class=pin_class)
        self.pins = [self.factory.pin(n) for n in (wires.green, wires.amber, wires.red, wires.buzzer)]
        self.outputs = GpioOutputs(wires, self.factory)
        self.bell = WatchingBell(self.pins)
        self.player = Player(self.outputs, SHIPPED, self.bell)

    def play(self, name: str, until: float) -> None:
        self.player.show(shown_as(name))
        self.bell.at(until, self.player.close)
        self.player.run()


@pytest.mark.parametrize("name", tables())
def test_the_pins_do_what_the_file_says(name: str) -> None:
    rig = Rig(Wires())
    rig.play(name, until=12.0)
    assert rig.bell.sampled(12_000) == written(name, 12_000)


@pytest.mark.parametrize("name", ["returned_hold", "offline", "fault"])
def test_pins_that_are_active_low_do_the_reverse(name: str) -> None:
    rig = Rig(Wires(active_low=True))
    rig.play(name, until=12.0)
    assert rig.bell.sampled(12_000) == [
        tuple(not level for level in levels) for levels in written(name, 12_000)
    ]


@pytest.mark.parametrize(("active_low", "lit", "dark"), [(False, 0.25, 0.0), (True, 0.75, 1.0)])
def test_lamps_can_be_dimmed(active_low: bool, lit: float, dark: float) -> None:
    rig = Rig(Wires(brightness=0.25, active_low=active_low), MockPWMPin)
    rig.pins[0].clear_states()
    rig.play("borrowed", until=2.0)
    assert [state for _, state in rig.pins[0].states] == [dark, lit, dark, lit, dark]


@pytest.mark.parametrize("name", ["borrowed", "returned_hold", "refused.book", "fault"])
def test_a_tonal_buzzer_plays_the_notes(name: str) -> None:
    from gpiozero.tones import Tone

    rig = Rig(Wires(buzzer_kind="tonal"), MockPWMPin)
    rig.play(name, until=12.0)
    heard = [now for before, now in pairwise([None, *rig.bell.notes]) if now != before]
    assert heard == [
        frequency for note in notes(name) for frequency in (pytest.approx(Tone(note).frequency), None)
    ]


@pytest.mark.parametrize("note", ["C4", "Cb4", "A5", "F#6", "B7", "B#7"])
def test_a_tonal_buzzer_reaches_every_note_that_a_file_may_name(note: str) -> None:
    rig = Rig(Wires(buzzer_kind="tonal"), MockPWMPin)
    rig.outputs.set(Lights(buzzer=note))
    assert rig.pins[3].state == 0.5


class CountingPin(MockPWMPin):  # type: ignore[misc]  # gpiozero has no types
    """Counts how often a note is started."""

    started = 0

    def _set_frequency(self, value: float | None) -> None:
        self.started += value is not None
        super()._set_frequency(value)


def test_a_note_that_goes_on_is_not_started_again_for_a_lamp() -> None:
    rig = Rig(Wires(buzzer_kind="tonal"), CountingPin)
    before = rig.pins[3].started
    rig.outputs.set(Lights(buzzer="A5"))
    rig.outputs.set(Lights(buzzer="A5", green=True))
    rig.outputs.set(Lights(buzzer="A5", red=True))
    assert (rig.pins[3].started - before, [pin.state for pin in rig.pins[:3]]) == (1, [0, 0, 1])


class FailingPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """Fails when it is told to."""

    broken = False

    def _set_state(self, value: float) -> None:
        if self.broken:
            raise OSError("gone")
        super()._set_state(value)


def test_after_a_failure_every_pin_is_set_anew() -> None:
    rig = Rig(Wires(), FailingPin)
    rig.outputs.set(Lights(green=True))
    rig.pins[2].broken = True
    with pytest.raises(OSError, match="gone"):
        rig.outputs.set(Lights(red=True))
    rig.pins[2].broken = False
    rig.outputs.set(Lights(green=True))
    assert [pin.state for pin in rig.pins] == [True, False, False, False]


# Opening and closing


class SignallingPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """Lets a test wait until a lamp is lit."""

    lit = threading.Event()

    def _set_state(self, value: float) -> None:
        super()._set_state(value)
        if value:
            self.lit.set()


def test_a_panel_shows_signals_until_it_is_closed_and_gives_its_pins_back() -> None:
    SignallingPin.lit.clear()
    factory = MockFactory(pin_class=SignallingPin)
    pins = [factory.pin(n) for n in (17, 27, 22, 18)]
    panel = GpioPanel(Wires(), SHIPPED, factory)
    panel.show(Shown(Signal.IDENTIFY))
    assert SignallingPin.lit.wait(timeout=30)
    panel.close()
    panel.close()
    panel.show(Shown(Signal.BORROWED))
    assert [(pin.function, bool(pin.state)) for pin in pins] == [("input", False)] * 4
    assert "panel" not in [thread.name for thread in threading.enumerate()]


def refusal(wires: Wires, pin_class: type[MockPin] = MockPin) -> str:
    with pytest.raises(PanelError) as caught:
        GpioOutputs(wires, MockFactory(pin_class=pin_class))
    return str(caught.value)


def test_a_pin_that_is_given_twice_is_said() -> None:
    assert refusal(Wires(red=17)) == (
        "the red lamp on GPIO 17: the pin is given twice, or used elsewhere in this program"
    )


def test_a_pin_that_does_not_exist_is_said() -> None:
    assert refusal(Wires(buzzer=99)) == (
        "the buzzer on GPIO 99: there is no such pin; pins are BCM numbers, from 0 to 27"
    )


class BusyPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    def __init__(self, factory: Any, info: Any) -> None:
        if info.name == "GPIO27":
            raise Exception("GPIO busy")
        super().__init__(factory, info)


def test_a_pin_that_another_program_has_is_said() -> None:
    assert refusal(Wires(), BusyPin) == (
        "the amber lamp on GPIO 27: another program has the pin; `gpioinfo` says which"
    )


def test_a_pin_that_cannot_dim_is_said_by_the_name_of_the_error() -> None:
    assert refusal(Wires(brightness=0.5)) == "the green lamp on GPIO 17: PinPWMUnsupported"


def test_pins_are_given_back_when_the_panel_cannot_be_opened() -> None:
    factory = MockFactory()
    green = factory.pin(17)
    with pytest.raises(PanelError):
        GpioOutputs(Wires(buzzer=99), factory)
    assert green.function == "input"
    assert factory.pins == {}


# The chip


def test_the_chip_is_found_by_its_label_whatever_its_number() -> None:
    assert chip_number("pinctrl-rp1", {"gpio-brcmstb": 0, "pinctrl-rp1": 4}) == 4


@pytest.mark.parametrize("label", ["pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835"])
def test_without_a_label_the_headers_chip_is_found(label: str) -> None:
    assert chip_number(None, {"raspberrypi-exp-gpio": 0, label: 3}) == 3


def test_a_label_that_is_not_there_is_said_with_those_that_are() -> None:
    with pytest.raises(PanelError) as caught:
        chip_number("pinctrl-rp2", {"pinctrl-rp1": 0, "gpio-brcmstb": 10})
    assert str(caught.value) == (
        "no GPIO chip is labelled pinctrl-rp2; the chips here are pinctrl-rp1, gpio-brcmstb"
    )


def test_a_computer_without_chips_is_told_so() -> None:
    with pytest.raises(PanelError) as caught:
        chip_number(None, {})
    assert str(caught.value) == (
        "no GPIO chip is labelled pinctrl-rp1 or pinctrl-bcm2711 or pinctrl-bcm2835; "
        "this computer has no GPIO chip"
    )


def test_of_two_names_for_one_chip_the_lower_number_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = {"gpiochip0": "pinctrl-rp1", "gpiochip4": "pinctrl-rp1", "gpiochip10": "a", "gpiochip9": "a"}
    for name in labels:
        (tmp_path / name).touch()
    monkeypatch.setattr(gpio_chip, "chip_label", lambda path: labels[path.name])
    assert list(chips(tmp_path).items()) == [("pinctrl-rp1", 0), ("a", 9)]


def test_a_file_that_is_no_chip_is_said(tmp_path: Path) -> None:
    path = tmp_path / "gpiochip0"
    path.touch()
    with pytest.raises(PanelError, match=f"^{path} is no GPIO chip: "):
        chip_label(path)


def test_a_chip_that_the_user_may_not_use_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, flags: int) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(PanelError) as caught:
        chip_label(Path("/dev/gpiochip0"))
    assert str(caught.value) == ("no permission for /dev/gpiochip0: add the station's user to the group gpio")


# The libraries


def test_lgpio_leaves_neither_a_file_nor_another_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real one makes a pipe in the working folder, or goes where LG_WD says and stays there."""
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "lgpio.py").write_text(
        "import os, pathlib\n"
        "os.chdir(os.environ.get('LG_WD', '.'))\n"
        "pathlib.Path('.lgd-nfy0').touch()\n"
        "where = os.getcwd()\n"
    )
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.delenv("LG_WD", raising=False)
    monkeypatch.delitem(sys.modules, "lgpio", raising=False)
    monkeypatch.syspath_prepend(tmp_path / "library")
    gpio_panel._import_lgpio()
    assert Path.cwd() == tmp_path / "work"
    assert list(Path.cwd().iterdir()) == []
    assert not Path(sys.modules.pop("lgpio").where).exists()


def test_without_lgpio_the_way_to_install_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lgpio", None)
    here = Path.cwd()
    with pytest.raises(PanelError) as caught:
        gpio_panel._import_lgpio()
    assert str(caught.value) == (
        "lgpio is missing: `sudo apt install python3-lgpio`, or `pip install 'shelfpost[gpio]'`"
    )
    assert Path.cwd() == here


def test_without_a_writable_folder_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(prefix: str) -> None:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(gpio_panel, "TemporaryDirectory", refuse)
    with pytest.raises(PanelError, match=r"^lgpio has no folder to write to, set TMPDIR or LG_WD: "):
        gpio_panel._import_lgpio()


def test_gpiozero_is_imported_only_when_a_panel_is_opened() -> None:
    code = "import sys, station.drivers.gpio_panel; print({'gpiozero', 'lgpio'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_dark_is_what_the_pins_begin_with() -> None:
    rig = Rig(Wires(active_low=True))
    rig.outputs.set(DARK)
    assert [pin.state for pin in rig.pins] == [True] * 4
