from __future__ import annotations

import lzma
import shutil
from pathlib import Path

import pytest

from tests.firmware import stock


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stock.make(tmp_path_factory.mktemp("stock"))


@pytest.fixture
def image(pristine: Path, tmp_path: Path) -> Path:
    """A stock image that a test may spoil."""
    return Path(shutil.copy(pristine, tmp_path / "stock.img"))


@pytest.fixture
def packed(pristine: Path, tmp_path: Path) -> Path:
    archive = tmp_path / "stock.img.xz"
    archive.write_bytes(lzma.compress(pristine.read_bytes(), preset=0))
    return archive
