"""What this machine must have, and words for what it lacks."""

from __future__ import annotations

import os
import shutil
import subprocess
import urllib.request

TOOLS = {
    "qemu-system-x86_64": "qemu-system-x86",
    "mmdebstrap": "mmdebstrap",
    "mkfs.ext4": "e2fsprogs",
    "cpio": "cpio",
    "xz": "xz-utils",
}
"""Commands, and the Debian packages that bring them."""

MIRROR_SECONDS = 30


class Missing(Exception):
    """This machine cannot run the guest; the text says why, and how to change that. No check has failed."""


def tools() -> None:
    """Raises Missing if commands are not there."""
    os.environ["PATH"] = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        packages = " ".join(TOOLS[tool] for tool in missing)
        raise Missing(
            f"there is no {', '.join(missing)}: sudo apt-get install --no-install-recommends {packages}"
        )


def mirror() -> str:
    """Where this machine has its own Debian packages from. Raises Missing, also if it can't be reached."""
    said = ""
    if shutil.which("apt-get"):
        asked = ["apt-get", "indextargets", "--format", "$(LABEL) $(REPO_URI)", "Created-By: Packages"]
        said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    found = archive(said)
    try:
        urllib.request.urlopen(f"{found}/dists/trixie-backports/InRelease", timeout=MIRROR_SECONDS).close()
    except OSError as error:
        raise Missing(f"apt's archive of Debian can't be reached: {error}") from error
    return found


def archive(indextargets: str) -> str:
    """The archive of Debian among apt's sources: not that of its security updates, nor somebody else's."""
    for line in indextargets.splitlines():
        label, _, address = line.rpartition(" ")
        if label == "Debian":
            return address.rstrip("/")
    raise Missing("apt has no archive of Debian among its sources: run it on Debian, after apt-get update")
