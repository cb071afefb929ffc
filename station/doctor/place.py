"""What the checks look at: the configuration, the machine, and the station's own data."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from station import wiring
from station.config import Config
from station.doctor.person import Person, me, station_user
from station.doctor.processes import running_station
from station.drivers import Clock
from station.store import Store
from station.store.copies import VERSION, contents_now


class Place(Struct, frozen=True, kw_only=True):
    """`pid` is the running station's process; `user` whom the station runs as, `asks` who runs the doctor."""

    config_path: Path
    config: Config
    clock: Clock
    pid: int | None
    user: Person
    asks: Person

    @property
    def data_dir(self) -> Path:
        return self.config.station.data_dir

    @property
    def store_path(self) -> Path:
        return self.data_dir / wiring.STORE

    @contextmanager
    def store(self) -> Iterator[Store | None]:
        """The store as it is; None where there is none that this program can read without changing it.

        Raises StoreError.
        """
        if not self.is_readable() or contents_now(self.store_path).version != VERSION:
            yield None
            return
        opened = wiring.open_store(self.config, durable=False)
        try:
            yield opened
        finally:
            opened.close()

    def is_readable(self) -> bool:
        """Whether there is a store that whoever asks may read."""
        return os.access(self.store_path, os.R_OK)

    @property
    def sudo(self) -> str:
        return f"run it as root: sudo station --config {self.config_path} doctor"


def place(config_path: Path, config: Config, clock: Clock) -> Place:
    return Place(
        config_path=config_path,
        config=config,
        clock=clock,
        pid=running_station(config.station.data_dir),
        user=station_user(),
        asks=me(),
    )
