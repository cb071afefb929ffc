"""Documents to and from plain JSON values, without losing what this version doesn't know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from station.model import Document, Incident, Item, Library, Loan, Policy, Reader, Title

D = TypeVar("D", bound=Struct)

KINDS: dict[str, type[Document]] = {
    cls.kind_of_document: cls for cls in (Library, Item, Reader, Title, Incident)
}
"""Document types by the name of their table and topic."""

LARGEST = 65_536
"""Bytes of a document, as JSON, that a station takes."""
DEEPEST = 32
"""Lists and objects in one another that a document may have. Where one stack has room, another has none, and
SQLite's JSON ends at 1,000."""

ALWAYS_WRITTEN = {"loan", "parent"}
"""Fields that the contract shows as null where there is nothing."""

_NESTED: dict[str, type[Struct]] = {"loan": Loan, "policy": Policy}

for _each in (*KINDS.values(), *_NESTED.values()):
    # msgspec works a type out at its first use, and crashes where two threads (desk and link) are the first.
    msgspec.json.Decoder(_each)


def received(cls: type[D], payload: bytes) -> D:
    """The document that came from somewhere. Raises msgspec.MsgspecError, RecursionError or ValueError."""
    if not 0 < len(payload) <= LARGEST:
        raise ValueError(f"{len(payload)} bytes are no document")
    raw = msgspec.json.decode(payload, type=dict)
    if _is_deeper(raw, DEEPEST):
        raise ValueError(f"it is nested more than {DEEPEST} deep")
    return read(cls, raw)


def _is_deeper(raw: dict[str, Any], levels: int) -> bool:
    level: list[Any] = [raw]
    for _ in range(levels):
        inside = (part for each in level for part in (each.values() if isinstance(each, dict) else each))
        level = [part for part in inside if isinstance(part, dict | list)]
    return bool(level)


def read(cls: type[D], raw: Mapping[str, Any]) -> D:
    """The document that `raw` says. Raises msgspec.ValidationError, with the path of what is wrong."""
    known: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    fields = cls.__struct_fields__
    for name, value in raw.items():
        if name not in fields or name == "extra":
            extra[name] = value
        elif name in _NESTED and isinstance(value, Mapping):
            known[name] = write(read(_NESTED[name], value), nested=True)
        else:
            known[name] = value
    return msgspec.convert({**known, "extra": extra}, cls)


def write(value: Struct, *, nested: bool = False) -> dict[str, Any]:
    """The JSON values of a document: fields that are None are left out, unknown ones put back."""
    raw: dict[str, Any] = {}
    for name in value.__struct_fields__:
        held = getattr(value, name)
        if name == "extra" or (held is None and name not in ALWAYS_WRITTEN):
            continue
        raw[name] = write(held) if isinstance(held, Struct) else msgspec.to_builtins(held)
    if nested:
        return {**raw, "extra": dict(value.extra)}  # type: ignore[attr-defined]
    return {**raw, **value.extra}  # type: ignore[attr-defined]
