"""Making a version: a virtual environment that sees Debian's packages, with the station in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from installation import Refused, places, say
from installation.plan import Plan

DEBIANS = ("numpy", "pillow")
"""Another copy of these, from pip, would hide the one that picamera2 was built for, and break it."""

SCRIPT = 64 * 1024
"""A file in bin/ that is longer than that, in bytes, is no script."""


def build(plan: Plan) -> Path:
    """The folder of the new version. Raises Refused; then there is none, and nothing else has changed."""
    version = plan.layout.next(plan.version)
    say(f"building {version.name}, which takes minutes on a small Pi; a station that runs goes on lending")
    version.parent.mkdir(parents=True, exist_ok=True)
    try:
        _environment(plan, version)
        _packages(plan, version)
        places.collect(plan.checkout, version)
        shutil.copy(plan.checkout / "README.md", version)
        _forget(plan.layout.root, version)
    except BaseException:
        shutil.rmtree(version, ignore_errors=True)
        raise
    os.sync()
    return version


def _environment(plan: Plan, version: Path) -> None:
    words: list[str | Path] = [plan.python, "-m", "venv", "--system-site-packages"]
    words += ["--without-pip"] if plan.pip_wheel else []
    _run([*words, version], "the virtual environment cannot be made")


def _packages(plan: Plan, version: Path) -> None:
    """Versions are those that were tested; with a folder of wheels, nothing else is asked."""
    words: list[str | Path] = [version / "bin/python"]
    words += [plan.pip_wheel / "pip"] if plan.pip_wheel else ["-m", "pip"]
    words += ["--disable-pip-version-check", "--cache-dir", plan.layout.cache / "pip", "install", "--quiet"]
    words += ["--no-warn-script-location", "--constraint", constraints(plan, version)]
    words += ["--no-index", "--find-links", plan.wheels] if plan.wheels else []
    what = f"{plan.checkout}[{','.join(plan.extras)}]" if plan.extras else str(plan.checkout)
    _run([*words, what], f"the Python packages cannot be installed{_hint(plan)}")


def _hint(plan: Plan) -> str:
    """For Python 3.13 pip has no ready lgpio, and can't build it without a library that Debian lacks."""
    if "gpio" not in plan.extras or has(plan.python, "lgpio"):
        return ""
    return (
        " (if it is lgpio: only Raspberry Pi OS has it, as python3-lgpio; elsewhere leave gpio out of EXTRAS)"
    )


def constraints(plan: Plan, version: Path) -> Path:
    """The versions that were tested, but for what Debian has and its picamera2 is compiled against."""
    lines = (plan.checkout / "constraints.txt").read_text("utf-8").splitlines(keepends=True)
    debians = [each for each in DEBIANS if has(plan.python, each)]
    kept = [line for line in lines if line.partition("==")[0].lower() not in debians]
    file = version / "constraints.txt"
    file.write_text("".join(kept), "utf-8")
    return file


def has(python: Path, package: str) -> bool:
    """Whether that Python, without the caller's own packages, has this one."""
    asked = [str(python), "-I", "-c", f"import importlib.metadata as m; m.version({package!r})"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def _run(words: list[str | Path], trouble: str) -> None:
    """What it says goes to the terminal, as it comes."""
    done = subprocess.run([*map(str, words)], env=_environ(), check=False)
    if done.returncode:
        raise Refused(f"{trouble}; why stands above. Nothing was changed.")


def _environ() -> dict[str, str]:
    """Of the caller's environment, nothing that changes which Python modules are found.

    PYPI is lgpio's own: where it has to be compiled, its C library comes with it. Debian has none.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {"PYPI": "1"}


def _forget(root: Path, version: Path) -> None:
    """In an image that is being made, scripts name its folder on this machine: there they must not."""
    if root == Path("/"):
        return
    for each in (version / "pyvenv.cfg", *(version / "bin").iterdir()):
        if each.is_symlink() or each.stat().st_size > SCRIPT:
            continue
        each.write_bytes(each.read_bytes().replace(bytes(root), b""))
