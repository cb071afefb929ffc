"""`station simulate`: a whole station in the terminal, without its hardware."""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from station.simulate.rig import Plan

DEFAULTS = (ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP)


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the sample library in this folder.",
)
@click.option(
    "--script",
    type=click.File("r", encoding="utf-8"),
    help="Play a file of scans without a terminal (- for standard input).",
)
@click.pass_context
def simulate(ctx: click.Context, data: Path | None, script: TextIO | None) -> None:
    """Try a whole station in the terminal, without its hardware.

    Without a configuration it lends from a small sample library. With one it takes that station's store,
    sessions and patterns: what you do there is real. Where no [broker] is configured it brings its own, and
    what that one has acknowledged counts as sent.
    """
    with _told_to_end(), _plan(_configuration(ctx), data) as plan:
        if script is not None:
            _play(plan, script)
        else:
            _show(plan)


@contextmanager
def _told_to_end() -> Iterator[None]:
    """A closed terminal ends the simulator as any other end does: in order, and cleaned up."""
    ends = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(each, lambda number, _frame: sys.exit(128 + number)) for each in ends]
    try:
        yield
    finally:
        for each, handler in zip(ends, before, strict=True):
            signal.signal(each, handler)


def _configuration(ctx: click.Context) -> Path | None:
    """The configuration to use; None: there is none where the default is, and nobody named another."""
    path: Path = ctx.obj
    named = ctx.find_root().get_parameter_source("config_path") not in DEFAULTS
    return path if named or path.exists() else None


@contextmanager
def _plan(path: Path | None, data: Path | None) -> Iterator[Plan]:
    if path is None:
        with _folder(data) as folder:
            yield _sample(folder)
    elif data is not None:
        raise click.UsageError(f"--data is for the sample library, but {path} names a data_dir of its own.")
    else:
        yield _configured(path)


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is not None:
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="shelfpost-") as folder:
        yield Path(folder)


def _sample(folder: Path) -> Plan:
    _need("amqtt")
    from station.simulate import library
    from station.simulate.broker import EmbeddedBroker
    from station.simulate.rig import Plan

    broker = EmbeddedBroker()
    return Plan(library.config(folder, broker.config), broker, sample=True)


def _configured(path: Path) -> Plan:
    from msgspec import structs

    from station.config import load
    from station.simulate.broker import EmbeddedBroker
    from station.simulate.rig import Plan

    config = load(path)
    if config.broker:
        return Plan(config, None, sample=False)
    _need("amqtt")
    broker = EmbeddedBroker()
    return Plan(structs.replace(config, broker=broker.config), broker, sample=False)


def _play(plan: Plan, script: TextIO) -> None:
    from station.simulate.script import ScriptError, read, run

    try:
        steps = read(script.name, script, has_switch=plan.embedded is not None)
    except ScriptError as error:
        raise click.ClickException(str(error)) from None
    except UnicodeDecodeError:
        raise click.ClickException(f"{script.name} is not UTF-8: save it as UTF-8.") from None
    if not run(plan, steps, click.echo, lambda text: click.echo(f"station: {text}", err=True)):
        raise click.ClickException("not every event has reached the broker; they are kept on disk.")


def _show(plan: Plan) -> None:
    _need("textual")
    from station.drivers.clock import SystemClock
    from station.simulate.app import Simulator

    simulator = Simulator(plan, SystemClock())
    try:
        failure = simulator.run()
    finally:
        simulator.rig.stop()
    if failure is not None:
        raise failure


def _need(library: str) -> None:
    if find_spec(library) is None:
        raise click.ClickException(
            f"the simulator needs {library}, which is not installed: pip install 'shelfpost[simulator]'"
        )
