"""A contact as a phone shows it in a QR code: vCard 2.1, 3.0 and 4.0 (RFC 6350), or MECARD (NTT DoCoMo).

Only the name, telephone numbers and e-mail addresses are taken. Pure.
"""

from __future__ import annotations

import quopri
import re
import unicodedata
from collections.abc import Iterable, Iterator

from msgspec import Struct

MOST = 5
"""Telephone numbers, and e-mail addresses, of one contact."""
LONGEST = 200
"""Characters of a name, a number or an address; what follows is cut off."""

_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SOFT_BREAK = re.compile(r"=\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]")


class Contact(Struct, frozen=True, omit_defaults=True):
    """Whom to call. At least one of the three is there."""

    name: str | None = None
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


def looks_like_contact(text: str) -> bool:
    return text[:11].upper() == "BEGIN:VCARD" or text[:7].upper() == "MECARD:"


def contact(text: str) -> Contact | None:
    """What the code says, or None where it is no contact, or one that says none of the three."""
    if not looks_like_contact(text):
        return None
    fields = _vcard(text) if text[0] in "Bb" else _mecard(text[7:])
    name, phones, emails = "", list[str](), list[str]()
    for field, value in fields:
        if field in ("FN", "N"):
            name = value if field == "FN" or not name else name
        elif value:
            (phones if field == "TEL" else emails).append(value)
    if not (name or phones or emails):
        return None
    return Contact(name or None, _first(phones), _first(emails))


def _first(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))[:MOST]


def _vcard(text: str) -> Iterator[tuple[str, str]]:
    """FN, N, TEL and EMAIL, each with its plain value."""
    unfolded = _FOLD.sub("", _SOFT_BREAK.sub("", text))
    for line in re.split(r"\r?\n", unfolded):
        head, colon, value = line.partition(":")
        field, *parameters = head.upper().split(";")
        field = field.rpartition(".")[2]  # as in item1.TEL
        if colon and field in ("FN", "N", "TEL", "EMAIL"):
            value = _decoded(value, parameters)
            yield field, _name(_split(value, ";")) if field == "N" else _plain(_unescaped(value))


def _mecard(text: str) -> Iterator[tuple[str, str]]:
    for part in _split(text, ";"):
        field, colon, value = part.partition(":")
        if colon and field.upper() in ("N", "TEL", "EMAIL"):
            is_name = field.upper() == "N"
            yield field.upper(), _name(_split(value, ",")) if is_name else _plain(_unescaped(value))


def _decoded(value: str, parameters: list[str]) -> str:
    """vCard 2.1 writes what isn't ASCII as quoted-printable, in the character set that it names."""
    if not any("QUOTED-PRINTABLE" in each for each in parameters):
        return value
    named = (each.partition("=")[2] for each in parameters if each.startswith("CHARSET="))
    try:
        return quopri.decodestring(value.encode()).decode(next(named, "UTF-8"), errors="replace")
    except LookupError:
        return value


def _name(parts: list[str]) -> str:
    """Family name and given name, in the order of their writing."""
    family, given = (_plain(_unescaped(each)) for each in [*parts, "", ""][:2])
    if _HAN.search(family + given):
        return family + given
    return f"{given} {family}".strip()


def _split(text: str, mark: str) -> list[str]:
    """At each `mark` that no backslash stands before."""
    parts, start, index = list[str](), 0, 0
    while index < len(text):
        if text[index] == "\\":
            index += 1
        elif text[index] == mark:
            parts.append(text[start:index])
            start = index + 1
        index += 1
    return [*parts, text[start:]]


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], text)


def _plain(text: str) -> str:
    """One line of text, without `tel:` or `mailto:`, controls and invisible characters."""
    for scheme in ("tel:", "mailto:"):
        text = text[len(scheme) :] if text[: len(scheme)].lower() == scheme else text
    seen = "".join(map(_visible, text))
    return " ".join(unicodedata.normalize("NFC", seen).split())[:LONGEST]


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] == "Z" or category == "Cc":
        return " "
    return "" if category[0] == "C" else character
