"""The disk under the data folder: is it one, is it writable, is there room."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from station.doctor.findings import Finding, ok, skipped, warning, wrong
from station.doctor.person import ENTER, WRITE
from station.doctor.place import Place

MOUNTS = Path("/proc/self/mountinfo")

MEGABYTE = 1_000_000
LITTLE, TOO_LITTLE = 500 * MEGABYTE, 50 * MEGABYTE
"""Bytes free: below the first a backup may not fit, below the second the store soon can't be written."""

IN_MEMORY = frozenset({"tmpfs", "ramfs", "devtmpfs"})
NO_JOURNAL = frozenset({"vfat", "exfat", "msdos", "ntfs", "ntfs3", "fuseblk"})
ON_A_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"})


class Mount(Struct, frozen=True):
    point: Path
    kind: str
    options: str


def disk(place: Place) -> Iterator[Finding]:
    folder = place.data_dir
    if not folder.exists():
        yield warning(
            f"there is no folder {folder} yet",
            "The station makes it when it starts, if its user may; `station library create` makes it too.",
        )
        return
    mount = mount_of(folder)
    yield from _file_system(folder, mount)
    yield _room(folder, mount)
    yield _writable(place)


def _file_system(folder: Path, mount: Mount) -> Iterator[Finding]:
    if mount.kind in IN_MEMORY:
        yield warning(
            f"{folder} is in memory ({mount.kind}): every loan is lost when the power goes",
            "Give [station] data_dir a folder on a disk.",
        )
    elif mount.kind == "overlay":
        yield warning(
            f"{folder} is on an overlay: where that keeps changes in memory, as raspi-config's does, every"
            " loan is lost when the power goes",
            "Put the data folder on a partition of its own, or switch the overlay off in raspi-config.",
        )
    elif mount.kind in NO_JOURNAL:
        yield warning(
            f"{folder} is on {mount.kind}, which a power cut can damage as a whole",
            "Give the station a folder on ext4.",
        )
    elif mount.kind in ON_A_NETWORK:
        yield wrong(
            f"{folder} is on {mount.kind}: over a network nobody is sure what is on disk",
            "Give the station a folder on a disk of its own.",
        )


def _room(folder: Path, mount: Mount) -> Finding:
    usage = shutil.disk_usage(folder)
    found = (
        f"{folder}: {usage.free / MEGABYTE:,.0f} MB free of {usage.total / MEGABYTE:,.0f}"
        f" ({usage.free / usage.total:.0%}), {mount.kind} at {mount.point}"
    )
    files = os.statvfs(folder)
    if files.f_files and not files.f_favail:
        return wrong(f"{found}; but it can hold no more files", "Remove files; `df -i` shows where.")
    if usage.free < TOO_LITTLE:
        return wrong(found, "Make room now: a station that can't write lends nothing.")
    if usage.free < LITTLE:
        return warning(found, "Make room, or use a larger card: old backups and logs are the first to go.")
    return ok(found)


def _writable(place: Place) -> Finding:
    """A real file, synced, gone again; and then whether the station's own user may do the same."""
    try:
        _write(place.data_dir)
    except PermissionError:
        if place.asks == place.user:
            return _not_allowed(place)
        return skipped(f"{place.asks.name} may not write to {place.data_dir}", place.sudo)
    except OSError as error:
        return wrong(
            f"{place.data_dir} can't be written: {error.strerror}",
            "A card that has become read-only is failing: `dmesg | tail` shows it. Replace it.",
        )
    if not place.user.may(place.data_dir, WRITE | ENTER):
        return _not_allowed(place)
    return ok(f"{place.data_dir} was written, and synced to the disk")


def _write(folder: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
        file.write(b"x" * 4096)
        file.flush()
        os.fsync(file.fileno())


def _not_allowed(place: Place) -> Finding:
    name = place.user.name
    return wrong(
        f"the station's user {name} may not write to {place.data_dir}",
        f"sudo chown -R {name}: {place.data_dir}",
    )


def mount_of(folder: Path, mounts: Path = MOUNTS) -> Mount:
    """The file system that `folder` is on: of those mounted at it or above, the nearest, mounted last."""
    path = folder.resolve()
    found = Mount(Path("/"), "unknown", "")
    for each in map(_mount, mounts.read_text().splitlines()):
        if path.is_relative_to(each.point) and each.point.is_relative_to(found.point):
            found = each
    return found


def _mount(line: str) -> Mount:
    """`36 35 98:0 /root /mnt rw,noatime master:1 - ext4 /dev/sda rw`: proc(5)."""
    before, _, after = line.partition(" - ")
    kind, _, options = after.partition(" ")
    return Mount(Path(_plain(before.split()[4])), kind, options)


def _plain(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)
