"""What a source says of a book, as a title document: the text cleaned, nothing of a name or a script lost."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from station.model import Title

LONGEST = 1_000
"""Characters of a title, a name or a publisher. The longest titles of real books have some 700."""
MOST_AUTHORS = 50

_YEAR = re.compile(r"(?<![0-9])(1[0-9]{3}|2[01][0-9]{2})(?![0-9])")
_JOINERS = {"\u200c", "\u200d"}
"""Invisible, and part of how some scripts are written."""


def described(
    isbn: str,
    title: str,
    *,
    authors: Iterable[str] = (),
    publisher: str = "",
    year: str = "",
    language: str = "",
    source: str,
) -> Title:
    """The title document of a book. Raises ValueError, in words, where a source says what can't be kept."""
    named = cleaned(title)
    if not named:
        raise ValueError("it has no title")
    names = tuple(dict.fromkeys(name for each in authors if (name := cleaned(each))))
    texts = (named, *names, cleaned(publisher), cleaned(language))
    if max(map(len, texts)) > LONGEST or len(names) > MOST_AUTHORS:
        raise ValueError(
            f"a text in it has over {LONGEST} characters, or there are over {MOST_AUTHORS} authors"
        )
    return Title(
        isbn=isbn,
        title=named,
        authors=names,
        publisher=cleaned(publisher) or None,
        year=year_in(year),
        language=cleaned(language) or None,
        source=source,
    )


def cleaned(text: str) -> str:
    """One line in NFC, without control and invisible characters."""
    visible = "".join(_visible(each) for each in unicodedata.normalize("NFC", text))
    return " ".join(visible.split())


def year_in(text: str) -> int | None:
    """The first year in a date as people write it: `2008`, `c1988`, `2008年7月`, `October 1, 1988`."""
    found = _YEAR.search(unicodedata.normalize("NFKC", text))
    return int(found[0]) if found else None


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cc":
        return " "
    return "" if category in ("Cf", "Cs") and char not in _JOINERS else char
