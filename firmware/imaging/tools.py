"""The programs that do the work, and what is said when one is missing or fails."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

PACKAGES = {
    "debugfs": "e2fsprogs",
    "e2fsck": "e2fsprogs",
    "mkfs.ext4": "e2fsprogs",
    "resize2fs": "e2fsprogs",
    "mcopy": "mtools",
    "mdir": "mtools",
    "mdel": "mtools",
    "sfdisk": "fdisk",
}
"""Each program and the Debian package that brings it. None of them needs root or a loop device."""

MIB = 1024 * 1024

ENVIRONMENT = {
    **os.environ,
    "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin",
    "LC_ALL": "C",
    # Names with other letters than ASCII, and no settings of whoever runs this.
    "MTOOLSRC": os.devnull,
    # A partition's geometry is of no interest to a card.
    "MTOOLS_SKIP_CHECK": "1",
}


class Trouble(Exception):
    """Something that whoever makes the image can mend; its text says what, where, and how."""


def need() -> None:
    """Raises Trouble with all programs that are missing, and the command that brings them."""
    missing = [each for each in PACKAGES if shutil.which(each, path=ENVIRONMENT["PATH"]) is None]
    if missing:
        packages = " ".join(sorted({PACKAGES[each] for each in missing}))
        raise Trouble(
            f"{', '.join(missing)}: not found. On Debian, Ubuntu or a Pi: sudo apt-get install {packages}"
        )


def run(command: Sequence[str | os.PathLike[str]], stdin: bytes = b"", fine: Sequence[int] = (0,)) -> bytes:
    """What the command writes. Raises Trouble with its own words if it ends otherwise than `fine`."""
    done = subprocess.run(command, input=stdin, capture_output=True, check=False, env=ENVIRONMENT)
    if done.returncode not in fine:
        words = (done.stderr or done.stdout).decode(errors="replace").strip().replace("\n", "; ")
        raise Trouble(f"{command[0]}: {words or f'ended with {done.returncode}'}")
    return done.stdout
