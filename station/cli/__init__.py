"""The command line. Each command's file is imported when it is called: a Pi starts quickly so."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from station import __version__
from station.cli.values import takes_text

COMMANDS = {
    "run": "run",
    "simulate": "simulate",
    "replay": "replay",
    "watch": "watch",
    "doctor": "doctor",
    "library": "library",
    "reader": "reader",
    "item": "item",
    "title": "title",
    "loan": "loan",
    "exception": "exception",
    "event": "event",
    "report": "report",
    "print": "print_",
    "decode": "decode",
    "backup": "backup",
    "restore": "restore",
    "resend": "resend",
    "lights-out": "lights_out",
}
"""Command names and the module of `station.cli` that holds each, under the same name, with `_` for `-`."""


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"station.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return takes_text(command)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="shelfpost")
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, readable=False),
    envvar="SHELFPOST_CONFIG",
    default=Path("/etc/shelfpost/station.toml"),
    show_default=True,
    help="The station's configuration (or the variable SHELFPOST_CONFIG).",
)
@click.pass_context
def station(ctx: click.Context, config_path: Path) -> None:
    """A self-service lending station for a library shelf."""
    ctx.obj = config_path
