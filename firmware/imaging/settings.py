"""The station's settings, /etc/shelfpost: a folder as it is, or the installer's first one."""

from __future__ import annotations

import re
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from imaging.ext4 import Entry
from imaging.source import CHECKOUT
from imaging.tools import Trouble
from station.config import Config, ConfigError, GpioPanelConfig, load

FOLDER = PurePosixPath("/etc/shelfpost")
MAIN = "station.toml"
ID = re.compile(r'^#id = ".*"$', re.MULTILINE)
MATCH = re.compile(r'^match = ".*"$', re.MULTILINE)


def first(station: str | None, scanner: str | None) -> str:
    """config/first.toml, the installer's. Without an id, a station has its machine's, or its join code's."""
    text = (CHECKOUT / "config" / "first.toml").read_text("utf-8")
    text = ID.sub(f'id = "{station}"', text) if station else text
    return MATCH.sub(f"match = {_toml(scanner)}", text) if scanner else text


def made(station: str | None, scanner: str | None) -> list[Entry]:
    return [Entry(FOLDER / MAIN, 0o644, first(station, scanner).encode())]


def taken(source: Path) -> list[Entry]:
    """A station.toml alone, or a folder with one, whose other files may hold passwords."""
    main = source / MAIN if source.is_dir() else source
    if not main.is_file():
        raise Trouble(f"{main}: not found; config/station.toml is an example of what belongs there")
    files = sorted(each for each in source.rglob("*") if each.is_file()) if source.is_dir() else []
    others = [each for each in files if each != main]
    return [
        Entry(FOLDER / MAIN, 0o644, main.read_bytes()),
        *(Entry(FOLDER / each.relative_to(source), 0o600, each.read_bytes()) for each in others),
    ]


def checked(entries: list[Entry]) -> Config:
    """The configuration as the station will read it. Raises Trouble with all that is wrong in it."""
    with tempfile.TemporaryDirectory() as folder:
        main = Path(folder) / MAIN
        main.write_bytes(next(each.content or b"" for each in entries if each.path == FOLDER / MAIN))
        try:
            config = load(main)
        except ConfigError as error:
            raise Trouble("\n".join(error.problems).replace(str(main), MAIN)) from None
        if wrong := list(_unfit(config, Path(folder), entries)):
            raise Trouble("\n".join(wrong))
        return config


def named(entries: list[Entry]) -> str | None:
    """The station's id, if the settings give it one: on this machine, `load` fills in this machine's."""
    text = next(each.content or b"" for each in entries if each.path == FOLDER / MAIN).decode("utf-8-sig")
    station = tomllib.loads(text).get("station", {})
    return str(station["id"]) if "id" in station else None


def _unfit(config: Config, folder: Path, entries: list[Entry]) -> Iterator[str]:
    if not isinstance(config.panel, GpioPanelConfig):
        yield f'{MAIN}: [panel] driver is not "gpio", so the lamps would stay dark'
    if not config.scanner:
        yield f"{MAIN}: has no [[scanner]], so nothing could be scanned"
    there = {folder / each.path.relative_to(FOLDER) for each in entries}
    for path in _named(config):
        here = folder / path.relative_to(FOLDER) if path.is_relative_to(FOLDER) else path
        if here.is_relative_to(folder) and here not in there:
            yield f"{MAIN}: names {here.name}, which is not beside it: give --config the folder with both"


def _named(config: Config) -> Iterator[Path]:
    broker = config.broker
    secrets = (broker.password_file, broker.join_password_file, broker.key_file) if broker else ()
    certificates = (broker.ca_file, broker.cert_file) if broker else ()
    yield from (each for each in (*secrets, *certificates, config.panel.signals) if each)


def _toml(text: str) -> str:
    """A basic string; a backslash of a name must not start an escape, here or in the replacement."""
    if re.search(r'[\x00-\x1f"\\]', text):
        raise Trouble(f"--scanner {text}: holds a character that no scanner's name has")
    return f'"{text}"'
