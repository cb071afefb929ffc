"""firmware/collect-packages with a real pip and a real environment; apt's part is a script's."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "firmware/collect-packages"
APT = """\
#!/bin/sh
[ "$1" != download ] || exec dpkg-deb --root-owner-group --build {0}/pip-whl python3-pip-whl_1_all.deb
"""
CONTROL = "Package: python3-pip-whl\nVersion: 1\nArchitecture: all\nMaintainer: m\nDescription: d\n"

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is not here")
Collect = Callable[[], subprocess.CompletedProcess[str]]


def wheel(file: Path, name: str, files: dict[str, bytes]) -> None:
    about = f"{name}-1.0.dist-info"
    texts = {
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/RECORD": "",
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file, "w") as archive:
        for path, content in (files | {path: text.encode() for path, text in texts.items()}).items():
            archive.writestr(path, content)


def running_pip() -> dict[str, bytes]:
    """The files of the pip that this machine has."""
    files = importlib.metadata.distribution("pip").files or []
    return {
        str(each): each.read_binary() for each in files if each.parts[0] == "pip" and each.suffix != ".pyc"
    }


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """A station of one package, as a card's folder of wheels has made it: without a pip."""
    current = tmp_path / "opt/current"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", current], check=True)
    (packages,) = current.glob("lib/python3*/site-packages")
    wheel(tmp_path / "opt/source/packages/lamp-1.0-py3-none-any.whl", "lamp", {"lamp.py": b""})
    wheel(tmp_path / "opt/source/packages/hatchling-1.0-py3-none-any.whl", "hatchling", {})
    wheel(tmp_path / "opt/source/packages/pip-1.0-py3-none-any.whl", "pip", {})
    with zipfile.ZipFile(tmp_path / "opt/source/packages/lamp-1.0-py3-none-any.whl") as archive:
        archive.extractall(packages)
    return current


@pytest.fixture
def collect(station: Path, tmp_path: Path) -> Collect:
    """The script, with this test's folders in the place of the system's."""
    debian = tmp_path / "pip-whl"
    wheel(debian / "usr/share/python-wheels/pip-1.0-py3-none-any.whl", "pip", running_pip())
    (debian / "DEBIAN").mkdir()
    (debian / "DEBIAN/control").write_text(CONTROL)
    apt = tmp_path / "bin/apt-get"
    apt.parent.mkdir()
    apt.write_text(APT.format(tmp_path))
    apt.chmod(0o755)
    text = (
        SCRIPT.read_text()
        .replace("/opt/shelfpost", f"{tmp_path}/opt")
        .replace("/var/cache", f"{tmp_path}/cache")
    )
    path = f"{apt.parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    words = ["sh", "-c", text, "collect-packages", str(tmp_path / "collected")]
    return lambda: subprocess.run(words, env=environment, capture_output=True, text=True, check=False)


def test_a_station_without_a_pip_gives_its_packages_all_the_same(collect: Collect, tmp_path: Path) -> None:
    done = collect()
    assert done.returncode == 0, done.stderr
    names = sorted(each.name.partition("-")[0] for each in (tmp_path / "collected").iterdir())
    assert names == ["hatchling", "lamp", "pip"]


def test_a_station_with_a_pip_takes_its_own(collect: Collect, station: Path, tmp_path: Path) -> None:
    (packages,) = station.glob("lib/python3*/site-packages")
    for path, content in running_pip().items():
        (packages / path).parent.mkdir(parents=True, exist_ok=True)
        (packages / path).write_bytes(content)
    (tmp_path / "bin/apt-get").write_text('#!/bin/sh\n[ "$1" != download ]\n')
    assert collect().returncode == 0
    assert (tmp_path / "collected/lamp-1.0-py3-none-any.whl").exists()


def test_a_package_that_cannot_be_had_is_told_with_what_to_do(collect: Collect, tmp_path: Path) -> None:
    (tmp_path / "opt/source/packages/lamp-1.0-py3-none-any.whl").unlink()
    done = collect()
    assert done.returncode == 1
    assert "lamp" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("collect-packages: a Python package is missing; ")
