"""Who this station is, where its own file is silent: what it was told when it joined, or its machine's name.

station.toml belongs to whoever installed the station and may be read-only, as in an image. What the station
learns it keeps in identity.toml in its data folder, which lies under station.toml: a key that both have is
station.toml's. A broker is taken from one file or the other as a whole, so that no password goes astray.
"""

from __future__ import annotations

import hashlib
import socket
import tomllib
from pathlib import Path
from typing import Any

from station.config.check import ConfigError

IDENTITY = "identity.toml"
MACHINE = Path("/etc/machine-id")
_FILES = ("password_file", "ca_file")


def own_name() -> str | None:
    """What a station is called that nobody has named: the same at each start, another on each machine.

    It is a hash: the machine's own id is not for others (machine-id(5)). A container may have none: then its
    host's name is hashed.
    """
    try:
        known = MACHINE.read_text().strip()
    except (OSError, UnicodeDecodeError):
        known = ""
    known = known or socket.gethostname()
    return "station_" + hashlib.sha256(f"shelfpost {known}".encode()).hexdigest()[:8] if known else None


def complete(raw: dict[str, Any], data_dir: Path | None) -> None:
    """Put what `raw` leaves open into it; without a folder to look into, the machine's name alone.

    Raises ConfigError for an identity that can't be read.
    """
    if not isinstance(raw.setdefault("station", {}), dict):
        return
    for section, said in _read(data_dir / IDENTITY).items() if data_dir else ():
        own = raw.get(section)
        if section == "broker":
            raw.setdefault(section, said)
        elif own is None or isinstance(own, dict):
            raw[section] = {**said, **(own or {})}
    name = own_name()
    if name:
        raw["station"].setdefault("id", name)


def files(data_dir: Path) -> list[Path]:
    """The identity in this folder, if there is one, and the files beside it that it names.

    Raises ConfigError.
    """
    file = data_dir / IDENTITY
    broker = _read(file).get("broker", {})
    named = [Path(broker[key]) for key in _FILES if key in broker]
    return [each for each in (file, *named) if each.parent == data_dir and each.is_file()]


def _read(file: Path) -> dict[str, dict[str, Any]]:
    """Nothing where there is none, or where this user may not look into the station's folder."""
    try:
        found = tomllib.loads(file.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(
            [f"{file}: can't be read: {error}; it was written at joining: remove it, and join again"]
        ) from None
    sections = {name: section for name, section in found.items() if isinstance(section, dict)}
    if "broker" in sections:
        sections["broker"] = _at(sections["broker"], file.parent)
    return sections


def _at(broker: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Its files lie beside the identity."""
    return {**broker, **{key: str(folder / broker[key]) for key in _FILES if key in broker}}
