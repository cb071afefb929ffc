"""What the tests share: a store of each kind, a broker, and how hypothesis chooses its examples."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from station.store import Store
from tests.mosquitto import Mosquitto
from tests.stores import EPOCH, STATION, SetClock, memory_store

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def store_file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "station.db"


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, store_file: Path) -> Iterator[Store]:
    """The same store over TinyDB's memory storage and over SQLite rows."""
    opened = memory_store() if request.param == "memory" else Store.open(store_file, STATION, epoch=EPOCH)
    yield opened
    opened.close()


@pytest.fixture
def on_disk(store_file: Path) -> Iterator[Store]:
    opened = Store.open(store_file, STATION, epoch=EPOCH)
    yield opened
    opened.close()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A Mosquitto of the test's own, started."""
    with Mosquitto(tmp_path / "mosquitto") as running:
        running.start()
        yield running
