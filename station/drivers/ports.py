"""What a scanner's port is, and what finds and understands it: the parts that PortScanner is given."""

from __future__ import annotations

import errno
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


TOLD = frozenset({errno.ENOENT, errno.EACCES, errno.EPERM})
"""Why a device does not open where its folder tells the end of it: it has gone, or who may read it is still
to be set."""


def opens_untold(error: OSError) -> bool:
    """Whether what does not open now may open later without a sign: another program lets go of it, or it has
    only just come and does not answer yet."""
    return error.errno not in TOLD


class Found(Struct, frozen=True):
    """What a look has brought: new ports, and in words what is in the way of others.

    `again`: one is there and does not open, and nothing will tell when it does (see `opens_untold`).
    """

    ports: Sequence[Port] = ()
    trouble: str = ""
    again: bool = False


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

    def throw_away(self, at: float) -> None:
        """What comes from now on is a part of a code, up to the next end or silence."""

    @property
    def throwing(self) -> bool:
        """Whether that has not come yet."""
