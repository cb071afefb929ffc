"""What this machine must have, and the guest's image, which is built once and kept outside the checkout."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
BUILD = CHECKOUT / "tests/hardware/build"
PARTS = ("vmlinuz", "initrd", "root.img")

TOOLS = {
    "qemu-system-x86_64": "qemu-system-x86",
    "mmdebstrap": "mmdebstrap",
    "mkfs.ext4": "e2fsprogs",
    "cpio": "cpio",
    "xz": "xz-utils",
}
"""Commands, and the Debian packages that bring them."""

MIRROR_SECONDS = 30
BUILD_SECONDS = 1200


class Missing(Exception):
    """This machine cannot run the guest; the text says why, and how to change that."""


def image() -> Path:
    """The folder of the image that fits this checkout, built first if it isn't there.

    Raises Missing, or CalledProcessError where everything is there and the build fails all the same.
    """
    _tools()
    folder = _cache() / _key()
    if all((folder / part).exists() for part in PARTS):
        return folder
    if os.geteuid() != 0:
        raise Missing("only root can build the guest's image: run it once with sudo")
    mirror = _mirror()
    _reachable(mirror)
    print("building the guest's image, once", flush=True)
    _build(folder, mirror)
    return folder


def _tools() -> None:
    os.environ["PATH"] = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        packages = " ".join(TOOLS[tool] for tool in missing)
        raise Missing(
            f"there is no {', '.join(missing)}: sudo apt-get install --no-install-recommends {packages}"
        )


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("SHELFPOST_HARDWARE") or Path(base) / "shelfpost" / "hardware")


def _key() -> str:
    """Of all that the checkout puts into an image; Debian's own updates come with the next change."""
    parts = [path.read_bytes() for path in (BUILD, CHECKOUT / "pyproject.toml", CHECKOUT / "constraints.txt")]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def _mirror() -> str:
    """Where this machine has its own Debian packages from."""
    said = ""
    if shutil.which("apt-get"):
        asked = ["apt-get", "indextargets", "--format", "$(LABEL) $(REPO_URI)", "Created-By: Packages"]
        said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    mirrors = [line.removeprefix("Debian ") for line in said.splitlines() if line.startswith("Debian ")]
    if not mirrors:
        raise Missing(
            "apt has no archive of Debian among its sources: run it on Debian, after apt-get update"
        )
    return mirrors[0].rstrip("/")


def _reachable(mirror: str) -> None:
    try:
        urllib.request.urlopen(f"{mirror}/dists/trixie-backports/InRelease", timeout=MIRROR_SECONDS).close()
    except OSError as error:
        raise Missing(f"apt's archive of Debian can't be reached: {error}") from error


def _build(folder: Path, mirror: str) -> None:
    making = folder.with_suffix(".making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    subprocess.run(
        ["nice", "-n", "15", str(BUILD), str(making), mirror, sys.executable],
        cwd=CHECKOUT,
        check=True,
        timeout=BUILD_SECONDS,
    )
    making.rename(folder)
