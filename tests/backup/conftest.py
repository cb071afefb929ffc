"""A store with something in it, and a folder to back it up into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from station.store import Store
from tests.backup.helpers import backed_up, record
from tests.stores import EPOCH, STATION, stock


@pytest.fixture
def file(store_file: Path) -> Iterator[Path]:
    """A store with five items, two readers and four events, of which two are sent."""
    with closing(Store.open(store_file, STATION, epoch=EPOCH)) as store:
        stock(store, readers=["RD-1", "RD-2"], items=[f"BK-{each}" for each in range(5)])
        record(store, 4)
        with store.transaction():
            store.journal.reach("sent", 2)
    yield store_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "drive"
    made.mkdir()
    return made


@pytest.fixture
def backup(file: Path, folder: Path) -> Path:
    return backed_up(file, folder)
