"""The configuration of a station: config/station.toml, read once, into frozen values.

Every mistake in the file is reported at once. What the file leaves open, `station.config.identity` says.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from station.config.check import Checker, ConfigError
from station.config.identity import complete
from station.config.sections import (
    DATA_DIR,
    BrokerConfig,
    CameraConfig,
    Config,
    EvdevConfig,
    GpioPanelConfig,
    LinesConfig,
    LogPanelConfig,
    LookupConfig,
    PanelConfig,
    PatternsConfig,
    ScannerConfig,
    SerialConfig,
    SessionConfig,
    StationConfig,
    TerminalPanelConfig,
)

__all__ = [
    "EX_CONFIG",
    "BrokerConfig",
    "CameraConfig",
    "Config",
    "ConfigError",
    "EvdevConfig",
    "GpioPanelConfig",
    "LinesConfig",
    "LogPanelConfig",
    "LookupConfig",
    "PanelConfig",
    "PatternsConfig",
    "ScannerConfig",
    "SerialConfig",
    "SessionConfig",
    "StationConfig",
    "TerminalPanelConfig",
    "load",
    "password",
    "secret_in",
    "shipped",
]

EX_CONFIG = 78
"""The exit code for a ConfigError, as in sysexits.h; the systemd unit doesn't restart on it."""


def load(path: Path, *, learned: bool = True) -> Config:
    """The configuration in `path`. Raises ConfigError with all that is wrong in it.

    Without `learned` it is as the file alone says, as before this station joined a library.
    """
    example = shipped("station.toml")
    text = _text(path, f"copy {example} to there, and name the scanners")
    try:
        raw = tomllib.loads(text)
    except ValueError as error:
        raise ConfigError([f"{path}: is not valid TOML: {error}"]) from None
    complete(raw, _data_dir(raw, path) if learned else None)
    _derive(raw)
    checker = Checker(path)
    config = checker.table("", (Config,), raw)
    if not isinstance(config, Config):
        raise ConfigError(checker.problems)
    return config


def _data_dir(raw: dict[str, Any], path: Path) -> Path:
    """Where the station keeps what it learns; the default where the key is wrong, which is reported later."""
    station = raw.get("station")
    named = station.get("data_dir") if isinstance(station, dict) else None
    return path.absolute().parent / (named if isinstance(named, str) else DATA_DIR)


def password(broker: BrokerConfig) -> str | None:
    """The broker's password, without the line end of its file. Raises ConfigError if the file has none."""
    return secret_in(broker.password_file, "broker.password_file")


def secret_in(file: Path | None, key: str) -> str | None:
    """The password in the file that `key` names, without its line end. Raises ConfigError."""
    if file is None:
        return None
    text = _text(file, f"write the broker's password into it, or correct {key}")
    secret = text.rstrip("\r\n")
    if not secret:
        raise ConfigError([f"{file}: is empty; write the broker's password into it"])
    return secret


def shipped(name: str) -> Path:
    """A file of config/ as it comes with Shelfpost: inside the installed package, or in the checkout."""
    package = Path(__file__).parents[1]
    packaged = package / "_config" / name
    return packaged if packaged.exists() else package.parent / "config" / name


def _derive(raw: dict[str, Any]) -> None:
    """Put in the defaults that depend on other keys. Leaves alone what has the wrong type."""
    broker, panel, scanners = raw.get("broker"), raw.get("panel"), raw.get("scanner")
    if isinstance(broker, dict):
        broker.setdefault("port", 8883 if "ca_file" in broker else 1883)
    if isinstance(panel, dict):
        panel.setdefault("driver", TerminalPanelConfig().driver)
    for number, scanner in enumerate(scanners if isinstance(scanners, list) else (), 1):
        if isinstance(scanner, dict):
            scanner.setdefault("name", f"{scanner.get('driver')}-{number}")


def _text(file: Path, if_missing: str) -> str:
    """What `file` holds, without a byte order mark. Raises ConfigError that shows none of it."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError([f"{file}: there is no such file; {if_missing}"]) from None
    except PermissionError:
        raise ConfigError(
            [f"{file}: this user may not read it; use sudo, or give the file to the group shelfpost"]
        ) from None
    except OSError as error:
        raise ConfigError([f"{file}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{file}: is not UTF-8 text; save it as UTF-8"]) from None
