"""What an option takes, beside click's own kinds: a text that is one, a day that can be reckoned with."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import click

FIRST, LAST = date(1970, 1, 1), date(9998, 12, 31)
"""Further away a day's neighbours, or its beginning in another time zone, may be none."""


class _Text(click.types.StringParamType):
    """Python hands on a byte that is no UTF-8 as half a character, which no store and no JSON takes."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(super().convert(value, param, ctx))
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail(f"{text!r} is not UTF-8: set the terminal to UTF-8, and type it again.", param, ctx)
        return text


TEXT = _Text()


def day(text: str) -> date:
    """The type of an option that takes a day, as YYYY-MM-DD. Raises click.BadParameter, in words."""
    try:
        found = datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise click.BadParameter(f"{text[:40]!r} is no day: write it as YYYY-MM-DD.") from None
    if not FIRST <= found <= LAST:
        raise click.BadParameter(f"{text} is too far away: take a day from {FIRST} to {LAST}.")
    return found


def takes_text(command: click.Command) -> click.Command:
    """Have `command`, and each below it, refuse words that are no text. A file's name may be any bytes."""
    for param in command.params:
        if param.type is click.STRING:
            param.type = TEXT
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        takes_text(each)
    return command
