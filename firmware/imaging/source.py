"""The checkout as it goes onto the card, for scripts/install to take from there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from imaging.ext4 import Entry
from imaging.tools import Trouble

CHECKOUT = Path(__file__).parents[2]
PARTS = (
    "LICENSE",
    "README.md",
    "README.zh-CN.md",
    "CHANGELOG.md",
    "Makefile",
    "pyproject.toml",
    "constraints.txt",
    "installation",
    "config",
    "docs",
    "firmware",
    "scripts",
    "station",
    "systemd",
)
"""All but the tests: what else lies about in a checkout, images among it, stays where it is."""
TARGET = PurePosixPath("/opt/shelfpost/source")
PACKAGES = TARGET / "packages"
PACKAGE_ENDS = (".whl", ".deb")
DEBIAN = {"aarch64": "arm64", "armv7l": "armhf", "x86_64": "amd64"}
"""What Debian calls a machine that Python calls so."""


def checkout() -> Iterator[Entry]:
    for part in PARTS:
        for file in sorted([CHECKOUT / part, *(CHECKOUT / part).rglob("*")]):
            if file.is_file() and "__pycache__" not in file.parts:
                mode = 0o755 if file.stat().st_mode & 0o100 else 0o644
                yield Entry(TARGET / file.relative_to(CHECKOUT), mode, file.read_bytes())


def packages(folder: Path | None, python: str, machine: str) -> Iterator[Entry]:
    """The wheels and Debian packages of a folder. Raises Trouble for one that this image can't take."""
    if folder is None:
        return
    found = sorted(each for each in folder.iterdir() if each.suffix in PACKAGE_ENDS)
    if not found:
        raise Trouble(f"{folder}: holds no .whl and no .deb; firmware/collect-packages fills such a folder")
    wrong = [each.name for each in found if not fits(each.name, python, machine)]
    if wrong:
        raise Trouble(
            f"{folder}: not for Python {python} on {machine}, which this image has: {', '.join(wrong)}"
        )
    for each in found:
        yield Entry(PACKAGES / each.name, 0o644, each.read_bytes())


def fits(name: str, python: str, machine: str) -> bool:
    """By its name: wheels end in python-abi-platform tags (PEP 427), Debian's packages in an architecture."""
    if name.endswith(".deb"):
        return name.endswith(("_all.deb", f"_{DEBIAN[machine]}.deb"))
    parts = name.removesuffix(".whl").split("-")
    if len(parts) < 5:
        return False
    versions, abi, platform = parts[-3:]
    if platform == "any":
        return True
    minor = int(python.split(".")[1])
    stable = abi == "abi3" and any(int(v[3:] or 0) <= minor for v in versions.split(".") if v[:3] == "cp3")
    return platform.endswith(machine) and (stable or f"cp3{minor}" in versions.split("."))
