"""The guest's kernel, initrd and root: built once, by tests/hardware/build, and kept outside the checkout."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from tests.hardware import needs
from tests.hardware.needs import Missing

CHECKOUT = Path(__file__).resolve().parents[2]
BUILD = CHECKOUT / "tests/hardware/build"
BUILD_SECONDS = 1200

EXTRAS = ("gpio", "serial")
"""Of the station's; the camera's packages are another matter."""

UNREACHED = 75
"""The build's exit status where Debian or pip's index did not give it a package, as in sysexits.h."""

NAME = re.compile(r"[\w.-]+")


class Image(Struct, frozen=True):
    kernel: Path
    initrd: Path
    root: Path


class BuildFailed(Exception):
    """Everything was there to be had, and yet there is no image: a fault of ours."""


def image() -> Image:
    """The one that fits this checkout, built first if it isn't there. Raises Missing or BuildFailed."""
    needs.tools()
    wanted = requirements()
    folder = _cache() / key(BUILD.read_bytes(), wanted)
    if not folder.exists():
        if os.geteuid() != 0:
            raise Missing("only root can build the guest's image: run it once with sudo")
        mirror = needs.mirror()
        print("building the guest's image, once", flush=True)
        _build(folder, mirror, wanted)
    return Image(folder / "vmlinuz", folder / "initrd", folder / "root.img")


def requirements() -> list[str]:
    """What pip is to install for the guest's station: pinned, as constraints.txt has it."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(each for name in EXTRAS for each in extras[name])]
    lines = (CHECKOUT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return pinned(wanted, [each for each in lines if each and not each.startswith("#")])


def pinned(wanted: Sequence[str], constraints: Sequence[str]) -> list[str]:
    pins: Mapping[str, str] = {_name(each): each for each in constraints}
    return sorted(pins.get(_name(each), each) for each in wanted)


def key(build: bytes, wanted: Sequence[str]) -> str:
    """Of what the checkout puts into an image; Debian's own updates come with the next change."""
    return hashlib.sha256(b"\0".join([build, *(each.encode() for each in wanted)])).hexdigest()[:16]


def _name(requirement: str) -> str:
    found = NAME.match(requirement)
    assert found
    return found[0].lower().replace("_", "-")


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("SHELFPOST_HARDWARE") or Path(base) / "shelfpost" / "hardware")


def _build(folder: Path, mirror: str, wanted: Sequence[str]) -> None:
    making = folder.with_suffix(".making")
    shutil.rmtree(making, ignore_errors=True)  # of a build that was killed
    making.mkdir(parents=True)
    listed = making / "requirements.txt"
    listed.write_text("\n".join([*wanted, ""]), encoding="utf-8")
    command = ["nice", "-n", "15", str(BUILD), str(making), mirror, sys.executable, str(listed)]
    try:
        subprocess.run(command, cwd=CHECKOUT, check=True, timeout=BUILD_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Missing(f"the guest's image was not built within {BUILD_SECONDS} s") from error
    except subprocess.CalledProcessError as error:
        raise verdict(error.returncode) from error
    else:
        making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def verdict(status: int) -> Exception:
    if status == UNREACHED:
        return Missing("packages for the guest's image could not be had (above is which): try again later")
    return BuildFailed(f"the guest's image can't be built: tests/hardware/build ended with {status}")
