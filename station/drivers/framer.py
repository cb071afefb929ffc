"""From keys to scans: where one code ends and the next begins. Pure but for a line in the log.

A scanner that types tells the end of a code only by the key that it sends last, or by falling silent. Each
device has a framer of its own: two that shared one would mix their characters.
"""

from __future__ import annotations

import logging
import re
from enum import Enum
from typing import Final

from msgspec import Struct


class End(Enum):
    """The key that ends a scan: ENTER, the keypad's, or TAB."""

    END = "end"


END: Final = End.END
Key = str | End

SILENCE = 0.1
"""Seconds without a key that end a scan: longer than any pause inside a code, shorter than between two."""

LONGEST = 512
"""Characters of an ordinary scan, as the contract has it."""

LONGEST_CONTACT = 2_048
"""Characters of a vCard or MECARD, line ends included, as the contract has it."""

WHOLE = 12.0
"""Seconds from the first key of an ordinary scan to its last. 512 characters, two reports each, take 10 s
where USB is polled every 10 ms. A contact may last as much longer as it may be longer."""

CONTACT_BEGINS, CONTACT_ENDS = "BEGIN:VCARD", "\nEND:VCARD"
MECARD = "MECARD:"
"""A contact of one line, which nothing but its length tells from an ordinary scan."""

_VCARD = re.compile(rf"(\][a-z][0-9a-z])?{CONTACT_BEGINS}", re.IGNORECASE)
"""A scanner may put an AIM identifier before each code."""
_AT_LENGTH = re.compile(rf"(\][a-z][0-9a-z])?{MECARD}", re.IGNORECASE)
_HEAD = 3 + len(MECARD)

log = logging.getLogger(__name__)


class Scan(Struct, frozen=True):
    """One whole code; `at` is the time of its last key."""

    text: str
    at: float


class Framer:
    """Collects the keys of one device into scans.

    A scan that grows too long, or lasts too long, is thrown away whole, up to its end: a part of a code is
    another code, and may be somebody's. A vCard is one scan from BEGIN to END though its lines end with
    ENTER; one that falls silent before its END is thrown away.
    """

    def __init__(
        self,
        longest: int = LONGEST,
        silence: float = SILENCE,
        whole: float = WHOLE,
        longest_contact: int = LONGEST_CONTACT,
    ) -> None:
        """`longest` is in keys, `silence` and `whole` in seconds."""
        self._longest = longest
        self._longest_contact = longest_contact
        self._silence = silence
        self._whole = whole
        self._clear()

    def _clear(self) -> None:
        self._text: list[str] = []
        self._going = False
        self._first = self._last = 0.0
        self._contact = False
        self.throwing = False

    def key(self, key: Key, at: float) -> list[Scan]:
        """Take one character or END, at `at` seconds; return the scans that are whole now, oldest first."""
        earlier = self.expire(at)
        self._touch(at)
        if key is END:
            return earlier + self._end()
        self._add(key)
        return earlier

    def deadline(self) -> float | None:
        """When silence will end the scan in progress; None if there is none."""
        return self._last + self._silence if self._going else None

    def expire(self, now: float) -> list[Scan]:
        """The scan that silence has ended by `now`, if any."""
        deadline = self.deadline()
        return [] if deadline is None or now < deadline else self._whole_scan()

    def throw_away(self, at: float) -> None:
        """Keys were lost: what is in progress is no code, up to the next end key or silence.

        Nothing may be in progress: what comes then is none either.
        """
        self._touch(at)
        self.throwing = True

    def _touch(self, at: float) -> None:
        self._first = self._first if self._going else at
        self._last = at
        self._going = True

    def _add(self, char: str) -> None:
        if self.throwing:
            return
        self._text.append(char)
        lasted = self._last - self._first
        if (len(self._text) > self._longest or lasted > self._whole) and self._is_too_much(lasted):
            log.warning("a scan was too long, or took too long: it is thrown away")
            self.throw_away(self._last)

    def _is_too_much(self, lasted: float) -> bool:
        """Whether what an ordinary scan can't be is more than a contact can be."""
        if not (self._contact or _AT_LENGTH.match("".join(self._text[:_HEAD]))):
            return True
        longest = self._longest_contact
        return len(self._text) > longest or lasted > self._whole * (longest / self._longest)

    def _end(self) -> list[Scan]:
        if _VCARD.fullmatch("".join(self._text)):
            self._contact = True
        if not self._contact or self._contact_is_whole():
            return self._whole_scan()
        if self._text[-1:] != ["\n"]:
            self._add("\n")
        return []

    def _whole_scan(self) -> list[Scan]:
        text, at = "".join(self._text), self._last
        whole = not self.throwing and (not self._contact or self._contact_is_whole())
        self._clear()
        return [Scan(text, at)] if text and whole else []

    def _contact_is_whole(self) -> bool:
        return "".join(self._text[-len(CONTACT_ENDS) :]).upper() == CONTACT_ENDS
