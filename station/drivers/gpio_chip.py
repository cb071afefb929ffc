"""Which of a computer's GPIO chips has the header's pins: asked of the kernel, by label, never by number."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Mapping
from pathlib import Path

from station.drivers.player import PanelError

KNOWN_CHIPS = ("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835")
"""Labels of the chips behind the header: Pi 5, Pi 4, and all before. Their numbers change with the kernel."""

GET_CHIPINFO = 0x8044B401
"""GPIO_GET_CHIPINFO_IOCTL of linux/gpio.h; it fills `char name[32]; char label[32]; __u32 lines`."""

GET_LINEINFO = 0xC100B405
"""GPIO_V2_GET_LINEINFO_IOCTL; `struct gpio_v2_line_info` is 256 bytes: `char name[32]; char consumer[32];
__u32 offset; __u32 num_attrs; __u64 flags; …`."""
LINE_USED = 1
"""GPIO_V2_LINE_FLAG_USED."""


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
    chip = _opened(path)
    try:
        info = bytearray(68)
        fcntl.ioctl(chip, GET_CHIPINFO, info)
    except OSError as error:
        raise PanelError(f"{path} is no GPIO chip: {error.strerror}") from error
    finally:
        os.close(chip)
    return _text(bytes(info[32:64]))


def line_user(path: Path, offset: int) -> str | None:
    """Who has the line, as it calls itself; None: nobody. The line is only asked about, not taken.

    Raises PanelError where the chip has no such line, or the user may not use the chip.
    """
    chip = _opened(path)
    info = bytearray(struct.pack("=64xI188x", offset))
    try:
        fcntl.ioctl(chip, GET_LINEINFO, info)
    except OSError as error:
        raise PanelError(f"{path} has no line {offset}: {error.strerror}") from error
    finally:
        os.close(chip)
    consumer, flags = struct.unpack_from("=32x32s8xQ", info)
    return _text(consumer) or "a driver" if flags & LINE_USED else None


def _opened(path: Path) -> int:
    """Raises PanelError where the user may not use the chip."""
    try:
        return os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except PermissionError as error:
        raise PanelError(f"no permission for {path}: add the station's user to the group gpio") from error
    except OSError as error:
        raise PanelError(f"{path} cannot be opened: {error.strerror}") from error


def _text(name: bytes) -> str:
    return name.split(b"\0")[0].decode("utf-8", "replace")
