"""What `station library create` asks for, in words, where it was not told."""

from __future__ import annotations

import re
import sys

import click
from msgspec import Struct

from station.cli.values import TEXT
from station.config import Config, ConfigError
from station.joining.names import slug
from station.model import Policy
from station.policy import PolicyError, changed

_ID = re.compile(r"[a-z0-9_]{1,64}")
_WRONG_ID = "{!r} is no library id: it takes a to z, 0 to 9 and _, at most 64."

QUESTIONS = {
    "loan_days": "For how many days is a book lent",
    "max_loans": "How many books may a reader have at once",
    "admission": "A card that nobody knows: open (lends at once), review (staff decides) or closed",
}
"""The policy's keys that a person is asked about at a terminal; the others have defaults to begin with."""


class Answers(Struct, frozen=True):
    id: str
    name: str
    policy: Policy


def answered(
    config: Config, key: str | None, name: str | None, policy: Policy, settings: tuple[str, ...]
) -> Answers:
    """All that a library needs. Somebody who gave the name as an option is asked for what is missing alone.

    Raises ConfigError or click.ClickException, in words.
    """
    is_interview = name is None and sys.stdin.isatty()
    name = name or click.prompt("The library's name", type=TEXT)
    wanted = _id(config, key, name)
    if is_interview:
        given = {each.partition("=")[0] for each in settings}
        for each in (each for each in QUESTIONS if each not in given):
            policy = _asked(policy, each)
    return Answers(wanted, name, policy)


def _id(config: Config, key: str | None, name: str) -> str:
    configured = config.station.library
    if key and configured and key != configured:
        raise ConfigError(
            [f"--id is {key}, but this station's configuration says that its library is {configured}"]
        )
    wanted = key or configured
    while wanted is None:
        wanted = click.prompt("Its id, in topics and codes (a to z, 0 to 9, _)", default=slug(name) or None)
        if not _ID.fullmatch(wanted) and sys.stdin.isatty():
            click.echo(_WRONG_ID.format(wanted), err=True)
            wanted = None
    if not _ID.fullmatch(wanted):
        raise click.ClickException(_WRONG_ID.format(wanted))
    return wanted


def _asked(policy: Policy, key: str) -> Policy:
    while True:
        text = click.prompt(QUESTIONS[key], default=str(getattr(policy, key)))
        try:
            return changed(policy, [f"{key}={text.strip()}"])
        except PolicyError as error:
            click.echo(str(error), err=True)
