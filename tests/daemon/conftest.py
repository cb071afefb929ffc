"""Stations as processes, with a library of three readers and forty books."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.process import Process, shelve
from tests.mosquitto import Mosquitto


@pytest.fixture
def station(tmp_path: Path, broker: Mosquitto) -> Iterator[Process]:
    """Not started."""
    with Process(tmp_path / "desk", broker=broker.port) as made:
        shelve(made)
        yield made


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Process]:
    """Without a broker."""
    with Process(tmp_path / "desk") as made:
        shelve(made)
        yield made
