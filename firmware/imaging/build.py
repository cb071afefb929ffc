"""From a stock image to a station's: copy, look, write, check, rename."""

from __future__ import annotations

import argparse
import contextlib
import errno
import re
from collections.abc import Callable
from pathlib import Path

from imaging import copying, disk, options, readonly, source
from imaging.contents import on_boot, on_root
from imaging.ext4 import Entry, Ext4
from imaging.fat import Fat
from imaging.tools import MIB, Trouble, need
from imaging.wishes import Wishes, wishes

Say = Callable[[str], None]


def build(told: argparse.Namespace, say: Say) -> Path:
    """Make the image and return where it is. Nothing is left behind where that fails."""
    need()
    try:
        wished = wishes(told)
    except OSError as error:
        raise Trouble(f"{error.filename or told.config}: {error.strerror}; root may read it") from None
    out = options.out(told.stock, told.out)
    part = out.with_name(out.name + ".part")
    part.unlink(missing_ok=True)
    try:
        copying.unpacked(told.stock, part, say)
        fill(part, told.stock, wished, say)
        part.rename(out)
    except OSError as error:
        where = f"{part.parent}: no room for the image" if error.errno == errno.ENOSPC else str(error)
        raise Trouble(where) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return out


def fill(image: Path, stock: Path, wished: Wishes, say: Say) -> None:
    try:
        boot, root = disk.boot_and_root(image)
    except Trouble as error:
        raise Trouble(str(error).replace(str(image), str(stock))) from None
    alone = len(disk.partitions(image)) == 2
    if not (alone or wished.data_size):
        raise Trouble(f"{stock}: has a third partition, which only an image for --read-only-root has")
    system = Ext4(image, root.offset)
    system.check()
    python, machine, cloud = facts(system, stock)
    entries = [
        *on_root(system, wished),
        *source.checkout(),
        *source.packages(wished.packages, python, machine),
    ]
    make_room(image, root, entries, readonly.ROOM if wished.data_size and alone else 0, say)
    say("writing the root")
    system.write(entries)
    system.check()
    if wished.data_size is not None:
        say("writing the data partition")
        data = readonly.data_partition(image, wished.data_size)
        data.write(readonly.on_data(wished.settings))
        data.check()
    say("writing the boot partition")
    on_boot(Fat(image, boot.offset), wished, cloud)
    if not cloud:
        say(f"{stock} has no cloud-init: its name, account and network are for Raspberry Pi Imager to set")


def facts(system: Ext4, stock: Path) -> tuple[str, str, bool]:
    """The image's Python, its machine as wheels name it, and whether cloud-init is there."""
    release = system.read("/usr/lib/os-release")
    if release is None:
        raise Trouble(f"{stock}: partition 2 has no /usr/lib/os-release, so it is no system's root")
    inside = system.names("/usr/lib")
    pythons = sorted(int(each.partition(".")[2]) for each in inside if re.fullmatch(r"python3\.\d+", each))
    if not pythons or pythons[-1] < 11:
        name = dict(re.findall(r'^(\w+)="?(.*?)"?$', release, re.MULTILINE)).get("PRETTY_NAME", "it")
        raise Trouble(f"{stock}: {name} has no Python 3.11 or newer; take Raspberry Pi OS since 2023")
    machines = {"aarch64-linux-gnu": "aarch64", "arm-linux-gnueabihf": "armv7l"}
    machine = next((machines[each] for each in inside if each in machines), "x86_64")
    return f"3.{pythons[-1]}", machine, system.read("/etc/cloud/cloud.cfg") is not None


def make_room(image: Path, root: disk.Partition, entries: list[Entry], spare: int, say: Say) -> None:
    """Grow the root where what it gets, and `spare` bytes beside, would not go in."""
    system = Ext4(image, root.offset)
    needed = sum(len(each.content or b"") + 4096 for each in entries) + spare
    short = needed + needed // 8 - system.free()
    if short <= 0:
        return
    if len(disk.partitions(image)) > 2:
        raise Trouble(f"the root has {-(-short // MIB)} MiB too little, and a partition stands behind it")
    size = -(-(root.size + short + short // 16) // MIB) * MIB
    say(f"growing the root to {size // MIB} MiB")
    disk.grow(image, root, size)
