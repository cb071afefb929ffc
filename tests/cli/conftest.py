"""A station's configuration, for commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stores import STATION


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Of a station of the library oak, with its data in `data` beside it."""
    path = tmp_path / "station.toml"
    path.write_text(f'[station]\nid = "{STATION}"\nlibrary = "oak"\ndata_dir = "{tmp_path}/data"\n')
    return path
