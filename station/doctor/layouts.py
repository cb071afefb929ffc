"""Which characters of the test code came wrong, and which keyboard layout would explain it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher

from msgspec import Struct

from station.doctor.findings import Finding, ok, skipped, warning, wrong
from station.scan import TEST_TEXT, clean

ALIKE = 0.5
"""How much of a text has to be right for it to be a test code at all."""

SHOWN = 12
"""Characters that are listed one by one."""


class Heard(Struct, frozen=True):
    """One scan, as each layout reads it; the first is the one that is configured, alone where keys have none.

    `ended`: by a key or line end, and not by silence.
    """

    scanner: str
    texts: Mapping[str, str]
    ended: bool


def _parts(text: str) -> frozenset[str]:
    """The whole, and what a sheet may split it into: words that follow one another."""
    words = text.split(" ")
    ends = range(len(words) + 1)
    return frozenset(" ".join(words[first:last]) for last in ends for first in range(last))


EXPECTED = _parts(TEST_TEXT)


def judged(heard: Heard) -> list[Finding]:
    """What the scan of a test code says of how its scanner is set."""
    texts = {name: clean("", text).text for name, text in heard.texts.items()}
    configured = next(iter(texts))
    found = _text(heard.scanner, configured, texts)
    if found.status == "skipped" or heard.ended:
        return [found]
    return [found, _without_end(heard.scanner)]


def _text(scanner: str, configured: str, texts: Mapping[str, str]) -> Finding:
    came = texts[configured]
    if came in EXPECTED:
        return ok(f"{scanner}: all {len(came)} characters of the test code came right")
    fitting = next((name for name, text in texts.items() if text in EXPECTED), None)
    if fitting is not None:
        return wrong(
            f"{scanner}: {_differences(came, texts[fitting])}",
            f'The scanner types as on a keyboard "{fitting}": set layout = "{fitting}" in its section, or set'
            f' the scanner itself to "{configured}" with the codes of its manual.',
        )
    return _unexplained(scanner, came)


def _unexplained(scanner: str, came: str) -> Finding:
    if came.swapcase() in EXPECTED:
        return wrong(
            f"{scanner}: capital and small letters are exchanged",
            "CAPS LOCK is on in the scanner: its manual has a code that switches it off.",
        )
    wanted = max(EXPECTED, key=lambda each: SequenceMatcher(None, each, came, autojunk=False).ratio())
    if SequenceMatcher(None, wanted, came, autojunk=False).ratio() < ALIKE:
        return skipped(
            f"{scanner}: this was no test code",
            "Scan TEST TEXT of the command sheet (station print commands).",
        )
    before, found, after = came.partition(wanted)
    if found:
        return wrong(
            f"{scanner}: it adds {' and '.join(repr(each) for each in (before, after) if each)} to each code",
            "Switch the prefix and suffix off with the codes of its manual; ENTER alone is wanted.",
        )
    return wrong(
        f"{scanner}: {_differences(came, wanted)}",
        "No layout known here explains it: set the scanner to US English and ENTER with its manual's codes.",
    )


def _without_end(scanner: str) -> Finding:
    return warning(
        f"{scanner}: its codes end by silence alone: answers come later, and quick codes may run together",
        "Set its suffix to ENTER (CR) with the codes of its manual.",
    )


def _differences(came: str, wanted: str) -> str:
    """`3 of 83 characters came wrong: "-" as "ß", "_" not at all`."""
    pairs = [
        (wanted[a:b], came[c:d])
        for kind, a, b, c, d in SequenceMatcher(None, wanted, came, autojunk=False).get_opcodes()
        if kind != "equal"
    ]
    single = [each for pair in pairs for each in _singly(*pair)]
    listed = ", ".join(map(_pair, single[:SHOWN])) + (" …" if len(single) > SHOWN else "")
    return f"{len(single)} of {len(wanted)} characters came wrong: {listed}"


def _singly(wanted: str, came: str) -> list[tuple[str, str]]:
    return list(zip(wanted, came, strict=True)) if len(wanted) == len(came) else [(wanted, came)]


def _pair(pair: tuple[str, str]) -> str:
    wanted, came = (repr(each) for each in pair)
    return (
        f"{wanted} as {came}"
        if pair[0] and pair[1]
        else f"{wanted} not at all"
        if pair[0]
        else f"{came} too much"
    )
