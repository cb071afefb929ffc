from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from station.simulate import library
from station.simulate.broker import EmbeddedBroker
from station.simulate.rig import Plan


@pytest.fixture
def embedded() -> Iterator[EmbeddedBroker]:
    broker = EmbeddedBroker()
    yield broker
    broker.close()


@pytest.fixture
def plan(tmp_path: Path, embedded: EmbeddedBroker) -> Plan:
    """The sample library, with a broker of its own."""
    return Plan(library.config(tmp_path / "data", embedded.config), embedded, sample=True)
