"""Which of a computer's GPIO chips has the header's pins: asked of the kernel, by label, never by number."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Mapping
from pathlib import Path

from station.drivers.player import PanelError

KNOWN_CHIPS = ("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835")
"""Labels of the chips behind the header: Pi 5, Pi 4, and all before. Their numbers change with the kernel."""

GET_CHIPINFO = 0x8044B401
"""GPIO_GET_CHIPINFO_IOCTL of linux/gpio.h; it fills `char name[32]; char label[32]; __u32 lines`."""


def chip_number(label: str | None, found: Mapping[str, int]) -> int:
    """The number of the chip with that label; without one, of the first that is known for a header."""
    for wanted in KNOWN_CHIPS if label is None else (label,):
        if wanted in found:
            return found[wanted]
    sought = label or " or ".join(KNOWN_CHIPS)
    there = f"the chips here are {', '.join(found)}" if found else "this computer has no GPIO chip"
    raise PanelError(f"no GPIO chip is labelled {sought}; {there}")


def chips(folder: Path) -> dict[str, int]:
    """The numbers of the GPIO chips by label. Of two with one label the first counts: the other is a link."""
    found: dict[str, int] = {}
    paths = {int(path.name.removeprefix("gpiochip")): path for path in folder.glob("gpiochip*")}
    for number, path in sorted(paths.items()):
        found.setdefault(chip_label(path), number)
    return found


def chip_label(path: Path) -> str:
    """What the kernel calls a chip. Raises PanelError where the user may not use it."""
    try:
        chip = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except PermissionError as error:
        raise PanelError(f"no permission for {path}: add the station's user to the group gpio") from error
    except OSError as error:
        raise PanelError(f"{path} cannot be opened: {error.strerror}") from error
    try:
        info = bytearray(68)
        fcntl.ioctl(chip, GET_CHIPINFO, info)
    except OSError as error:
        raise PanelError(f"{path} is no GPIO chip: {error.strerror}") from error
    finally:
        os.close(chip)
    return info[32:64].split(b"\0")[0].decode("utf-8", "replace")
