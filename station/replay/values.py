"""Values of a transcript: from text, to text, and when two are the same. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from zoneinfo import ZoneInfo, available_timezones

from station import pins
from station.config.values import decode, nearest
from station.model import instant
from station.scan import isbn13

MICROSECONDS = {"s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}
LONGEST = 100_000 * MICROSECONDS["d"]
EARLIEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Where the virtual clock may stand; stamps have room for 13 digits of milliseconds."""


class Impossible(ValueError):
    """What a transcript asks for can't be; the message says why, in words."""


def parse(name: str, hint: Any, text: str) -> Any:
    """The value that `text` says for the field `name` of type `hint`. Raises ValueError, in words."""
    if text == "none" and _takes(hint, NoneType):
        return None
    if name in _CHECKED:
        return _CHECKED[name](text)
    parts = _parts(hint)
    if parts is not None:
        return tuple(parse("", parts, each) for each in text.split(",") if text not in ("", "none"))
    if _takes(hint, date):
        return _date(text)
    return decode(hint, _raw(hint, text), Path())


def duration(text: str) -> int:
    """Microseconds. Raises ValueError if `text` is not a number with its unit."""
    found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,6})?|\.[0-9]{1,6})([smhd])", text)
    if found is None:
        raise ValueError(f"{text} is no time; write a number with s, m, h or d, as in 31s or 0.3s")
    time = round(Decimal(found[1]) * MICROSECONDS[found[2]])
    if time > LONGEST:
        raise ValueError(f"{text} is too long; a step takes at most 100000 days")
    return time


def moment(text: str) -> datetime:
    """A date and time, in UTC where it names no zone. Raises ValueError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is no date and time; write it as 2026-11-24T09:00:00Z") from None
    return within(found.replace(tzinfo=found.tzinfo or UTC))


def within(wall: datetime) -> datetime:
    """`wall` in UTC. Raises Impossible where the virtual clock can't stand."""
    if not EARLIEST <= wall < LATEST:
        raise Impossible(f"the clock goes from {EARLIEST.year} to {LATEST.year - 1}")
    return wall.astimezone(UTC)


def text_of(value: object) -> str:
    """How a transcript writes `value`: lists with commas, absent values as `none`."""
    match value:
        case None | "":
            return "none"
        case bool():
            return "true" if value else "false"
        case datetime():
            return instant(value)
        case list() | tuple():
            return ",".join(map(text_of, value)) or "none"
        case dict():
            return ",".join(f"{name}:{text_of(held)}" for name, held in value.items()) or "none"
    return str(value)


def same(expected: str, came: object) -> bool:
    """Texts are compared as they are; instants and ISBNs by what they mean. What is absent is not true."""
    expected, text = expected or "none", text_of(came)
    if expected == text or (came is None and expected == "false"):
        return True
    return isinstance(came, str) and _meant(expected) in (text, _meant(text))


def _meant(text: str) -> object:
    if "T" in text:
        try:
            return moment(text)
        except (ValueError, OverflowError):
            return text
    return isbn13(text) or text


def _takes(hint: Any, kind: type) -> bool:
    return kind in _alternatives(hint)


def _parts(hint: Any) -> Any:
    """The type of a list's values; None where `hint` is no list."""
    lists = [get_args(each)[0] for each in _alternatives(hint) if get_origin(each) is tuple]
    return lists[0] if lists else None


def _alternatives(hint: Any) -> list[Any]:
    """The types that an annotation lets in, whatever is said about them beside."""
    if get_origin(hint) is Annotated:
        return _alternatives(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return [kind for each in get_args(hint) for kind in _alternatives(each)]
    return [hint]


def _raw(hint: Any, text: str) -> object:
    """What JSON would hold; text that doesn't fit stays text, to be complained of."""
    if _takes(hint, bool):
        return {"true": True, "false": False}.get(text, text)
    number = re.fullmatch(r"-?[0-9]{1,9}", text)
    return int(text) if number and not _takes(hint, str) else text


def _date(text: str) -> date:
    try:
        return within(datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)).date()
    except ValueError:
        raise ValueError(f"must be a date, as in 2026-11-24, not {text}") from None


def _pin(text: str) -> str:
    if not pins.DIGITS.fullmatch(text):
        raise ValueError("must be 4 to 8 digits")
    return text


def _isbn(text: str) -> str:
    """Thirteen digits; a number that fails its own check digit is kept, as a library's list may hold it."""
    if not re.fullmatch(r"[0-9][0-9 -]*[0-9Xx]", text):
        raise ValueError(f"must be an ISBN, not {text}")
    return isbn13(text) or text


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (LookupError, ValueError, OSError):
        near = nearest(text, sorted(available_timezones()))
        raise ValueError(
            f"must be a time zone's name, not {text}" + (f"; did you mean {near}?" if near else "")
        ) from None


def _since(text: str) -> str:
    return instant(moment(text))


def _library(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9_]{1,64}", text):
        raise ValueError(f"must be made of a to z, 0 to 9 and _, at most 64 of them, not {text}")
    return text


_CHECKED = {"pin": _pin, "isbn": _isbn, "timezone": _zone, "since": _since, "id": _library}


def listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def unknown(what: str, name: str, known: Sequence[str]) -> str:
    """That there is no such `name`, and the nearest one that there is."""
    near = nearest(name, known)
    return f"{what} {name} is unknown; " + (f"did you mean {near}?" if near else f"there are {listed(known)}")
