"""Single values of the configuration: from TOML to Python, and in words where they don't fit."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec


class Stream(str):
    """A file's absolute path, or `-` for the process's own input or output."""

    __slots__ = ()


def decode(hint: Any, raw: Any, folder: Path) -> Any:
    """`raw` as the annotation `hint` wants it; relative paths count from `folder`.

    Raises ValueError with what the value must be.
    """

    def custom(kind: Any, text: Any) -> Any:
        return _custom(kind, text, folder)

    try:
        return msgspec.convert(raw, hint, dec_hook=custom)
    except msgspec.ValidationError as error:
        raise ValueError(str(error) if error.__cause__ else _complaint(hint, raw)) from None


def one_of(choices: Iterable[str]) -> str:
    """The choices as a sentence has them: `"a", "b" or "c"`."""
    *others, last = (f'"{each}"' for each in choices)
    return f"{', '.join(others)} or {last}" if others else last


def none_of(choices: Iterable[str], raw: Any) -> str:
    """That `raw` is none of `choices`, with the nearest one where there is any."""
    choices = tuple(choices)
    near = nearest(str(raw), choices)
    return f"must be {one_of(choices)}, not {told(raw)}" + (f'; did you mean "{near}"?' if near else "")


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """The choice that `name` is probably meant to be."""
    return next(iter(difflib.get_close_matches(name.lower(), tuple(choices), n=1)), None)


def told(raw: Any) -> str:
    """A value as its file has it; what is long is cut, what has parts is only named."""
    match raw:
        case str():
            return _cut(msgspec.json.encode(raw).decode())
        case bool():
            return "true" if raw else "false"
        case int() | float():
            return _cut(str(raw))
        case list():
            return "a list"
        case dict():
            return "a table"
    return "a date or time"


def _cut(text: str) -> str:
    return text if len(text) <= 42 else f"{text[:40]}…"


def _custom(kind: Any, raw: Any, folder: Path) -> Any:
    """The types that msgspec doesn't know. No value is shown: a secret may stand where its file belongs."""
    if kind in (Path, Stream):
        if not isinstance(raw, str) or not raw:
            raise ValueError("must be a path, as text that is not empty")
        return Stream("-") if kind is Stream and raw == "-" else kind(folder / raw)
    if not isinstance(raw, str):
        raise ValueError("must be a regular expression, as text")
    try:
        return re.compile(raw)
    except re.error as error:
        raise ValueError(f"must be a regular expression, and this one has a mistake: {error}") from error


def _complaint(hint: Any, raw: Any) -> str:
    import msgspec.inspect as inspect

    kind = inspect.type_info(hint)
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    if isinstance(kind, inspect.VarTupleType) and isinstance(kind.item_type, inspect.LiteralType):
        return _no_list_of(tuple(map(str, kind.item_type.values)), raw)
    if isinstance(kind, inspect.LiteralType):
        return none_of(map(str, kind.values), raw)
    return f"must be {_takes(kind)}, not {told(raw)}"


def _no_list_of(choices: tuple[str, ...], raw: Any) -> str:
    """That `raw` is no list, or the first thing in it that is none of `choices`."""
    stray = next((each for each in raw if each not in choices), None) if isinstance(raw, list) else None
    if stray is None:
        return f"must be a list in [ ] of {one_of(choices)}, not {told(raw)}"
    return f"each {none_of(choices, stray)}"


def _takes(kind: Any) -> str:
    """What msgspec's description of a type lets in, in words."""
    import msgspec.inspect as inspect

    match kind:
        case inspect.UnionType(types=kinds):
            return " or ".join(_takes(each) for each in kinds if not isinstance(each, inspect.NoneType))
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType(ge=low, le=high):
            return f"a whole number from {low} to {high}"
        case inspect.FloatType(gt=None, ge=low, le=high):
            return f"a number from {low} to {high}"
        case inspect.FloatType(gt=low, le=high):
            return f"a number above {low}, at most {high}"
        case inspect.StrType(pattern=None, min_length=shortest, max_length=longest):
            return f"text of {shortest} to {longest} characters"
        case inspect.StrType():
            return "text as described here"
    raise TypeError(f"no words for {kind}")
