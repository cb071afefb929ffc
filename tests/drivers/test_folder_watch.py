from __future__ import annotations

import select
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.drivers.folder_watch import FolderWatch
from tests.drivers.typing_rig import PATIENCE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "input"


@pytest.fixture
def watch(folder: Path) -> Iterator[FolderWatch]:
    watch = FolderWatch([folder])
    yield watch
    watch.close()


def told(watch: FolderWatch, patience: float = PATIENCE) -> bool:
    """Whether the watch has something to tell; it has told it then."""
    ready = bool(select.select([watch], [], [], patience)[0])
    watch.drain()
    return ready


def test_tells_of_a_node_its_permissions_and_its_link(folder: Path, watch: FolderWatch) -> None:
    folder.mkdir()
    watch.arm()
    assert not told(watch, patience=0)
    node = folder / "event3"
    node.touch()
    assert told(watch)
    node.chmod(0o660)
    assert told(watch)
    (folder.parent / "link").symlink_to(node)
    (folder.parent / "link").rename(folder / "usb-scanner")
    assert told(watch)
    assert not told(watch, patience=0)


def test_folder_that_is_not_there_is_awaited_from_above(folder: Path, watch: FolderWatch) -> None:
    watch.arm()
    folder.mkdir()
    assert told(watch)
    watch.arm()
    (folder / "event3").touch()
    assert told(watch)


def test_folder_that_went_away_is_watched_again_when_it_returns(folder: Path, watch: FolderWatch) -> None:
    folder.mkdir()
    watch.arm()
    folder.rmdir()
    assert told(watch)
    watch.arm()
    folder.mkdir()
    assert told(watch)
    watch.arm()
    (folder / "event3").touch()
    assert told(watch)
