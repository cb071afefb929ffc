"""An image's root with one version in place."""

from __future__ import annotations

from pathlib import Path

import pytest

from installation import changing
from installation.layout import Layout
from tests.install.machines import FakeMachine, version


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path)


@pytest.fixture
def machine(layout: Layout) -> FakeMachine:
    return FakeMachine(layout)


@pytest.fixture
def old(layout: Layout, machine: FakeMachine) -> Path:
    made = version(layout, "1.0-1", unit="the old unit")
    changing.activate(layout, machine, made, None)
    machine.seen.clear()
    return made
