"""The units as systemd itself reads them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[1] / "systemd" / "shelfpost.service"

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")


def analyze(*words: str) -> str:
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_systemd_finds_nothing_to_say_about_the_unit(tmp_path: Path) -> None:
    """Verify names an unknown key and exits 0 all the same, so any output is a failure."""
    here = tmp_path / UNIT.name
    here.write_text(UNIT.read_text().replace("/opt/shelfpost/current/bin/station", "/bin/true"))
    assert analyze("verify", "--man=no", str(here)) == ""


def test_a_unit_with_a_wrong_key_is_found_out(tmp_path: Path) -> None:
    here = tmp_path / UNIT.name
    here.write_text("[Service]\nExecStart=/bin/true\nRestrat=always\n")
    assert "Restrat" in analyze("verify", "--man=no", str(here))


def test_the_unit_exposes_little() -> None:
    said = analyze("security", "--offline=yes", str(UNIT))
    found = re.search(r"exposure level for shelfpost.service: ([0-9.]+)", said)
    assert found is not None, said
    assert float(found[1]) <= 1.5
