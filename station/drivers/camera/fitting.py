"""Which of several codes is meant: a label over a book's number, and that over all else. Pure."""

from __future__ import annotations

from enum import IntEnum

OWN = "2"
"""How an EAN-13 begins that shops and libraries give out for themselves (GS1: restricted circulation)."""
BOOKS = ("978", "979")
JOIN = "shelfpost://"


class Fit(IntEnum):
    """The first is the most specific: a label names one copy, a book's number all copies of it."""

    LABEL = 0
    BOOK = 1
    OTHER = 2


def fit(text: str) -> Fit:
    """What a code's text is: OTHER for a price or goods number, and for the web address that publishers print
    beside their ISBN; LABEL for all that isn't known to be something else."""
    if has_check_digit(text) and not text.startswith(OWN):
        return Fit.BOOK if text.startswith(BOOKS) else Fit.OTHER
    if "://" in text and not text.lower().startswith(JOIN):
        return Fit.OTHER
    return Fit.LABEL


def has_check_digit(text: str) -> bool:
    """Whether it is an EAN-13: thirteen digits of which the last is right."""
    if len(text) != 13 or not (text.isascii() and text.isdigit()):
        return False
    return sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(text)) % 10 == 0
