"""`station library`: make the library, look at its policy, change it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args, get_type_hints

import click
import msgspec
from msgspec import structs

from station.cli import questions
from station.cli.desk_side import as_json, change, opened, the_library
from station.cli.library_join import invite, join
from station.config import Config, load
from station.config.identity import own_name
from station.decision import Draft
from station.documents import write
from station.events import LibraryChanged, LibraryCreated
from station.joining.settle import learn
from station.model import Library, Policy
from station.policy import PolicyError, changed
from station.store import StoreError
from station.store.shelf import StoredShelf

settings = click.argument("settings", nargs=-1, metavar="[KEY=VALUE]…")

NARROWEST, WIDEST = 12, 24
"""Of the column of the policy's values: a list that is longer pushes its own meaning aside, and no other."""


@click.group()
def library() -> None:
    """Make the library, see its policy, change it; invite stations to it, or join one."""


library.add_command(invite)
library.add_command(join)


@library.command()
@click.option("--id", "key", help="The library's id (default: the configuration's [station] library).")
@click.option("--name", help="Its name, as people say it.")
@click.option("--contact", default="", help="Whom readers can ask.")
@as_json
@settings
@click.pass_obj
def create(
    config_path: Path,
    key: str | None,
    name: str | None,
    contact: str,
    json_: bool,
    settings: tuple[str, ...],
) -> None:
    """Make the library that this station lends for, with the policy KEY=VALUE…

    What is missing is asked for.
    """
    config = load(config_path)
    policy = _policy(Policy(), settings)
    with opened(config_path) as store:
        _is_first(store.shelf)
        asked = questions.answered(config, key, name, policy, settings)
        library = Library(id=asked.id, name=asked.name, contact=contact, policy=asked.policy)

        def act(draft: Draft, shelf: StoredShelf) -> None:
            _is_first(shelf)
            store.journal.keep_secret(library.id)
            draft.save(library)
            draft.record(LibraryCreated(library=library.id))

        _keep_the_name(config)
        change(store, act)
        _print(the_library(store.shelf), json_)


@library.command()
@as_json
@click.pass_obj
def show(config_path: Path, json_: bool) -> None:
    """Show the library and its policy, each key with its meaning."""
    with opened(config_path) as store:
        _print(the_library(store.shelf), json_)


@library.command("set")
@click.option("--name", help="Its name, as people say it.")
@click.option("--contact", help="Whom readers can ask.")
@as_json
@settings
@click.pass_obj
def set_(
    config_path: Path, name: str | None, contact: str | None, json_: bool, settings: tuple[str, ...]
) -> None:
    """Change the policy: station library set loan_days=21 closed_dates=2026-12-25,2026-12-26"""

    def act(draft: Draft, shelf: StoredShelf) -> None:
        found = the_library(shelf)
        after = structs.replace(
            found,
            name=found.name if name is None else name,
            contact=found.contact if contact is None else contact,
            policy=_policy(found.policy, settings),
        )
        if after != found:
            draft.save(after)
            draft.record(LibraryChanged(library=found.id))

    with opened(config_path) as store:
        change(store, act)
        _print(the_library(store.shelf), json_)


def _is_first(shelf: StoredShelf) -> None:
    found = shelf.library()
    if found:
        raise click.ClickException(f"this station already belongs to the library {found.id}.")


def _keep_the_name(config: Config) -> None:
    """A station with a library keeps its name, whatever becomes of its machine's."""
    if config.station.id == own_name():
        try:
            learn(config.station.data_dir, {"station": {"id": config.station.id}})
        except OSError as error:
            raise StoreError(
                f"the station's name can't be kept in {config.station.data_dir}: {error.strerror}."
            ) from error


def _policy(policy: Policy, settings: tuple[str, ...]) -> Policy:
    try:
        return changed(policy, settings)
    except PolicyError as error:
        raise click.ClickException(str(error)) from None


def _print(found: Library, json_: bool) -> None:
    if json_:
        click.echo(json.dumps(write(found), ensure_ascii=False, indent=2))
        return
    click.echo(f"{found.name} ({found.id})" + (f", {found.contact}" if found.contact else ""))
    values = msgspec.to_builtins(found.policy)
    said = {name: _said(values[name]) for name in meanings()}
    width = max(NARROWEST, *(len(each) for each in said.values() if len(each) <= WIDEST))
    for name, meaning in meanings().items():
        click.echo(f"  {name:21} {said[name]:{width}} {meaning}")


def meanings() -> dict[str, str]:
    """Each policy key and what it means."""
    hints = get_type_hints(Policy, include_extras=True)
    return {
        name: next(
            meta.description for meta in reversed(get_args(hint)) if getattr(meta, "description", None)
        )
        for name, hint in hints.items()
        if name != "extra"
    }


def _said(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(str, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else "none" if value is None else str(value)
