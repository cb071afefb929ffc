"""`station watch`: what a library's stations say, as it comes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import structs

from station.config import BrokerConfig, ConfigError, load
from station.drivers.wake import Wake
from station.mqtt import Message, Refused
from station.topics import escaped
from station.watching import Down, Up, about, event_in, kind, listen, visible

WANTED = re.compile(r"events/.+|stations/[^/]+/(state|health)")
"""Topics below the library's. Some brokers send more than one has subscribed to."""


@click.command()
@click.option("--host", help="The broker's name or address, in place of the configuration's broker.")
@click.option("--port", type=click.IntRange(1, 65535), help="Its TCP port.")
@click.option("--protocol", type=click.Choice(["5", "3.1.1"]), help="The version of MQTT.")
@click.option("--root", help="The first part of every topic.")
@click.option("--library", help="The library's id.")
@click.option("--json", "json_", is_flag=True, help="Print JSON for programs: events as they came.")
@click.option("--count", type=click.IntRange(1), help="End after so many events.")
@click.pass_obj
def watch(
    config_path: Path,
    host: str | None,
    port: int | None,
    protocol: str | None,
    root: str | None,
    library: str | None,
    json_: bool,
    count: int | None,
) -> None:
    """Print what happens in a library, and how its stations are, until Ctrl-C.

    Of readers it shows the last four characters of their cards, and with --json all that the events say.
    """
    given = {"host": host, "port": port, "protocol": protocol, "root": root}
    broker, known = _broker(config_path, {key: value for key, value in given.items() if value}, library)
    line_of = as_json if json_ else Plain().line
    try:
        _follow(broker, known, line_of, count)
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _broker(path: Path, given: dict[str, Any], library: str | None) -> tuple[BrokerConfig, str]:
    """The broker and the library to watch: the configuration's, unless a host is given."""
    if "host" in given:
        if library is None:
            raise click.UsageError("--host needs --library too: no configuration is read then.")
        return BrokerConfig(**given), library
    config = load(path)
    known = library or config.station.library
    if config.broker is None:
        raise ConfigError([f"{path}: there is no [broker]; add one, or name it with --host"])
    if known is None:
        raise ConfigError([f"{path}: [station] library is not set; set it, or name it with --library"])
    return structs.replace(config.broker, **given), known


def _follow(
    broker: BrokerConfig, library: str, line_of: Callable[[Message], str | None], count: int | None
) -> None:
    """Print until `count` events have come. Raises click.ClickException if the broker refuses."""
    root = f"{broker.root}/{escaped(library)}"
    filters = [f"{root}/events/#", f"{root}/stations/+/state", f"{root}/stations/+/health"]
    address = f"{broker.host}:{broker.port}"
    troubles = Troubles(address, lambda text: click.echo(f"station: {text}", err=True))
    with closing(listen(broker, filters, Wake())) as heard:
        for each in heard:
            match each:
                case Up():
                    troubles.over(f"watching {library} at {address}")
                case Down(cause, _):
                    troubles.tell(cause)
                case Message() if WANTED.fullmatch(each.topic.removeprefix(f"{root}/")):
                    line = line_of(each)
                    if line is not None:
                        click.echo(line)
                    if count is not None and event_in(each.payload) is not None:
                        count -= 1
            if count == 0:
                return


class Troubles:
    """Says that the broker is away, and why, once for each cause."""

    def __init__(self, address: str, say: Callable[[str], None]) -> None:
        self._address = address
        self._say = say
        self._told: str | None = None
        self._was_up = False

    def tell(self, cause: Exception) -> None:
        if isinstance(cause, Refused) and not self._was_up:
            raise click.ClickException(str(cause)) from cause
        if str(cause) != self._told:
            self._say(f"no connection to {self._address}: {cause}. Trying again.")
        self._told = str(cause)

    def over(self, text: str) -> None:
        self._say(text)
        self._told, self._was_up = None, True


def as_json(message: Message) -> str | None:
    """An event as it came, on one line; what else came with its topic. None for what is no JSON."""
    try:
        said = msgspec.json.format(message.payload, indent=-1).decode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if event_in(message.payload) is not None:
        return said
    return f'{{"topic":{json.dumps(message.topic)},"payload":{said}}}'


class Plain:
    """Lines for people. What a station says of itself is said when something has changed that matters."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], str] = {}

    def line(self, message: Message) -> str | None:
        *_, station, what = message.topic.rsplit("/", 2)
        event = event_in(message.payload)
        if event is not None:
            return _line(event.get("time"), station, kind(event), about(event))
        try:
            said = json.loads(message.payload)
        except (ValueError, RecursionError):
            return None
        if not isinstance(said, dict):
            return None
        words = str(said.get("state")) if what == "state" else _health(said)
        if self._said.get((station, what)) == words:
            return None
        self._said[station, what] = words
        return _line(said.get("at"), station, what, words)


def _health(said: dict[str, Any]) -> str:
    """What staff may have to look at; numbers that change each minute are left out."""
    clock, scanners = said.get("clock"), said.get("scanners")
    trusted = isinstance(clock, dict) and clock.get("trusted")
    gone = [name for name, there in scanners.items() if not there] if isinstance(scanners, dict) else []
    words = [
        f"version={said.get('version')}",
        f"outbox={said.get('outbox')}",
        "" if trusted else "clock=unsynchronised",
        f"scanners_gone={','.join(gone)}" if gone else "",
    ]
    return " ".join(filter(None, words))


def _line(at: object, station: str, what: str, words: str) -> str:
    return visible(f"{at or '-'}  {station}  {what}  {words}")
