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

ALWAYS_WRITTEN = {"loan", "parent"}
"""Fields that the contract shows as null where there is nothing."""

_NESTED: dict[str, type[Struct]] = {"loan": Loan, "policy": Policy}

for _each in (*KINDS.values(), *_NESTED.values()):
    # msgspec works a type out at its first use, and crashes where two threads (desk and link) are the first.
    msgspec.json.Decoder(_each)


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
