"""`station decode`: what the camera would read in a picture file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from station.cli.desk_side import as_json

NO_PICTURE = 1


@click.command()
@click.argument("pictures", nargs=-1, required=True, metavar="PICTURE…", type=click.Path(path_type=Path))
@as_json
def decode(pictures: tuple[Path, ...], json_: bool) -> None:
    """Print the code that the camera would take in each PICTURE.

    Of several codes in one PICTURE that is the one that fits best: a label before a book's number, and that
    before any other. Exits with 1 if a PICTURE can't be looked at; the others are, all the same.
    """
    still = _still()
    said = [_looked_at(still, each) for each in pictures]
    for each in said:
        if "error" in each:
            click.echo(f"station: {each['picture']}: {each['error']}", err=True)
        elif not json_:
            click.echo(f"{each['picture']}: {_in_words(each['text'], each['symbology'])}")
    if json_:
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    sys.exit(NO_PICTURE if any("error" in each for each in said) else 0)


def _still() -> Any:
    """The camera's eyes, for files. Raises click.ClickException where they aren't there or don't load."""
    from station.drivers.camera import DecoderMissing, not_loaded

    try:
        from station.drivers.camera.still import Still
    except Exception as error:
        raise click.ClickException(not_loaded("what the camera needs", error)) from None
    try:
        return Still()
    except DecoderMissing as missing:
        raise click.ClickException(str(missing)) from None


def _looked_at(still: Any, path: Path) -> dict[str, str | None]:
    from station.drivers.camera.picture_file import NoPicture, luma_of

    try:
        code = still.read(luma_of(path))
    except NoPicture as error:
        return {"picture": str(path), "error": str(error)}
    return {
        "picture": str(path),
        "text": code.text if code else None,
        "symbology": code.symbology if code else None,
    }


def _in_words(text: str | None, symbology: str | None) -> str:
    if text is None:
        return "nothing read"
    return f"{''.join(each if each.isprintable() else repr(each)[1:-1] for each in text)}  ({symbology})"
