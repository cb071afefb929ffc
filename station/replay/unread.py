"""The consumer's events that no step has read yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from station.replay.names import PASSED_OVER, event_type
from station.replay.values import same, text_of

Event = Mapping[str, Any]


class Unread:
    """Over the list that the consumer appends to."""

    def __init__(self, consumer: Sequence[Event]) -> None:
        self._consumer = consumer
        self._read: set[str] = set()

    def read(self, type_: str, wanted: Mapping[str, str]) -> str | None:
        """Take the next event, which must be a `type_` with all that is `wanted`. Returns what is not so.

        Events that are passed over can be named until the one after them has been read, and later.
        """
        found = [each for each in self._ahead(type_) if not differing(each, wanted)]
        if found:
            self._read.add(found[0]["id"])
            return None
        came = next(iter(self._ahead(type_)), None) or self.next()
        if came is None:
            return f"expected {type_}, but no event has come"
        if event_type(came["type"]) != type_:
            return f"expected {type_}, came {told(came)}"
        differences = "; ".join(
            f"{name}: expected {text}, came {text_of(value)}" for name, text, value in differing(came, wanted)
        )
        return f"{type_} of {came['subject']}: {differences}"

    def next(self) -> Event | None:
        """The next event that is not passed over."""
        return next((each for each in self._all() if not _is_passed_over(each)), None)

    def _ahead(self, type_: str) -> list[Event]:
        """The unread events of `type_` that no other event stands before."""
        found: list[Event] = []
        for each in self._all():
            if event_type(each["type"]) == type_:
                found.append(each)
            if not _is_passed_over(each):
                break
        return found

    def _all(self) -> list[Event]:
        return [each for each in self._consumer if each["id"] not in self._read]


def told(event: Event) -> str:
    """An event in a transcript's words."""
    data = " ".join(f"{name}={text_of(value)}" for name, value in event["data"].items())
    return f"{event_type(event['type'])} {data}"


def differing(event: Event, wanted: Mapping[str, str]) -> list[tuple[str, str, Any]]:
    """Name, expected text and value of all that is not as `wanted`: in its data, else around it."""
    held = {**event, **event["data"]}
    return [(name, text, held.get(name)) for name, text in wanted.items() if not same(text, held.get(name))]


def _is_passed_over(event: Event) -> bool:
    return event_type(event["type"]).startswith(PASSED_OVER)
