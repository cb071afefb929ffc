"""What a fresh station would like to be called, and what it is called where that name is taken. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from itertools import count

LONGEST = 64
EVERYBODYS = frozenset({"", "localhost", "raspberrypi", "debian", "raspbian", "shelfpost"})
"""Names that an image gives to each machine. Central's is no station's either (`StationId`)."""


def wish(hostname: str) -> str:
    """A station's id from a machine's name: `Lese-Saal.local` is `lese_saal`."""
    short = slug(hostname.partition(".")[0])
    return "station" if short in EVERYBODYS or short.split("_")[0] == "central" else short


def slug(text: str) -> str:
    """What of `text` an id can hold; empty where that is nothing."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST].rstrip("_")


def free(name: str, taken: Collection[str]) -> str:
    """`name`, or the first of `name_2`, `name_3` … that nobody has."""
    return next(
        each
        for number in count(1)
        if (each := name if number == 1 else f"{name[: LONGEST - 6]}_{number}") not in taken
    )
