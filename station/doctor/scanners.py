"""The scanners: is each one there, may the station read it, and does nobody else."""

from __future__ import annotations

import queue
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from station import wiring
from station.config import ConfigError, EvdevConfig, LinesConfig, ScannerConfig, SerialConfig
from station.doctor.findings import Finding, ok, skipped, warning, wrong
from station.doctor.person import READ
from station.doctor.place import Place
from station.doctor.processes import holders, said
from station.drivers import Report, Scanner, ScannerLost
from station.drivers.input_devices import InputDevices, typing_devices
from station.drivers.ports import Finder
from station.drivers.serial_ports import SerialPorts, usb_ports

PATIENCE = 10.0
"""Seconds that a scanner may take to be opened."""


def scanners(place: Place) -> Iterator[Finding]:
    for config in place.config.scanner:
        yield from _scanner(place, config)


def layout(place: Place) -> Iterator[Finding]:
    for config in place.config.scanner:
        if isinstance(config, EvdevConfig):
            yield skipped(
                f'{config.name}: layout = "{config.layout}"; only a scan shows whether that is right',
                "station doctor --scan, with the test code of the command sheet.",
            )


def _scanner(place: Place, config: ScannerConfig) -> Iterator[Finding]:
    if isinstance(config, LinesConfig):
        yield _lines(config)
    elif isinstance(config, EvdevConfig):
        yield from _ports(place, config, InputDevices(config.match, grab=place.pid is None))
    elif isinstance(config, SerialConfig) and place.pid is None:
        yield from _ports(place, config, SerialPorts(config.match, config.baud))
    elif isinstance(config, SerialConfig):
        yield from _serial_in_use(place, config)
    elif place.pid is None:
        yield _looked_at(config)
    else:
        yield skipped(f"{config.name}: the running station has it", "Its health says whether it is there.")


def _ports(place: Place, config: EvdevConfig | SerialConfig, finder: Finder) -> Iterator[Finding]:
    """Open what matches as the station does, and close it."""
    found = finder.look(())
    paths = [Path(each.path) for each in found.ports]
    for each in found.ports:
        each.close()
    if "no permission" in found.trouble and place.asks != place.user:
        yield skipped(f"{config.name}: {place.asks.name} may not look at it", place.sudo)
    elif found.trouble:
        yield wrong(f"{config.name}: {found.trouble}", _help(place, config, found.trouble))
    for path in paths:
        yield _usable(place, config.name, path)
    if len(paths) > 1:
        yield warning(
            f"{config.name}: {len(paths)} devices match; each is read as a scanner of its own",
            "If only one is the scanner, set match to its path in /dev/input/by-id or /dev/serial/by-id.",
        )


def _usable(place: Place, name: str, path: Path) -> Finding:
    if not place.user.may(path, READ):
        return wrong(
            f"{name}: the station's user {place.user.name} may not read {path}", place.user.join(path)
        )
    if place.pid is None:
        return ok(f"{name}: {path} is there, and nobody else reads it")
    return _held(place, name, path)


def _serial_in_use(place: Place, config: SerialConfig) -> Iterator[Finding]:
    """A port has one reader: it is not opened beside the running station."""
    path = Path(config.match)
    paths = (
        [path]
        if config.match.startswith("/")
        else [Path(each) for each, ids in _usb() if ids == config.match.lower()]
    )
    there = [each for each in paths if each.exists()]
    if not there:
        yield wrong(f"{config.name}: no serial port matches {config.match!r}", _help(place, config, ""))
    for each in there:
        yield _held(place, config.name, each)


def _held(place: Place, name: str, path: Path) -> Finding:
    people = holders(path)
    if place.pid in [pid for pid, _ in people]:
        return ok(f"{name}: {path} is there, and the running station reads it")
    if place.asks.uid != 0 and place.asks != place.user:
        return skipped(f"{name}: {path} is there; {place.asks.name} may not see who reads it", place.sudo)
    others = f"; {said(people)} has it open" if people else ""
    return warning(
        f"{name}: {path} is there, but the running station does not read it{others}",
        "journalctl -u shelfpost says why; the station looks again every few seconds.",
    )


def _help(place: Place, config: EvdevConfig | SerialConfig, trouble: str) -> str:
    if "no permission" in trouble:
        group = "input" if isinstance(config, EvdevConfig) else "dialout"
        return f"sudo usermod -aG {group} {place.user.name}, and start the station again"
    if "another program" in trouble:
        path = Path(trouble.partition(": ")[0])
        people = said(holders(path)) or "a program that this user may not see"
        return f"{people} has it open. End that program; ModemManager and desktops take scanners."
    there = _there(config)
    seen = f"Here are: {'; '.join(there)}." if there else "No device here types or is a USB serial port."
    return f"Plug it in, or correct match. {seen}"


def _there(config: EvdevConfig | SerialConfig) -> list[str]:
    if isinstance(config, EvdevConfig):
        return typing_devices()
    return [f'match = "{ids}" ({path})' for path, ids in _usb()]


def _usb() -> list[tuple[str, str]]:
    try:
        return list(usb_ports())
    except (ImportError, OSError):
        return []


def _lines(config: LinesConfig) -> Finding:
    if config.path == "-":
        return ok(f"{config.name}: standard input, one scan a line")
    path = Path(config.path)
    try:
        kind = "a FIFO" if stat.S_ISFIFO(path.stat().st_mode) else "a file, read once"
        return ok(f"{config.name}: {path} is there: {kind}")
    except OSError as error:
        return wrong(f"{config.name}: {path}: {error.strerror}", "Make it (mkfifo), or correct the path.")


def _looked_at(config: ScannerConfig) -> Finding:
    try:
        return _opened(config)
    except ConfigError as error:
        return wrong(
            f"{config.name}: {'; '.join(error.problems)}",
            "Install it, or take the section out of station.toml: the station does not start like this.",
        )


def _opened(config: ScannerConfig) -> Finding:
    """Any other driver: run it until it says that it is there, or why not. Raises ConfigError."""
    scanner = wiring.scanner(config)
    reports: queue.SimpleQueue[Report | Exception] = queue.SimpleQueue()
    thread = threading.Thread(target=_run, args=(scanner, reports.put), daemon=True)
    thread.start()
    try:
        first = reports.get(timeout=PATIENCE)
    except queue.Empty:
        return wrong(f"{config.name}: it does not open within {PATIENCE:.0f} s", "Look at its cable.")
    finally:
        scanner.close()
        thread.join(PATIENCE)
    if isinstance(first, Exception):
        return wrong(f"{config.name}: it fails: {type(first).__name__}: {first}", "Please report this line.")
    if isinstance(first, ScannerLost):
        return wrong(f"{config.name}: {first.cause}", "Plug it in, or correct its section.")
    return ok(f"{config.name}: it is there")


def _run(scanner: Scanner, tell: Callable[[Report | Exception], None]) -> None:
    try:
        scanner.run(tell)
    except Exception as error:
        tell(error)
