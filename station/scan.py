"""From a scanner's line to a meaning: cleaned, then read in the contract's order. Pure."""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct
from stdnum import isbn as isbn_numbers
from stdnum.exceptions import ValidationError

from station import cards
from station.decision import Shelf
from station.model import Item, Reader
from station.pins import DIGITS

LONGEST = 512
"""Characters of an ordinary scan (the contract)."""
LONGEST_CONTACT = 2_048
"""Characters of a contact, line ends included (the contract)."""

_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_ISBN = re.compile(r"[0-9][0-9 -]{8,20}[0-9Xx]")
_CONTACT = re.compile(r"BEGIN:VCARD *\n(.*\n)?END:VCARD|MECARD:.*;", re.IGNORECASE | re.DOTALL)
_LINE_ENDS = re.compile(r"\r\n?")
_SPACES = re.compile(r"[\n\t]")
"""What a contact may hold beside text."""
_NOT_TEXT = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
"""Unicode categories that no code holds: controls, invisible marks, surrogates, line ends."""

_ON_BOOKS_AND_CARDS = {
    "ADD",
    "ADMIT",
    "REJECT",
    "BLOCK",
    "UNBLOCK",
    "LOST",
    "FOUND",
    "WITHDRAW",
    "COUNT",
    "OVERRIDE",
}
_ON_THE_STATION = {"TEST", "STATUS", "RESTART", "SHUTDOWN"}
FOR_STAFF = frozenset(_ON_BOOKS_AND_CARDS | _ON_THE_STATION)
FOR_ANYONE = frozenset({"DONE", "UNDO"})
COMMANDS = FOR_ANYONE | FOR_STAFF

TEST_PARTS = (
    "Test 0123456789",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "abcdefghijklmnopqrstuvwxyz",
    "-_.:/+#%$&?=@",
)
"""What the test codes on the command sheet hold: a bar code of the whole is too long to be read."""

TEST_TEXT = " ".join(TEST_PARTS)
"""Every character that a scanner has to get right, in one."""


class Scan(Struct, frozen=True):
    """A clean scan. `text` is empty where the line held nothing that a code can be."""

    scanner: str
    text: str
    symbology: str | None = None


class Patterns(Struct, frozen=True):
    """How this library's numbers look; each pattern is matched against the whole text."""

    reader: str = "RD-.+"
    item: str = "BK-.+"
    command_prefix: str = "CMD-"


class Pin(Struct, frozen=True):
    digits: str


class Command(Struct, frozen=True):
    name: str


class Card(Struct, frozen=True):
    """`signed`: its code carried the tag that the library's stations print, and it fits."""

    reader: Reader
    signed: bool = False


class BadCard(Struct, frozen=True):
    """It looks like a signed card, and its tag is wrong or nobody knows its number: never a new card."""


class Copy(Struct, frozen=True):
    item: Item


class Isbn(Struct, frozen=True):
    """An ISBN-13, thirteen digits."""

    number: str


class NewCard(Struct, frozen=True):
    key: str


class NewLabel(Struct, frozen=True):
    key: str


class ContactCode(Struct, frozen=True):
    """A person's vCard or MECARD, its line ends `\\n`. It says who somebody is: no log may hold it."""

    text: str


class Unknown(Struct, frozen=True):
    """None of these; `text` is empty where the line held nothing that a code can be."""

    text: str


Meaning = Pin | Command | Card | BadCard | Copy | Isbn | NewCard | NewLabel | ContactCode | Unknown


def clean(scanner: str, line: str) -> Scan:
    """Take off an AIM identifier and white space around, normalise to NFC, and drop what can't be a code."""
    text = unicodedata.normalize("NFC", line[: 2 * LONGEST_CONTACT]).strip()
    aim = _AIM.match(text)
    symbology = aim.group() if aim else None
    text = _LINE_ENDS.sub("\n", text[len(symbology or "") :].strip())
    longest, printed = (LONGEST_CONTACT, _SPACES.sub(" ", text)) if is_contact(text) else (LONGEST, text)
    if max(len(line), len(text)) > longest or any(
        unicodedata.category(each) in _NOT_TEXT for each in printed
    ):
        text = ""
    return Scan(scanner, text, symbology)


def is_contact(text: str) -> bool:
    """Whether a clean text is a whole vCard or MECARD."""
    return bool(_CONTACT.fullmatch(text))


def isbn13(text: str) -> str | None:
    """The thirteen digits of an ISBN-10 or ISBN-13 in `text`, with or without hyphens; None: it is none."""
    if not _ISBN.fullmatch(text):
        return None
    try:
        return str(isbn_numbers.validate(text, convert=True))
    except ValidationError:
        return None


def looks_like_isbn(text: str) -> bool:
    """Whether `text` has the length of an ISBN-10, or that and the prefix of an ISBN-13."""
    bare = text.replace("-", "").replace(" ", "")
    return bool(_ISBN.fullmatch(text)) and (len(bare) == 10 or bare.startswith(("978", "979")))


def meaning(scan: Scan, shelf: Shelf, patterns: Patterns, *, pin_awaited: bool) -> Meaning:
    """What `scan` is, in the contract's order: the first that fits."""
    text = scan.text
    if not text:
        return Unknown("")
    signed = cards.split(text)
    if signed is not None:
        return _signed(text, *signed, shelf)
    if pin_awaited and DIGITS.fullmatch(text):
        return Pin(text)
    if text.startswith(patterns.command_prefix):
        name = text[len(patterns.command_prefix) :]
        return Command(name) if name in COMMANDS else Unknown("")
    return _known(text, shelf) or _number(text) or _by_pattern(text, patterns) or _other(text)


def _signed(text: str, number: str, tag: str, shelf: Shelf) -> Meaning:
    """Checked and stripped before anything else; a known id may happen to look like one."""
    if not shelf.card_fits(number, tag):
        return _known(text, shelf) or BadCard()
    reader = shelf.reader(number)
    return BadCard() if reader is None else Card(reader, signed=True)


def _known(text: str, shelf: Shelf) -> Meaning | None:
    reader = shelf.reader(text)
    if reader is not None:
        return Card(reader)
    item = shelf.item(text)
    return None if item is None else Copy(item)


def _number(text: str) -> Meaning | None:
    number = isbn13(text)
    return None if number is None else Isbn(number)


def _by_pattern(text: str, patterns: Patterns) -> Meaning | None:
    """A number has one line, whatever a pattern says."""
    if len(text) > LONGEST or "\n" in text:
        return None
    if re.fullmatch(patterns.reader, text):
        return NewCard(text)
    return NewLabel(text) if re.fullmatch(patterns.item, text) else None


def _other(text: str) -> Meaning:
    return ContactCode(text) if is_contact(text) else Unknown(text)
