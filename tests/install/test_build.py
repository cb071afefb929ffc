"""A version is built by the real pip, from a checkout that needs no other package."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from installation import Refused, build
from installation.installing import first_configuration, install
from installation.layout import Layout
from installation.plan import CHECKOUT, Plan
from tests.install.machines import FakeMachine

PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "shelfpost"
version = "1.0"
"""

BACKEND = """
import zipfile

ABOUT = "shelfpost-1.0.dist-info"
FILES = {
    "station/__init__.py": "def main():\\n    print('a station')\\n",
    f"{ABOUT}/METADATA": "Metadata-Version: 2.1\\nName: shelfpost\\nVersion: 1.0\\n",
    f"{ABOUT}/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    f"{ABOUT}/entry_points.txt": "[console_scripts]\\nstation = station:main\\n",
    f"{ABOUT}/RECORD": "",
}


def build_wheel(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(f"{folder}/shelfpost-1.0-py3-none-any.whl", "w") as wheel:
        for name, text in FILES.items():
            wheel.writestr(name, text)
    return "shelfpost-1.0-py3-none-any.whl"
"""


@pytest.fixture
def plan(layout: Layout, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    checkout = tmp_path_factory.mktemp("checkout")
    for name in ("systemd", "config"):
        shutil.copytree(CHECKOUT / name, checkout / name)
    texts = {"pyproject.toml": PROJECT, "backend.py": BACKEND, "constraints.txt": "", "README.md": "Read me."}
    for name, text in texts.items():
        (checkout / name).write_text(text)
    (checkout / "station").mkdir()
    (checkout / "station/__init__.py").write_text('__version__ = "1.0"\n')
    (checkout / "wheels").mkdir()
    return Plan(layout, (), Path(sys.executable), checkout / "wheels", checkout)


def test_a_first_install_has_all_in_its_place_and_names_no_folder_of_this_machine(
    plan: Plan, machine: FakeMachine, capfd: pytest.CaptureFixture[str]
) -> None:
    install(plan, machine, start=True)
    version = plan.layout.current()
    assert version and version.name == "1.0-1"
    assert machine.seen == ["settle", "enable", "start 1.0-1"]
    config = plan.layout.config / "station.toml"
    assert config.read_text("utf-8") == (CHECKOUT / "config/first.toml").read_text("utf-8")
    assert config.stat().st_mode & 0o777 == 0o640
    assert "system-site-packages = true" in (version / "pyvenv.cfg").read_text()
    named = [
        each
        for each in (version / "pyvenv.cfg", *(version / "bin").iterdir())
        if not each.is_symlink() and bytes(plan.layout.root) in each.read_bytes()
    ]
    assert named == []
    assert (version / "bin/station").read_text().startswith("#!/opt/shelfpost/versions/1.0-1/bin/python")
    code = "import station; station.main()"
    said = subprocess.run([version / "bin/python", "-I", "-c", code], capture_output=True, check=False)
    assert said.stdout == b"a station\n"
    assert "3. add readers and books" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("answer", "pins"), [(0, "evdev==2.0\n"), (1, "evdev==2.0\nnumpy==2.4\nPillow==13.0\n")]
)
def test_what_debians_camera_was_built_for_is_not_hidden_by_another_copy(
    plan: Plan, tmp_path: Path, answer: int, pins: str
) -> None:
    (plan.checkout / "constraints.txt").write_text("evdev==2.0\nnumpy==2.4\nPillow==13.0\n")
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nexit {answer}\n")
    python.chmod(0o755)
    file = build.constraints(replace(plan, python=python), tmp_path)
    assert file.read_text() == pins


def test_a_version_that_cannot_be_built_leaves_nothing(plan: Plan, capfd: pytest.CaptureFixture[str]) -> None:
    (plan.checkout / "backend.py").write_text("raise SystemExit('there is no compiler')")
    with pytest.raises(Refused, match=r"the Python packages cannot be installed.* Nothing was changed"):
        build.build(plan)
    assert list(plan.layout.versions.iterdir()) == []
    assert "there is no compiler" in capfd.readouterr().err


def test_what_has_to_be_compiled_brings_its_c_library(plan: Plan) -> None:
    """So asks lgpio's own setup.py, which otherwise wants a package that only Raspberry Pi OS has."""
    asks = 'import os\nif "PYPI" not in os.environ:\n    raise SystemExit("cannot find -llgpio")\n'
    (plan.checkout / "backend.py").write_text(asks + BACKEND)
    assert (build.build(plan) / "bin/station").is_file()


def test_a_configuration_that_is_there_is_kept(plan: Plan) -> None:
    config = plan.layout.config / "station.toml"
    config.parent.mkdir(parents=True)
    config.write_text("# 阅览室", "utf-8")
    first_configuration(plan)
    assert config.read_text("utf-8") == "# 阅览室"
