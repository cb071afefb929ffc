"""Where everything lies. `current` names the version that runs, `previous` the one before it."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

VERSION = re.compile(r"[0-9][0-9A-Za-z.+]*-([0-9]+)")
"""A version's folder: the program's version and how many were installed here up to it."""


@dataclass(frozen=True)
class Layout:
    """The folders below `root`: the file system's own root, or that of an image that is being made."""

    root: Path = Path("/")

    @property
    def home(self) -> Path:
        return self.root / "opt/shelfpost"

    @property
    def versions(self) -> Path:
        return self.home / "versions"

    @property
    def config(self) -> Path:
        return self.root / "etc/shelfpost"

    @property
    def data(self) -> Path:
        return self.root / "var/lib/shelfpost"

    @property
    def cache(self) -> Path:
        """pip's: what it has compiled once, the next upgrade finds here."""
        return self.root / "var/cache/shelfpost"

    @property
    def store(self) -> Path:
        return self.data / "station.db"

    def current(self) -> Path | None:
        return self._named("current")

    def previous(self) -> Path | None:
        return self._named("previous")

    def _named(self, link: str) -> Path | None:
        """The version that a link names, if it is there."""
        try:
            version = self.versions / (self.home / link).readlink().name
        except OSError:
            return None
        return version if version.is_dir() else None

    def next(self, version: str) -> Path:
        """A folder that no version has had since the oldest one that is still here."""
        numbers = [int(found[1]) for each in self._all() if (found := VERSION.fullmatch(each.name))]
        return self.versions / f"{version}-{max(numbers, default=0) + 1}"

    def _all(self) -> list[Path]:
        return sorted(self.versions.iterdir()) if self.versions.is_dir() else []

    def name(self, link: str, version: Path) -> None:
        """Let `link` name `version`, in one step: at every moment it names a whole version."""
        fresh = self.home / f".{link}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(Path("versions") / version.name)
        fresh.rename(self.home / link)
        folder = os.open(self.home, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def forget_names(self) -> None:
        """After the versions; the sources that an image brings lie in the same folder, and stay."""
        for link in ("current", "previous"):
            (self.home / link).unlink(missing_ok=True)
        if self.home.is_dir() and not any(self.home.iterdir()):
            self.home.rmdir()

    def prune(self) -> None:
        """Remove all versions but the current and the previous one, half-built ones of a killed run too."""
        for each in self._all():
            if each not in (self.current(), self.previous()):
                shutil.rmtree(each)
