"""A place for checks to look at, in a folder of the test's own."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from station.config import Config, load
from station.doctor.findings import Finding
from station.doctor.person import Person, me
from station.doctor.place import Place
from station.drivers import Clock
from station.store import Store
from station.wiring import STORE
from tests.stores import EPOCH, STATION, SetClock

NOBODY = Person("nobody", 65_534, frozenset({65_534}))
"""May do what everybody may."""

HEAD = f'[station]\nid = "{STATION}"\ndata_dir = "data"\n'


def configured(folder: Path, text: str = "", head: str = HEAD) -> Config:
    file = folder / "station.toml"
    file.write_text(head + text)
    return load(file)


def place(
    folder: Path, text: str = "", *, head: str = HEAD, clock: Clock | None = None, **other: Any
) -> Place:
    """With a configuration of `text`. Nobody runs a station there, and one asks who may do everything."""
    config = configured(folder, text, head)
    given = {"pid": None, "user": me(), "asks": me(), **other}
    return Place(config_path=folder / "station.toml", config=config, clock=clock or SetClock(), **given)


def store_of(here: Place) -> closing[Store]:
    return closing(Store.open(here.data_dir / STORE, STATION, epoch=EPOCH))


def said(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    return [(each.status.value, each.found) for each in findings]


def judged(findings: Iterable[Finding]) -> list[str]:
    return [each.status.value for each in findings]
