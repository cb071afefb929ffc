"""What is wanted: from the command line, checked against what the checkout has."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from installation import Refused
from installation.layout import Layout

CHECKOUT = Path(__file__).resolve().parents[1]

EXTRAS = ("gpio", "backup", "camera", "serial", "marc", "print")
"""What a station at a shelf may need: whoever plugs in another scanner has nothing to install."""


@dataclass(frozen=True)
class Plan:
    """`python` makes the virtual environment; `wheels` is a folder with all Python packages."""

    layout: Layout
    extras: tuple[str, ...]
    python: Path
    wheels: Path | None = None
    checkout: Path = CHECKOUT

    @property
    def is_for_an_image(self) -> bool:
        return self.layout.root != Path("/")

    @property
    def may_ask_the_network(self) -> bool:
        return self.wheels is None and not self.is_for_an_image

    @property
    def pip_wheel(self) -> Path | None:
        """A wheel of pip can be run as it is: then Debian's python3-venv is not needed."""
        return next(iter(sorted(self.wheels.glob("pip-*.whl"))), None) if self.wheels else None

    def has_wheel(self, package: str) -> bool:
        return bool(self.wheels and any(self.wheels.glob(f"{package}-*.whl")))

    @cached_property
    def version(self) -> str:
        text = (self.checkout / "station/__init__.py").read_text("utf-8")
        found = re.search(r'^__version__ = "([0-9][0-9A-Za-z.+]*)"$', text, re.MULTILINE)
        if found is None:
            raise Refused(f"{self.checkout} does not say its version: is it a whole checkout of Shelfpost?")
        return found[1]


def chosen(checkout: Path, wanted: str | None) -> tuple[str, ...]:
    """The extras that `wanted` names, or all of a station's that this checkout has. Raises Refused."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text("utf-8"))["project"]
    known = tuple(project["optional-dependencies"])
    if wanted is None:
        return tuple(each for each in EXTRAS if each in known)
    names = tuple(filter(None, (each.strip() for each in wanted.split(","))))
    for name in names:
        if name not in known:
            raise Refused(f"--extras: there is no {name!r}; there are {', '.join(known)}.")
    return names
