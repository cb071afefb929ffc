"""What a scanner's port is, and what finds and understands it: the parts that PortScanner is given."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from station.drivers.framer import Scan


class Port(Struct, frozen=True):
    """An open device. `stamped` says whether what it gives carries the monotonic time."""

    path: str
    fd: int
    close: Callable[[], None]
    stamped: bool = False


class Found(Struct, frozen=True):
    """What a look has brought: new ports, and in words what is in the way of others.

    `busy`: another program holds one, and nothing will tell that it has let go.
    """

    ports: Sequence[Port] = ()
    trouble: str = ""
    busy: bool = False


class Finder(Protocol):
    """Where a scanner's devices come from. A change in `folders` says that it is time to look again."""

    @property
    def folders(self) -> Sequence[Path]: ...

    def look(self, taken: Collection[str]) -> Found:
        """Open the devices that are there now, but for those whose paths are taken; never raises."""


class Stream(Protocol):
    """Makes scans of what one device gives, in pieces that may be cut anywhere."""

    def feed(self, data: bytes, now: float) -> list[Scan]:
        """The scans that `data`, read at `now`, has made whole, oldest first."""

    def deadline(self) -> float | None:
        """When silence will end a scan; None while none is going on."""

    def expire(self, now: float) -> list[Scan]:
        """The scan that silence has ended by `now`, if any."""
