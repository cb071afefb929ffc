"""The lamps and the buzzer on a Raspberry Pi's pins. The only file that imports gpiozero and lgpio."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, Protocol

from station.drivers.gpio_chip import chip_number, chips
from station.drivers.player import Bell, PanelError, Player
from station.patterns import Lights, Patterns
from station.signals import Shown


class Wiring(Protocol):
    """How the panel is connected: the `[panel]` section of station.toml. Pins are BCM numbers.

    `active_low` speaks of the lamps and of an active buzzer; a tonal one is silent at rest either way.
    A `brightness` below 1 dims by switching each lamp in software, a hundred times a second, lit or not.
    """

    @property
    def chip(self) -> str | None: ...
    @property
    def green(self) -> int: ...
    @property
    def amber(self) -> int: ...
    @property
    def red(self) -> int: ...
    @property
    def buzzer(self) -> int: ...
    @property
    def active_low(self) -> bool: ...
    @property
    def buzzer_kind(self) -> Literal["active", "tonal"]: ...
    @property
    def brightness(self) -> float: ...


class GpioPanel:
    """Raises PanelError if the pins cannot be had. Open it before other threads run (see `_import_lgpio`)."""

    def __init__(
        self, wiring: Wiring, patterns: Patterns, pin_factory: Any = None, bell: Bell | None = None
    ) -> None:
        self._outputs = GpioOutputs(wiring, pin_factory or open_chip(wiring.chip))
        self._player = Player(self._outputs, patterns, bell)
        self._player.start()

    def show(self, shown: Shown) -> None:
        self._player.show(shown)

    def close(self) -> None:
        self._player.close()
        self._outputs.close()


class GpioOutputs:
    """The pins as lamps and buzzer. Closing it gives the pins back, and closes the factory."""

    def __init__(self, wiring: Wiring, pin_factory: Any) -> None:
        self._shown: Lights | None = None
        with ExitStack() as opened:
            opened.callback(pin_factory.close)
            self._lamps: dict[str, Any] = {
                name: opened.enter_context(_lamp(name, wiring, pin_factory))
                for name in ("green", "amber", "red")
            }
            self._buzzer = opened.enter_context(_buzzer(wiring, pin_factory))
            self._value, self._tonal = wiring.brightness, wiring.buzzer_kind == "tonal"
            self._opened = opened.pop_all()

    def set(self, lights: Lights) -> None:
        """Touches only what changes, so that a note that goes on is not started again."""
        before, self._shown = self._shown, None
        for name, lamp in self._lamps.items():
            lit = getattr(lights, name)
            if before is None or getattr(before, name) != lit:
                lamp.value = self._value if lit else 0
        if before is None or before.buzzer != lights.buzzer:
            self._sound(lights.buzzer)
        self._shown = lights

    def _sound(self, note: str | None) -> None:
        if self._tonal:
            self._buzzer.play(note)
        else:
            self._buzzer.value = note is not None

    def close(self) -> None:
        """May be called twice."""
        self._opened.close()


def _lamp(name: str, wiring: Wiring, pin_factory: Any) -> Any:
    from gpiozero import LED, PWMLED

    kind = LED if wiring.brightness == 1 else PWMLED
    pin = getattr(wiring, name)
    with _explained(f"{name} lamp", pin):
        return kind(pin, active_high=not wiring.active_low, pin_factory=pin_factory)


def _buzzer(wiring: Wiring, pin_factory: Any) -> Any:
    """Notes from C4 to B7 lie within three octaves of A5."""
    from gpiozero import Buzzer, TonalBuzzer
    from gpiozero.tones import Tone

    with _explained("buzzer", wiring.buzzer):
        if wiring.buzzer_kind == "tonal":
            return TonalBuzzer(wiring.buzzer, mid_tone=Tone("A5"), octaves=3, pin_factory=pin_factory)
        return Buzzer(wiring.buzzer, active_high=not wiring.active_low, pin_factory=pin_factory)


@contextmanager
def _explained(what: str, pin: int) -> Iterator[None]:
    """What gpiozero and lgpio raise, as sentences. lgpio has one class of error, and a text."""
    from gpiozero import GPIOPinInUse, PinInvalidPin

    where = f"the {what} on GPIO {pin}"
    try:
        yield
    except PinInvalidPin as error:
        raise PanelError(f"{where}: there is no such pin; pins are BCM numbers, from 0 to 27") from error
    except GPIOPinInUse as error:
        raise PanelError(f"{where}: the pin is given twice, or used elsewhere in this program") from error
    except Exception as error:
        if "busy" in str(error):
            raise PanelError(f"{where}: another program has the pin; `gpioinfo` says which") from error
        raise PanelError(f"{where}: {str(error) or type(error).__name__}") from error


def open_chip(label: str | None) -> Any:
    """gpiozero's factory for the chip with that label, or for the header's. Raises PanelError."""
    number = chip_number(label, chips(Path("/dev")))
    _import_lgpio()
    from gpiozero.pins.lgpio import LGPIOFactory

    try:
        return LGPIOFactory(chip=number)
    except Exception as error:
        raise PanelError(f"GPIO chip {number} cannot be opened: {error}") from error


def _import_lgpio() -> None:
    """Imports lgpio in a folder that it may write to.

    On import it makes a pipe in the working folder, or goes for good to the one that `LG_WD` names: so it is
    given a folder for that moment, and the station goes back to its own. The working folder belongs to the
    whole process, hence before other threads. The pipe is open by then, and its name no longer needed.
    """
    here = Path.cwd()
    try:
        with TemporaryDirectory(prefix="station-") as folder:
            os.chdir(folder)
            import lgpio  # noqa: F401
    except ImportError as error:
        raise PanelError(
            "lgpio is missing: `sudo apt install python3-lgpio`, or `pip install 'shelfpost[gpio]'`"
        ) from error
    except OSError as error:
        raise PanelError(f"lgpio has no folder to write to, set TMPDIR or LG_WD: {error}") from error
    finally:
        os.chdir(here)
