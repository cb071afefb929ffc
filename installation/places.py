"""Which of the system's folders each file goes into, and how the files of one version take another's place.

A version keeps its own files in `system/`, a picture of the file system with what belongs to it. So going
back brings the old units and rules with the old program, and taking the station off leaves none behind.
They go below /usr/local/lib, which is the machine's own; /etc stays what the library has changed by itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

UNITS = "usr/local/lib/systemd/system"

PLACES = {
    "systemd/shelfpost.service": f"{UNITS}/shelfpost.service",
    "systemd/shelfpost-backup.service": f"{UNITS}/shelfpost-backup.service",
    "systemd/shelfpost-backup.timer": f"{UNITS}/shelfpost-backup.timer",
    "systemd/mosquitto.service.d/shelfpost.conf": f"{UNITS}/mosquitto.service.d/shelfpost.conf",
    "systemd/system.conf.d/90-shelfpost.conf": "usr/local/lib/systemd/system.conf.d/90-shelfpost.conf",
    "systemd/shelfpost.sysusers": "usr/local/lib/sysusers.d/shelfpost.conf",
    "systemd/shelfpost.tmpfiles": "usr/local/lib/tmpfiles.d/shelfpost.conf",
    "systemd/72-shelfpost.rules": "usr/local/lib/udev/rules.d/72-shelfpost.rules",
    # polkit looks nowhere below /usr/local before its version 124.
    "systemd/shelfpost.polkit.rules": "etc/polkit-1/rules.d/49-shelfpost.rules",
    "systemd/station": "usr/local/bin/station",
    "config/station.toml": "etc/shelfpost/station.toml.sample",
}
"""Files of the checkout, and where they go, below the root."""

OTHERS = {"usr/local/bin", "usr/local/lib", "etc", "etc/polkit-1/rules.d", "etc/shelfpost"}
"""Folders that are not ours to remove, even when they are empty."""


def collect(checkout: Path, version: Path) -> None:
    """Put a version's picture of the system into its folder."""
    for source, place in PLACES.items():
        target = version / "system" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(checkout / source, target)
        target.chmod(0o755 if place.startswith("usr/local/bin/") else 0o644)


def place(root: Path, version: Path, instead_of: Path | None) -> None:
    """Put `version`'s files into the system, each in one step, and take away what only the other one has."""
    wanted = set(_files(version))
    for each in sorted(wanted):
        target = root / each
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.fresh")
        shutil.copy(version / "system" / each, fresh)
        fresh.rename(target)
    if instead_of:
        _remove(root, set(_files(instead_of)) - wanted)


def take_away(root: Path, version: Path) -> None:
    _remove(root, set(_files(version)))


def _files(version: Path) -> Iterator[Path]:
    base = version / "system"
    return (each.relative_to(base) for each in base.rglob("*") if each.is_file())


def _remove(root: Path, files: set[Path]) -> None:
    for each in sorted(files):
        (root / each).unlink(missing_ok=True)
        for folder in each.parents:
            if str(folder) in OTHERS or not _is_empty(root / folder):
                break
            (root / folder).rmdir()


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())
