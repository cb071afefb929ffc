"""The daemon as a process: what it needs is opened, signals are heard, and one runs on a data folder."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from station import wiring
from station.config import Config, ConfigError, load, password
from station.daemon import Daemon
from station.decision import Act
from station.drivers import Clock
from station.drivers.notify import Notifier
from station.store import Store, StoreError

log = logging.getLogger("station.service")

EX_TEMPFAIL = 75
"""As in sysexits.h: systemd starts the unit again on any failure but a wrong configuration."""


def run(file: Path, clock: Clock) -> None:
    """Run the station that `file` configures until SIGTERM or SIGINT, or until every scanner has ended.

    Raises ConfigError, StoreError, PanelError or PatternError, each with what to do.
    """
    config = load(file)
    _check(config)
    with only_one(config.station.data_dir):
        store = wiring.open_store(config)
        same_library(config, store)
        panel = wiring.panel(config.panel)
        scanners = [wiring.scanner(each) for each in config.scanner]
        daemon = Daemon(config, clock, panel, scanners, store, Notifier(), config_file=file)
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda number, _frame: daemon.stop(signal.Signals(number).name.lower()))
        try:
            reason = daemon.run()
        finally:
            panel.close()
    _afterwards(reason)


def _afterwards(reason: str) -> None:
    """RESTART leaves it to systemd to start the station again, SHUTDOWN to power the machine off."""
    if reason == Act.RESTART:
        sys.exit(EX_TEMPFAIL)
    if reason == Act.SHUTDOWN:
        told = subprocess.run(["systemctl", "poweroff"], capture_output=True, text=True, check=False)
        if told.returncode:
            log.error("the machine does not shut down: %s", told.stderr.strip() or told.returncode)
            sys.exit(1)


def _check(config: Config) -> None:
    if not config.scanner:
        raise ConfigError(["[[scanner]]: there is none; a station needs a scanner to read cards and books"])
    if config.broker:
        password(config.broker)


def same_library(config: Config, store: Store) -> None:
    library = store.shelf.library()
    wanted = config.station.library
    if library and wanted and library.id != wanted:
        raise ConfigError(
            [
                f"station.library is {wanted}, but the store in {config.station.data_dir}"
                f" belongs to {library.id}"
            ]
        )


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data folder against a second daemon; the kernel lets go of it however this one ends."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o750)
        descriptor = os.open(data_dir / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        raise StoreError(
            f"cannot use the data folder {data_dir}: {error.strerror}. Give the station's user a folder that"
            " it may write to ([station] data_dir)."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise StoreError(
            f"another station is running on {data_dir}. Stop it first, or give this one its own data_dir."
        ) from None
    try:
        yield
    finally:
        os.close(descriptor)
