"""The boot partition inside the image, by mtools: no root, no mount, no loop device."""

from __future__ import annotations

from pathlib import Path

from imaging.tools import Trouble, run


class Fat:
    """A FAT file system at `offset` bytes of `image`. What is there already is not written again."""

    def __init__(self, image: Path, offset: int) -> None:
        self._drive = f"{image}@@{offset}"

    def names(self) -> set[str]:
        """What lies in the top folder; folders end with a slash."""
        lines = run(["mdir", "-i", self._drive, "-b", "::"]).decode().splitlines()
        return {each.removeprefix("::/") for each in lines}

    def read(self, name: str) -> str:
        """The text of a file. Raises Trouble where it is missing, or is no text."""
        if name not in self.names():
            raise Trouble(f"the boot partition has no {name}: is this Raspberry Pi OS?")
        raw = run(["mcopy", "-n", "-i", self._drive, f"::{name}", "-"])
        try:
            return raw.decode()
        except UnicodeDecodeError:
            raise Trouble(f"{name} on the boot partition is not text in UTF-8") from None

    def write(self, name: str, text: str) -> None:
        if name not in self.names() or self.read(name) != text:
            run(["mcopy", "-o", "-i", self._drive, "-", f"::{name}"], text.encode())
