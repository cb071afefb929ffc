"""The data on a partition of its own, so that the root can be read-only once the first boot is through."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from imaging.disk import append, is_ext4, partitions
from imaging.ext4 import Entry, Ext4
from imaging.tools import MIB, Trouble, run

ROOM = 1024 * MIB
"""What the root, which does not grow to the card's size here, has free for the station and its upgrades."""
LABEL = "shelfpost"
MOUNT = PurePosixPath("/srv/shelfpost")
KEPT = {
    "config": PurePosixPath("/etc/shelfpost"),
    "data": PurePosixPath("/var/lib/shelfpost"),
    "clock": PurePosixPath("/var/lib/systemd/timesync"),
}
"""Folders of the data partition and where they appear."""
FSTAB = f"""
# Shelfpost: the data has a partition of its own, so that the root can be read-only. A card whose data can't
# be mounted boots all the same (nofail), for somebody to look; the station, which needs them, doesn't start.
LABEL={LABEL} {MOUNT} ext4 noatime,errors=remount-ro,nofail 0 2
# What a station is told, by a join too.
{MOUNT}/config {KEPT["config"]} none bind,nofail 0 0
# Loans and events, and backups.
{MOUNT}/data {KEPT["data"]} none bind,nofail 0 0
# The time of the last shutdown: a Pi has no clock, and starts from there.
{MOUNT}/clock {KEPT["clock"]} none bind,nofail 0 0
"""
VOLATILE = {
    # An overlay can't be mounted again with the root's own options; trying to would count as a failure.
    "/etc/systemd/system/systemd-remount-fs.service.d/90-shelfpost.conf": (
        "[Unit]\nConditionKernelCommandLine=!overlayroot\n"
    ),
    # The journal would go into memory anyway; so it knows its limit.
    "/etc/systemd/journald.conf.d/90-shelfpost.conf": "[Journal]\nStorage=volatile\nRuntimeMaxUse=16M\n",
    # A swap file would be made in memory, at each boot. Compressed memory is as good.
    "/etc/rpi/swap.conf.d/90-shelfpost.conf": "[Main]\nMechanism=zram\n",
}
WHY = "# Shelfpost: the root is read-only, and what is written to it goes to memory.\n"


def data_partition(image: Path, size: int) -> Ext4:
    """The image's third partition, made where it is missing. Raises Trouble if another is in its place."""
    found = partitions(image)
    if len(found) == 2:
        made = append(image, size)
        place = f"offset={made.offset}"
        run(["mkfs.ext4", "-q", "-F", "-m", "0", "-L", LABEL, "-E", place, image, f"{size // 1024}k"])
        return Ext4(image, made.offset)
    data = Ext4(image, found[2].offset)
    if not is_ext4(image, found[2]) or data.label() != LABEL:
        raise Trouble("the image has a third partition already, and it is not for a station's data")
    return data


def on_root(fstab: str) -> list[Entry]:
    """What the root's own file system gets, beside the places where the data appear."""
    text = fstab if FSTAB in fstab else fstab.rstrip("\n") + "\n" + FSTAB
    return [
        Entry(PurePosixPath("/etc/fstab"), 0o644, text.encode()),
        *(Entry(PurePosixPath(path), 0o644, (WHY + lines).encode()) for path, lines in VOLATILE.items()),
        *(Entry(each) for each in (MOUNT, *KEPT.values())),
    ]


def on_data(settings: list[Entry]) -> list[Entry]:
    """The settings, which the station's own user reads and a join writes, and room for the rest."""
    config = PurePosixPath("/config")
    return [
        *(Entry(PurePosixPath("/") / each) for each in KEPT),
        *(
            Entry(config / each.path.relative_to(KEPT["config"]), each.mode, each.content)
            for each in settings
        ),
    ]
