"""`station print`: command codes and rules; cards and labels are in `print_cells`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from station.cli.desk_side import as_json, opened, put_out
from station.cli.print_cells import labels, readers
from station.cli.print_join import join
from station.cli.print_options import Output, output, whole_page
from station.config import Config, load
from station.model import Library
from station.patterns import Patterns
from station.patterns import load as load_patterns
from station.printing.sheets import SHEETS, paper


@click.group("print")
def print_() -> None:
    """Print cards, labels, command codes and notices, as PDF files.

    Print the files at their real size, without "fit to page".
    """


print_.add_command(readers)
print_.add_command(labels)
print_.add_command(join)
print = print_
"""Under the command's name, which is where `station.cli` looks for it."""


@print_.command()
@as_json
def sheets(json_: bool) -> None:
    """List the sheets by name, with the size of a cell in millimetres."""
    rows = [
        {
            "name": each.name,
            "across": each.columns,
            "down": each.rows,
            "width": each.cell[0],
            "height": each.cell[1],
            "fits": each.note,
        }
        for each in SHEETS.values()
    ]
    put_out(rows, ("name", "across", "down", "width", "height", "fits"), json_)


@print_.command()
@whole_page
@output
@click.pass_obj
def commands(config_path: Path, size: str, made: Output) -> None:
    """Print every command's code with its meaning, the legend of the signals, and the test codes."""
    from station.printing.commands import Task, pages

    config, library = _here(config_path)
    task = Task(library.name, config.patterns.command_prefix, made.language)
    count = made.make("Command codes", partial(pages, paper(size), _patterns(config), task))
    made.say(f"command codes, legend and test codes, {count} pages")


@print_.command()
@whole_page
@output
@click.pass_obj
def poster(config_path: Path, size: str, made: Output) -> None:
    """Print the rules for readers, for the wall beside the shelf."""
    from station.printing.notice import Rules
    from station.printing.notice import poster as laid_out

    config, library = _here(config_path)
    rules = Rules(library.name, library.contact, _patterns(config), made.language)
    made.make("Borrow and return", lambda pdf: [laid_out(paper(size), rules, pdf)])
    made.say("the rules for readers")


def _here(config_path: Path) -> tuple[Config, Library]:
    """The configuration, and the library or, before there is one, a library without a name."""
    config = load(config_path)
    with opened(config_path) as store:
        return config, store.shelf.library() or Library(id="none")


def _patterns(config: Config) -> Patterns:
    """The signals as this station plays them."""
    return load_patterns(config.panel.signals)
