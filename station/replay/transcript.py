"""A transcript's text, read into steps: all of its mistakes at once. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from station.replay import grammar
from station.replay.parts import Wrong, arrow
from station.replay.steps import Given, Step, Transcript
from station.replay.words import words


class Mistakes(Exception):
    """What is wrong with a transcript: a sentence for each mistake, with its file and line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read(name: str, text: str) -> Transcript:
    """The steps of the file called `name`. Raises Mistakes."""
    lines = [each.removesuffix("\r").strip(" \t") for each in text.removeprefix("\ufeff").split("\n")]
    steps: list[Step] = []
    problems: list[str] = []
    for number, line in enumerate(lines, 1):
        try:
            steps += _step(number, line)
        except Wrong as wrong:
            problems += [f"{name}:{number}: {each}" for each in wrong.sentences]
    problems += [f"{name}:{number}: {said}" for number, said in _second_libraries(steps)]
    if problems:
        raise Mistakes(problems)
    return Transcript(name, _title(lines), tuple(steps))


def _step(number: int, line: str) -> list[Step]:
    """The step on a line, if there is one."""
    try:
        found = words(line)
    except ValueError as error:
        raise Wrong(str(error)) from None
    if not found:
        return []
    act = grammar.act(found)
    at = arrow(found)
    last = found[-1 if at is None else at - 1]
    return [Step(number, line[found[0].start : last.end], act)]


def _second_libraries(steps: list[Step]) -> Iterator[tuple[int, str]]:
    """A run has one library, though what is given of it may change."""
    first = ""
    for each in steps:
        if isinstance(each.act, Given) and each.act.kind == "library" and "id" in each.act.values:
            first = first or each.act.values["id"]
            if each.act.values["id"] != first:
                yield each.line, f"a run has one library, and its id is {first}"


def _title(lines: list[str]) -> str:
    return next((each.lstrip("#").strip() for each in lines if each.startswith("#")), "")
