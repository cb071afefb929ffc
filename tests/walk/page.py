"""The page docs/walk.md as steps: what is typed and scanned in it, and what it says comes of that."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

PAGE = Path(__file__).parents[2] / "docs" / "walk.md"
SCAN = re.compile(r"scan (?P<code>\S+) +→ (?P<signal>\w+(?: \w+)?)(?:  .*)?")


class Typed(Struct, frozen=True):
    """A shell line, and what the page shows of its output."""

    command: str
    output: str = ""


class Scanned(Struct, frozen=True):
    """A code that is held under the scanner, and the signal that answers it, with its reason."""

    code: str
    signal: str


Step = Typed | Scanned


def chapters(text: str) -> dict[str, list[Step]]:
    """The steps under each heading, in the page's order."""
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return {name: _steps(part) for name, part in zip(parts[1::2], parts[2::2], strict=True)}


def _steps(part: str) -> list[Step]:
    """Indented lines: `$ command` and its output, or `scan CODE → signal`, then a word on the lamps."""
    steps: list[Step] = []
    for line in part.splitlines():
        if line.startswith("    $ "):
            steps.append(Typed(line[6:]))
        elif line.startswith("    scan "):
            steps.append(_scanned(line[4:]))
        elif line.startswith("    "):
            steps[-1] = _with_output(steps[-1], line[4:])
    return steps


def _scanned(line: str) -> Scanned:
    found = SCAN.fullmatch(line)
    assert found, f"this is no scan: {line}"
    return Scanned(found["code"], found["signal"])


def _with_output(step: Step, line: str) -> Typed:
    assert isinstance(step, Typed), f"this is neither a step nor the output of one: {line}"
    return Typed(step.command, f"{step.output}{line}\n")


def is_as_shown(shown: str, said: str) -> bool:
    """Whether `said` is what the page shows, where `…` may be anything, a whole line or several too.

    Empty lines don't count: the page has none within an output.
    """
    pattern = ".*".join(map(re.escape, _full_lines(shown).split("…")))
    return re.fullmatch(pattern, _full_lines(said), re.DOTALL) is not None


def _full_lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())
