"""Tables of a TOML file into frozen structs, with every mistake found instead of the first.

Knows no key of the station's: what a key takes and means is read from the structs' annotations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, get_args

from msgspec import Meta, Struct
from msgspec.structs import FieldInfo, fields

from station.config.values import decode, nearest, none_of, one_of


class ConfigError(ValueError):
    """A configuration that cannot be used. `problems` has one sentence for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Section(Struct, frozen=True, kw_only=True):
    """A table of the file. Each field is a key, with its meaning in `Meta(description=…)`.

    In a list of tables no two may have the same value in a key of `unique`.
    """

    unique: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def conflicts(cls, raw: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Keys that don't go together, with what is wrong. `raw` is the table as written, of any types."""
        return ()


Sections = tuple[type[Section], ...]
"""What a table may become: one struct, or one for each `driver`."""

Fields = dict[str, FieldInfo]


def fields_of(sections: Iterable[type[Section]]) -> Fields:
    return {field.name: field for section in sections for field in fields(section)}


def sections_in(hint: Any) -> Sections:
    """The sections that an annotation speaks of: alone, in a union or in a tuple."""
    if isinstance(hint, type) and issubclass(hint, Section):
        return (hint,)
    return tuple(section for part in get_args(hint) for section in sections_in(part))


def meaning(field: FieldInfo | None) -> str:
    metas = [meta for meta in getattr(field and field.type, "__metadata__", ()) if isinstance(meta, Meta)]
    return next((meta.description for meta in reversed(metas) if meta.description), "")


class Checker:
    """Reads what `file` holds; each mistake becomes a sentence in `problems`."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.problems: list[str] = []

    def table(self, where: str, sections: Sections, raw: dict[str, Any]) -> Section | None:
        """The section that `raw` says, or None where anything in it is wrong."""
        before = len(self.problems)
        section = self._choose(where, sections, raw)
        known = fields_of((section,) if section else sections)
        values = {
            name: self._value(_key(where, name), known[name], value)
            for name, value in raw.items()
            if name in known and (section or name != "driver")
        }
        self._strays(where, sections, known, raw)
        if not section:
            return None
        self._absent(where, known, raw)
        for name, what in section.conflicts(raw):
            self._report(_key(where, name), what, known[name])
        return section(**values) if len(self.problems) == before else None

    def _tables(self, where: str, sections: Sections, raw: list[Any]) -> tuple[Section | None, ...]:
        read = tuple(self.table(f"{where} #{number}", sections, each) for number, each in enumerate(raw, 1))
        for key, field in fields_of(sections).items():
            if any(key in section.unique for section in sections):
                self._alike(where, key, field, [each.get(key) for each in raw])
        return read

    def _value(self, key: str, field: FieldInfo, raw: Any) -> Any:
        """A key's value; None where it is wrong, which TOML itself cannot say."""
        sections = sections_in(field.type)
        many = isinstance(field.default, tuple)
        if not sections:
            return self._plain(key, field, raw)
        if many and isinstance(raw, list) and all(isinstance(each, dict) for each in raw):
            return self._tables(key, sections, raw)
        if not many and isinstance(raw, dict):
            return self.table(key, sections, raw)
        self._report(key, f"must be written as {f'[[{key}]], once for each' if many else f'[{key}]'}", field)
        return None

    def _plain(self, key: str, field: FieldInfo, raw: Any) -> Any:
        try:
            return decode(field.type, raw, self.file.absolute().parent)
        except ValueError as error:
            self._report(key, str(error), field)
            return None

    def _choose(self, where: str, sections: Sections, raw: dict[str, Any]) -> type[Section] | None:
        """The only section, or the one whose driver the table names."""
        if len(sections) == 1:
            return sections[0]
        drivers = {_driver(section): section for section in sections}
        driver = raw.get("driver")
        if isinstance(driver, str) and driver in drivers:
            return drivers[driver]
        what = none_of(drivers, driver) if "driver" in raw else f"is missing; it must be {one_of(drivers)}"
        self._report(_key(where, "driver"), what, fields_of(sections)["driver"])
        return None

    def _strays(self, where: str, sections: Sections, known: Fields, raw: dict[str, Any]) -> None:
        """Keys that have no place in this table; their values are not looked at."""
        for name in (each for each in raw if each not in known):
            owners = [section for section in sections if name in fields_of((section,))]
            if owners:
                what = f'belongs to driver {one_of(map(_driver, owners))}, not to "{raw["driver"]}"'
                self._report(_key(where, name), what, fields_of(owners)[name])
                continue
            near = nearest(name, known)
            hint = f"did you mean {near}?" if near else f"known here are {', '.join(known)}"
            self._report(_key(where, name), f"is unknown; {hint}", known.get(near or ""))

    def _absent(self, where: str, known: Fields, raw: dict[str, Any]) -> None:
        for name, field in known.items():
            if field.required and name not in raw:
                self._report(_key(where, name), "is missing", field)

    def _alike(self, where: str, key: str, field: FieldInfo, values: list[Any]) -> None:
        first: dict[str, int] = {}
        for number, value in enumerate(values, 1):
            if isinstance(value, str) and first.setdefault(value, number) != number:
                what = f"is the same as that of {where} #{first[value]}"
                self._report(f"{where} #{number}.{key}", what, field)

    def _report(self, where: str, what: str, field: FieldInfo | None = None) -> None:
        line = meaning(field)
        self.problems.append(f"{self.file}: {where}: {what}" + (f" ({line})" if line else ""))


def _driver(section: type[Section]) -> str:
    return str(fields_of((section,))["driver"].default)


def _key(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
