"""The configuration, and the files that it names."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from station.config import ConfigError, password
from station.doctor.findings import Finding, ok, skipped, warning, wrong
from station.doctor.person import READ
from station.doctor.place import Place


def configuration(place: Place) -> Iterator[Finding]:
    """What `station run` would find, and who may read the files."""
    problems = [*_scanners(place), *_library(place), *_files(place)]
    if not any(each.status == "wrong" for each in problems):
        yield ok(f"{place.config_path}: no mistakes; station {place.config.station.id}")
    yield from problems


def mistakes(error: ConfigError) -> Iterator[Finding]:
    """A file that can't be used: every mistake in it."""
    for each in error.problems:
        yield wrong(each, "Correct it, and run the doctor again: the station does not start with it.")


def _scanners(place: Place) -> Iterator[Finding]:
    if not place.config.scanner:
        yield wrong(
            "there is no [[scanner]]: a station needs one to read cards and books",
            f"Add one to {place.config_path}; the example in config/station.toml shows each kind.",
        )


def _library(place: Place) -> Iterator[Finding]:
    wanted = place.config.station.library
    with place.store() as store:
        library = store.shelf.library() if store else None
    if library and wanted and library.id != wanted:
        yield wrong(
            f"station.library is {wanted}, but the store in {place.data_dir} belongs to {library.id}",
            "Correct station.library, or give the station a data_dir of its own.",
        )


def _files(place: Place) -> Iterator[Finding]:
    broker = place.config.broker
    if broker is None:
        return
    if broker.password_file:
        yield from _password(place, broker.password_file)
    for key in ("ca_file", "cert_file", "key_file"):
        file = getattr(broker, key)
        if file and not file.is_file():
            yield wrong(f"broker.{key}: there is no file {file}", "Put it there, or correct the path.")
        elif file:
            yield from _readable(place, file)


def _password(place: Place, file: Path) -> Iterator[Finding]:
    assert place.config.broker
    try:
        password(place.config.broker)
    except ConfigError as error:
        if file.exists() and not place.asks.may(file, READ):
            yield skipped(f"{file}: {place.asks.name} may not read it", place.sudo)
        else:
            yield wrong(str(error), "The station does not start without it.")
        return
    yield from _readable(place, file)
    if file.stat().st_mode & stat.S_IROTH:
        yield warning(f"{file}: everybody on this computer may read the password", f"sudo chmod o= {file}")


def _readable(place: Place, file: Path) -> Iterator[Finding]:
    if not place.user.may(file, READ):
        yield wrong(
            f"{file}: the station's user {place.user.name} may not read it",
            f"sudo chown root:{place.user.name} {file} && sudo chmod 0640 {file}",
        )
