"""What only Debian's packages bring: installed where that may be, told in one command where not."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from installation import Refused, say
from installation.plan import Plan

APT = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")

FONTS = Path("/usr/share/fonts")


def bring(plan: Plan) -> None:
    """Raises Refused where a package is missing without which no version can be built."""
    if plan.may_ask_the_network and (to_build(plan) or to_run(plan)):
        _update()
    needed, useful = to_build(plan), [each for each in to_run(plan) if _can_be_had(each)]
    if not needed and not useful:
        return
    command = f"sudo apt install --no-install-recommends {' '.join(needed + useful)}"
    if plan.may_ask_the_network:
        say(f"installing {' '.join(needed + useful)}")
        _apt(needed + useful, command)
    elif needed:
        raise Refused(f"Debian packages are missing. Nothing was changed: run `{command}` first.")
    else:
        say(f"not needed to start, but by what uses it: {command}")


def to_build(plan: Plan) -> list[str]:
    """With a folder of wheels nothing is compiled, and pip may be one of them."""
    found = []
    if not plan.pip_wheel and not _runs(plan, "import ensurepip"):
        found.append("python3-venv")
    if plan.wheels:
        return found
    if not _runs(plan, "import os, sysconfig; os.stat(sysconfig.get_path('include') + '/Python.h')"):
        found.append("python3-dev")
    if shutil.which("cc") is None:
        found.append("gcc")
    if not Path("/usr/include/linux/input.h").exists():
        found.append("linux-libc-dev")
    if _compiles_lgpio(plan) and shutil.which("swig") is None:
        found.append("swig")
    return found


def _compiles_lgpio(plan: Plan) -> bool:
    """It has wheels up to Python 3.12, and Debian, unlike Raspberry Pi OS, has no package of it."""
    if "gpio" not in plan.extras or not _runs(plan, "import sys; assert sys.version_info >= (3, 13)"):
        return False
    return not _finds(plan, "lgpio") and (plan.is_for_an_image or not _can_be_had("python3-lgpio"))


def to_run(plan: Plan) -> list[str]:
    """What pip does not bring: on another machine than this one, nobody can tell."""
    if plan.is_for_an_image:
        return []
    wanted = []
    if "gpio" in plan.extras and not plan.has_wheel("lgpio") and not _finds(plan, "lgpio"):
        wanted.append("python3-lgpio")
    if "camera" in plan.extras:
        if not _runs(plan, "import ctypes.util as u; assert u.find_library('zbar')"):
            wanted.append("libzbar0")
        if not _finds(plan, "picamera2"):
            wanted.append("python3-picamera2")
    if "print" in plan.extras and not any(FONTS.rglob("wqy-*.ttc")) and not any(FONTS.rglob("Noto*CJK*")):
        wanted.append("fonts-wqy-microhei")
    return wanted


def _finds(plan: Plan, module: str) -> bool:
    """It is not imported: lgpio would leave a pipe of root's in the caller's folder."""
    return _runs(plan, f"import importlib.util as u; assert u.find_spec({module!r})")


def _runs(plan: Plan, code: str) -> bool:
    asked = [str(plan.python), "-I", "-c", code]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def _update() -> None:
    """A card that was just written has no lists: apt would know no package. What it can't fetch it says."""
    if shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], stdout=subprocess.DEVNULL, check=False)


def _can_be_had(package: str) -> bool:
    """python3-picamera2 and python3-lgpio are Raspberry Pi OS's own.

    apt is asked to try, since libzbar0 is only another name of libzbar0t64 from Debian 13 on.
    """
    if shutil.which("apt-get") is None:
        return False
    return subprocess.run([*APT, "--simulate", package], capture_output=True, check=False).returncode == 0


def _apt(packages: list[str], command: str) -> None:
    if shutil.which("apt-get") is None:
        raise Refused(
            f"there is no apt-get to bring {' '.join(packages)}. Nothing was changed: bring that, then"
            " run this again."
        )
    words = ["env", "DEBIAN_FRONTEND=noninteractive", *APT, *packages]
    if subprocess.run(words, stdout=subprocess.DEVNULL, check=False).returncode:
        raise Refused(f"apt-get failed, and why stands above. Mend that, then run `{command}`.")
