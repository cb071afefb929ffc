"""The command `station` on a computer that has no GPIO chip: its panel's pins are gpiozero's mock pins.

lgpio, which a Pi has in their place, is not imported here.
"""

from __future__ import annotations

from typing import Any

from station.__main__ import main
from station.drivers import gpio_panel


def open_mock(label: str | None) -> Any:
    from gpiozero.pins.mock import MockFactory, MockPWMPin

    return MockFactory(pin_class=MockPWMPin)


if __name__ == "__main__":
    gpio_panel.open_chip = open_mock
    main()
