"""Who a station is that has joined by a code, carried in its backups: a new card has it from nowhere else."""

from __future__ import annotations

from base64 import b64decode, b64encode
from pathlib import Path

from station.backup.files import whole
from station.config.identity import IDENTITY, files


def carried(data: Path) -> dict[str, str]:
    """The identity in the folder `data` and the files that it names: name and content in Base64 (RFC 4648).

    Empty for a station that has none. Raises OSError or ConfigError.
    """
    return {each.name: b64encode(each.read_bytes()).decode() for each in files(data)}


def put_back(data: Path, found: dict[str, str]) -> bool:
    """Give a station without an identity the one that was carried; says whether it did.

    The identity comes last: where the power goes before, there is none. Raises OSError.
    """
    if not found or (data / IDENTITY).exists():
        return False
    for name in sorted(found, key=lambda name: name == IDENTITY):
        whole(data / Path(name).name, b64decode(found[name]), 0o600)
    return True
