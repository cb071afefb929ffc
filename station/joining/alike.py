"""What all stations of a library have to have alike: how codes look, and how long the desk waits."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from station.config import Config, PatternsConfig, SessionConfig


def alike(config: Config) -> dict[str, dict[str, Any]]:
    """The sections of the configuration, as far as they are not the defaults."""
    return {
        "patterns": _unusual(config.patterns, PatternsConfig()),
        "session": _unusual(config.session, SessionConfig()),
    }


def _unusual(
    section: PatternsConfig | SessionConfig, usual: PatternsConfig | SessionConfig
) -> dict[str, Any]:
    told = {name: _plain(value) for name, value in structs.asdict(section).items()}
    defaults = {name: _plain(value) for name, value in structs.asdict(usual).items()}
    return {name: value for name, value in told.items() if value != defaults[name]}


def _plain(value: Any) -> Any:
    """A regular expression as its text."""
    return getattr(value, "pattern", value)
