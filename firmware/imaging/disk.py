"""The image as a disk: its partition table, read and changed by sfdisk."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from imaging import copying
from imaging.tools import MIB, Trouble, run

EXT4_MAGIC = (1080, b"\x53\xef")
"""Where in a partition an ext file system says what it is (struct ext4_super_block, s_magic)."""
FAT_MAGICS = ((54, b"FAT"), (82, b"FAT32"))
LINUX = "83"


@dataclass(frozen=True)
class Partition:
    """One row of the table; offset and size are in bytes."""

    number: int
    offset: int
    size: int

    @property
    def end(self) -> int:
        return self.offset + self.size


def partitions(image: Path) -> list[Partition]:
    """The image's partitions. Raises Trouble where there is no table."""
    try:
        table = json.loads(run(["sfdisk", "--json", image]))["partitiontable"]
    except Trouble as error:
        raise Trouble(
            f"{image}: is not an image of a card: it has no partition table ({error}). "
            "Take the .img file that an archive from the Raspberry Pi download page holds."
        ) from None
    if table["label"] != "dos":
        raise Trouble(f"{image}: has a table of the kind {table['label']}, where Raspberry Pi OS has an MBR")
    sector = table.get("sectorsize", 512)
    return [
        Partition(number, each["start"] * sector, each["size"] * sector)
        for number, each in enumerate(table.get("partitions", []), 1)
    ]


def boot_and_root(image: Path) -> tuple[Partition, Partition]:
    """The FAT and the ext4 partition of Raspberry Pi OS. Raises Trouble where it is laid out otherwise."""
    found = partitions(image)
    if len(found) < 2:
        raise Trouble(f"{image}: has {len(found)} partition, where Raspberry Pi OS has two: boot and root")
    if len(found) > 3:
        raise Trouble(f"{image}: has {len(found)} partitions, where Raspberry Pi OS has two: boot and root")
    boot, root = found[:2]
    for each in (boot, root):
        if each.end > image.stat().st_size:
            raise Trouble(f"{image}: ends inside partition {each.number}: the download was cut short")
    if not any(_has(image, boot, magic) for magic in FAT_MAGICS):
        raise Trouble(f"{image}: partition 1 is not FAT, so it is not the boot partition of a Pi")
    if not is_ext4(image, root):
        raise Trouble(f"{image}: partition 2 is not ext4, so it is not the root of Raspberry Pi OS")
    return boot, root


def is_ext4(image: Path, part: Partition) -> bool:
    return _has(image, part, EXT4_MAGIC)


def grow(image: Path, part: Partition, size: int) -> None:
    """Make the image's last partition, and the ext4 in it, `size` bytes.

    resize2fs gets a file of its own: told an offset, it would cut the image at the size without the offset.
    """
    alone = image.with_name(f"{image.name}.root")
    try:
        copying.some(image, alone, part.offset, part.size)
        os.truncate(alone, size)
        run(["e2fsck", "-fy", alone], fine=(0, 1))
        run(["resize2fs", alone])
        os.truncate(image, part.offset)
        os.truncate(image, part.offset + size)
        _sfdisk(image, f"size={size // 512}", "--partno", str(part.number))
        copying.some(alone, image, 0, size, at=part.offset)
    finally:
        alone.unlink(missing_ok=True)


def append(image: Path, size: int) -> Partition:
    """A new partition of `size` bytes behind the last one, on a whole MiB."""
    start = -(-partitions(image)[-1].end // MIB) * MIB
    os.truncate(image, start + size)
    _sfdisk(image, f"start={start // 512}, size={size // 512}, type={LINUX}", "--append")
    return partitions(image)[-1]


def _sfdisk(image: Path, row: str, *options: str) -> None:
    run(["sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", *options, image], row.encode())


def _has(image: Path, part: Partition, magic: tuple[int, bytes]) -> bool:
    with image.open("rb") as file:
        file.seek(part.offset + magic[0])
        return file.read(len(magic[1])) == magic[1]
