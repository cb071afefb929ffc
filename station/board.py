"""Which computer this is, so that a store notices when its card has been put into another one, or copied."""

from __future__ import annotations

import hashlib
from pathlib import Path

SERIAL = Path("/sys/firmware/devicetree/base/serial-number")
"""On every Raspberry Pi. Text that ends with a NUL (Devicetree Specification 0.4, root node)."""


def own(serial: Path = SERIAL) -> str | None:
    """16 hex digits that stand for this computer's serial number; None where it has none.

    A digest, since the store is in backups and the number is nobody's business.
    """
    try:
        number = serial.read_bytes().strip(b"\0 \n")
    except OSError:
        return None
    return hashlib.sha256(b"shelfpost " + number).hexdigest()[:16] if number else None
