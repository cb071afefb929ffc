"""The parts that steps are written with: names, `key=value` pairs, an arrow with a signal. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from msgspec import structs

from station.replay import values
from station.replay.steps import Wanted
from station.replay.words import Word
from station.scan import isbn13
from station.signals import Reason, Signal

Words = Sequence[Word]
T = TypeVar("T")


class Wrong(Exception):
    """Sentences, each on one mistake in a line."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(*sentences)
        self.sentences = sentences


def choice(what: str, words: Words, known: Sequence[str]) -> str:
    """The first of `words`, which must be one of `known`."""
    if not words:
        raise Wrong(f"after {what} comes {values.listed(known)}")
    if words[0].text not in known:
        raise Wrong(values.unknown(f"after {what},", words[0].text, known))
    return words[0].text


def end(what: str, words: Words) -> None:
    if words:
        raise Wrong(f"{what} is the whole step, but there is {words[0].text} after it")


def only(what: str, words: Words) -> str:
    if len(words) != 1:
        raise Wrong(what)
    return words[0].text


def checked(read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except ValueError as error:
        raise Wrong(str(error)) from None


def named(kind: str, words: Words) -> tuple[str, Words]:
    """The id and the words after it; `id=` (a title's `isbn=`) may say it among the other fields."""
    field = "isbn=" if kind == "title" else "id="
    own = [each for each in words if each.plain.startswith(field)]
    if words and not is_pair(words[0]):
        return key(kind, words), words[1:]
    texts = [structs.replace(each, text=each.text.removeprefix(field), plain="") for each in own]
    return key(kind, texts), [each for each in words if each not in own[:1]]


def key(kind: str, words: Words) -> str:
    """The id that comes first, as a scan would say it: composed, and an ISBN in its thirteen digits."""
    text = unicodedata.normalize("NFC", words[0].text) if words else ""
    text = (isbn13(text) if kind == "title" else None) or text
    if not text or "=" in words[0].plain:
        raise Wrong(f"after {kind} comes its id")
    if len(text) > 512 or any(unicodedata.category(each) == "Cc" for each in text):
        raise Wrong(f"the id of {kind} is too long or holds control characters")
    return text


def is_pair(word: Word) -> bool:
    return "=" in word.plain


def pairs(
    words: Words, known: Iterable[str], problems: list[str], field: Callable[[str], str] = str
) -> dict[str, str]:
    """`key=value`, each key one of `known` after `field` has named it; all mistakes go to `problems`."""
    found: dict[str, str] = {}
    for word in words:
        name, equals, text = word.text.partition("=")
        name = field(name)
        if not equals:
            problems.append(f"{word.text} stands where a key=value is expected")
        elif name not in known:
            problems.append(values.unknown("the key", name, list(known)))
        elif name in found:
            problems.append(f"{name} is there twice")
        else:
            found[name] = unicodedata.normalize("NFC", text)
    return found


def split(words: Words) -> tuple[Words, Wanted | None]:
    """The words before the arrow, and what stands after it."""
    at = arrow(words)
    return (words, None) if at is None else (words[:at], _wanted([each.text for each in words[at + 1 :]]))


def arrow(words: Words) -> int | None:
    """Which of `words` is the arrow."""
    return next((n for n, each in enumerate(words) if each.text == each.plain == "->"), None)


def _wanted(said: list[str]) -> Wanted:
    signals, reasons = ["nothing", *map(str, Signal)], list(map(str, Reason))
    if not said:
        raise Wrong("after -> comes a signal, or nothing")
    if said[0] not in signals and said[0] in reasons:
        raise Wrong(f"{said[0]} is a reason; write it as `refused {said[0]}`")
    if said[0] not in signals:
        raise Wrong(values.unknown("the signal", said[0], signals))
    if len(said) > 2 or (len(said) == 2 and said[0] != "refused"):
        raise Wrong(f"after {said[0]} the line is at its end, but there is {said[-1]}")
    if len(said) == 2 and said[1] not in reasons:
        raise Wrong(values.unknown("the reason", said[1], reasons))
    return Wanted(None if said[0] == "nothing" else Signal(said[0]), Reason(said[1]) if said[1:] else None)
