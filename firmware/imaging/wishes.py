"""All that was asked for, checked before a byte is copied; nothing of it needs the image to be known."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from imaging import options, settings
from imaging.ext4 import Entry
from imaging.provision import Person, Wifi
from imaging.tools import Trouble
from station.config import GpioPanelConfig


@dataclass(frozen=True)
class Wishes:
    settings: list[Entry]
    panel: GpioPanelConfig
    person: Person
    wifi: Wifi | None
    packages: Path | None
    data_size: int | None


def wishes(told: argparse.Namespace) -> Wishes:
    if told.data_size and not told.read_only_root:
        raise Trouble("--data-size goes with --read-only-root, which makes the data partition")
    if told.packages and not told.packages.is_dir():
        raise Trouble(f"--packages {told.packages}: is no folder")
    if told.config and (told.id or told.scanner):
        raise Trouble("--id and --scanner go without --config, which says both")
    if told.id:
        options.named("--id", told.id, options.STATION, "a to z, 0 to 9 and _")
    files = settings.taken(told.config) if told.config else settings.made(told.id, told.scanner)
    config = settings.checked(files)
    assert isinstance(config.panel, GpioPanelConfig)
    hostname = told.hostname or (settings.named(files) or "").replace("_", "-").strip("-") or "shelfpost"
    return Wishes(
        files,
        config.panel,
        Person(
            options.named("--hostname", hostname, options.HOSTNAME, "a to z, 0 to 9 and -, at most 63"),
            options.named("--user", told.user, options.USER, "a to z, 0 to 9, _ and -"),
            options.keys(told.ssh_key),
            options.timezone(told.timezone),
        ),
        options.wifi(told.wifi_ssid, told.wifi_password_file, told.wifi_country),
        told.packages,
        options.size(told.data_size) if told.read_only_root else None,
    )
