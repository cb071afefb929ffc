"""A station's link without its desk, for both versions of MQTT, and in haste."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from station import backoff
from tests.link.rig import Linked
from tests.mosquitto import Mosquitto


@pytest.fixture(autouse=True)
def haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """A link that is down tries again soon."""
    monkeypatch.setattr(backoff, "FIRST_WAIT", 0.02)
    monkeypatch.setattr(backoff, "LONGEST_WAIT", 0.1)


@pytest.fixture(params=["5", "3.1.1"])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def station(tmp_path: Path, broker: Mosquitto, protocol: str) -> Iterator[Linked]:
    """Not started."""
    made = Linked(tmp_path / "data", broker.port, protocol)
    yield made
    made.__exit__(None, None, None)
