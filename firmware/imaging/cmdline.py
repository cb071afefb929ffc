"""The kernel's command line: cmdline.txt, which is one line or nothing boots."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def wished(text: str) -> list[str]:
    """The words of firmware/cmdline.txt, which says above each why it is there."""
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def extended(text: str, words: Sequence[str], drop: Collection[str] = ()) -> str:
    """`text` with each of `words` once, and without those whose name is in `drop`.

    A word that has another value there (panic=0) gives way. The firmware reads the first line alone.
    """
    gone = {_name(each) for each in words}.union(drop)
    line = next(iter(text.splitlines()), "")
    kept = [each for each in line.split() if each in words or _name(each) not in gone]
    return " ".join([*kept, *(each for each in words if each not in kept)]) + "\n"


def _name(word: str) -> str:
    return word.partition("=")[0]
