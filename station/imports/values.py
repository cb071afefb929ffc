"""What stands in a cell, as the value that it means. Each raises Unusable, in words."""

from __future__ import annotations

import re
from datetime import date

from station.imports import Unusable
from station.scan import clean, isbn13
from station.titles import LONGEST, cleaned

_DATE = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_SHORTENED = re.compile(r"[0-9][.,]?[0-9]*E\+[0-9]+", re.IGNORECASE)


def number(text: str, what: str) -> str:
    """A card's or a label's number, as a scanner would give it."""
    scanned = clean("", text).text
    if not scanned or scanned.startswith("]"):
        said = f"{_cut(text)} can't be one" if text else "there is none"
        raise Unusable(f"a row needs {what}, and {said}")
    if _SHORTENED.fullmatch(scanned):
        raise Unusable(_shortened(text))
    return scanned


def isbn(text: str) -> str | None:
    """The thirteen digits; None for an empty cell. Spreadsheets keep a number as `="978…"` or `'978…`."""
    bare = text.strip("='\"’ \t")
    if not bare:
        return None
    found = isbn13(bare)
    if found is None:
        raise Unusable(
            _shortened(text)
            if _SHORTENED.fullmatch(bare)
            else f"{_cut(text)} is no ISBN: its length or its check digit is wrong"
        )
    return found


def words(text: str, what: str) -> str | None:
    """Text for people; None for an empty cell."""
    found = cleaned(text)
    if len(found) > LONGEST:
        raise Unusable(f"{what} has over {LONGEST} characters")
    return found or None


def one_of(text: str, what: str, choices: tuple[str, ...]) -> str:
    """One of `choices`; the first for an empty cell."""
    found = text.strip().casefold() or choices[0]
    if found not in choices:
        raise Unusable(f"{what} must be {', '.join(choices[:-1])} or {choices[-1]}, not {_cut(text)}")
    return found


def count(text: str, what: str, most: int) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) > most:
        raise Unusable(f"{what} must be a whole number from 0 to {most}, not {_cut(text)}")
    return int(text)


def day(text: str, what: str) -> date | None:
    """A date as `2027-06-30` or, as spreadsheets write it, `2027/6/30`."""
    if not text:
        return None
    found = _DATE.fullmatch(text)
    try:
        if found and found[1].isascii():
            return date(*map(int, found.groups()))
    except ValueError:
        pass
    raise Unusable(f"{what} must be a date as 2027-06-30, not {_cut(text)}")


def _shortened(text: str) -> str:
    return (
        f"a spreadsheet has shortened the number to {_cut(text)}: format its column as text, and save again"
    )


def _cut(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:39]}…")
