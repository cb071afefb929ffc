"""How each kind of step is written: functions from the words after a step's first one. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from station.replay import names, values
from station.replay.parts import Words, Wrong, checked, choice, end, is_pair, key, named, only, pairs, split
from station.replay.steps import (
    Act,
    Broker,
    Cut,
    ExpectDocument,
    ExpectEvent,
    ExpectNoEvent,
    Given,
    GivenClock,
    Scans,
    Waits,
)

OPTIONS = ["scanner", "after", "signed"]


def act(words: Words) -> Act:
    """The step that `words`, of which there is at least one, say. Raises Wrong with all that is found."""
    first = words[0].text
    if first not in STEPS:
        raise Wrong(values.unknown("the step", first, list(STEPS)))
    return STEPS[first](words[1:])


def _given(words: Words) -> Act:
    kind = choice("given", words, ["clock", *names.GIVEN])
    rest = words[1:]
    if kind == "clock":
        time = only("given clock takes one time, as in 2026-11-24T09:00:00Z", rest)
        return GivenClock(checked(values.moment, time))
    if kind == "policy" or (kind == "library" and (not rest or is_pair(rest[0]))):
        return Given(kind, "", _typed(kind, rest))
    if kind == "library":
        return Given(kind, "", {"name": rest[0].text} | _typed(kind, rest[1:]))
    id_, rest = named(kind, rest)
    return Given(kind, id_, _typed(kind, rest))


def _scan(words: Words) -> Act:
    words, wanted = split(words)
    text, said = _scanned(words)
    after = checked(values.duration, said.get("after", "2s"))
    signed = said.get("signed", "false")
    if signed not in ("true", "false"):
        raise Wrong(f"signed={signed} must be true or false")
    return Scans(text, said.get("scanner", "replay"), after, wanted, signed == "true")


def _scanned(words: Words) -> tuple[str, dict[str, str]]:
    """The text, and the options around it."""
    options = [each for each in words if is_pair(each) and each.text.partition("=")[0] in OPTIONS]
    texts = [each for each in words if each not in options]
    problems: list[str] = []
    said = pairs(options, OPTIONS, problems)
    known = [f"{each}=" for each in OPTIONS]
    problems += [values.unknown("beside the text, the word", each.text, known) for each in texts[1:]]
    if not texts:
        problems.append("after scan comes what is scanned")
    elif "->" in texts[0].plain:
        problems.append(f"{texts[0].text}: put spaces around the arrow, or quotes around the text")
    if problems:
        raise Wrong(*problems)
    return texts[0].text, said


def _wait(words: Words) -> Act:
    words, wanted = split(words)
    time = only("wait takes one time, as in 31s, 2m, 1.5h or 14d", words)
    return Waits(checked(values.duration, time), wanted)


def _event(words: Words) -> Act:
    if not words:
        raise Wrong("after event comes its type, as in loan.borrowed")
    type_ = names.event_type(words[0].text)
    problems = [] if type_ in names.EVENT_TYPES else [values.unknown("the event", type_, names.EVENT_TYPES)]
    return ExpectEvent(type_, _texts(words[1:], names.EVENT_KEYS, problems))


def _no(words: Words) -> Act:
    choice("no", words, ["event"])
    end("no event", words[1:])
    return ExpectNoEvent()


def _expect(words: Words) -> Act:
    kind = choice("expect", words, list(names.DOCUMENTS))
    rest, id_ = words[1:], ""
    if kind != "library" or (rest and not is_pair(rest[0])):
        id_, rest = key(kind, rest), rest[1:]
    return ExpectDocument(kind, id_, _texts(rest, names.EXPECTED[kind], [], kind))


def _broker(words: Words) -> Act:
    state = choice("broker", words, ["up", "down"])
    end(f"broker {state}", words[1:])
    return Broker(state == "up")


def _cut(words: Words) -> Act:
    end("cut", words)
    return Cut()


def _typed(kind: str, words: Words) -> dict[str, Any]:
    """The fields of a document that is given, each in its own type."""
    problems: list[str] = []
    hints, typed = names.GIVEN[kind], {}
    for name, text in pairs(words, hints, problems, names.of(kind)).items():
        try:
            typed[name] = values.parse(name, hints[name], text)
        except ValueError as error:
            problems.append(f"{name} {error}")
    if problems:
        raise Wrong(*problems)
    return typed


def _texts(words: Words, known: list[str], problems: list[str], kind: str = "") -> dict[str, str]:
    """What is expected, as it is written; `problems` has what is wrong with the line so far."""
    found = pairs(words, known, problems, names.of(kind))
    if problems:
        raise Wrong(*problems)
    return found


STEPS: Mapping[str, Callable[[Words], Act]] = {
    "given": _given,
    "scan": _scan,
    "wait": _wait,
    "event": _event,
    "no": _no,
    "expect": _expect,
    "broker": _broker,
    "cut": _cut,
}
