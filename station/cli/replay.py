"""`station replay`: transcripts, the specification in readers' words."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from station.replay.play import Outcome, play
from station.replay.steps import Transcript
from station.replay.transcript import Mistakes, read

DIFFERENT, WRONG = 1, 2
"""Exit codes: a station that does otherwise than a transcript says; a transcript that can't be played."""


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(readable=False))
def replay(files: tuple[str, ...]) -> None:
    """Play transcripts, each at a fresh station on a virtual clock.

    Prints a line a step, and ends a FILE at its first difference. FILE may be - for standard input. Exits
    with 1 if a station does otherwise than its transcript says, with 2 if a transcript is written wrongly.

    Quotes are those of a shell; $'…' knows \\n, \\r, \\t, \\\\, \\', \\" and \\uXXXX for what can't be typed.
    """
    sys.exit(max(_replay(each) for each in files))


def _replay(file: str) -> int:
    try:
        transcript = read(file, text_in(file))
        return _play(transcript)
    except Mistakes as mistakes:
        for each in mistakes.problems:
            click.echo(each, err=True)
        return WRONG


def text_in(file: str) -> str:
    """What stands in a file. Raises Mistakes if that can't be read."""
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except (OSError, ValueError) as error:
        raise Mistakes([f"{file}: cannot be read: {getattr(error, 'strerror', error)}"]) from error
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Mistakes([f"{file}:{line}: this is not UTF-8; save the file as UTF-8"]) from error


def _play(transcript: Transcript) -> int:
    click.echo(f"{transcript.name}: {transcript.title}".rstrip(": "))
    for outcome in play(transcript):
        click.echo(line(outcome))
        if outcome.difference:
            click.echo(f"{transcript.name}:{outcome.step.line}: {outcome.difference}", err=True)
            return DIFFERENT
    return 0


def line(outcome: Outcome) -> str:
    """A step with its line, the virtual time when it was done, and what came."""
    came = "" if outcome.came is None else f" -> {outcome.came}"
    told = f"  ({outcome.difference})" if outcome.difference else ""
    return f"{outcome.step.line:>4}  {outcome.at:%Y-%m-%d %H:%M:%S}  {outcome.step.words}{came}{told}"
