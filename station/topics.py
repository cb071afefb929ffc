"""The contract's topics, and how an id is written into one."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from msgspec import Struct

from station.documents import KINDS
from station.events import short
from station.model import Document

_RESERVED = frozenset("/+#%")


def escaped(key: str) -> str:
    """`key` percent-encoded, as UTF-8, where it holds `/ + # %`, a control character or a noncharacter."""
    return "".join(quote(each, safe="") if _is_reserved(each) else each for each in key)


def _is_reserved(char: str) -> bool:
    """Brokers end the connection for a topic with one of Unicode's 66 noncharacters, as U+FFFF."""
    noncharacter = 0xFDD0 <= ord(char) <= 0xFDEF or ord(char) & 0xFFFE == 0xFFFE
    return char in _RESERVED or noncharacter or unicodedata.category(char) == "Cc"


class Topics(Struct, frozen=True):
    """Topic names of one station of one library."""

    root: str
    library: str
    station: str

    def event(self, event_type: str) -> str:
        """For an event's CloudEvents type, as in `shelfpost.loan.borrowed.v1`."""
        return f"{self._library}/events/{self.station}/{short(event_type)}"

    def document(self, kind: str, key: str) -> str:
        return f"{self._library}/library" if kind == "library" else f"{self._library}/{kind}/{escaped(key)}"

    def documents(self, kind: str) -> str:
        """The filter for every document of a kind."""
        return f"{self._library}/library" if kind == "library" else f"{self._library}/{kind}/+"

    def kind_of(self, topic: str) -> str | None:
        """The kind of document that `topic` is for; None: it is not for documents."""
        kind = topic.removeprefix(f"{self._library}/").partition("/")[0]
        return kind if kind in KINDS and topic.startswith(f"{self._library}/") else None

    def is_of(self, document: Document, topic: str) -> bool:
        """Whether `document` may come on `topic`: its id is the topic's, a library's is this one's."""
        kind, key = document.kind_of_document, document.key
        return self.document(kind, key) == topic and (kind != "library" or key == self.library)

    @property
    def state(self) -> str:
        return f"{self._station}/state"

    @property
    def health(self) -> str:
        return f"{self._station}/health"

    @property
    def commands(self) -> str:
        return f"{self._station}/commands"

    @property
    def replies(self) -> str:
        return f"{self._station}/replies"

    @property
    def answers(self) -> str:
        """Where those whom this station asked say that they don't know."""
        return f"{self._station}/answers"

    @property
    def lookups(self) -> str:
        return f"{self._library}/lookups"

    def takes_answers(self, topic: str) -> bool:
        """Whether somebody may be answered on `topic`: it is the library's, and none of its documents'."""
        wild = set("+#\0") & set(topic)
        return topic.startswith(f"{self._library}/") and self.kind_of(topic) is None and not wild

    @property
    def joins(self) -> str:
        """The filter for what stations ask that are about to join."""
        return self.join("+")

    def join(self, invitation: str) -> str:
        return f"{self._library}/joins/{invitation}"

    def join_answer(self, invitation: str) -> str:
        return f"{self.join(invitation)}/answer"

    def invitation_in(self, topic: str) -> str | None:
        """The invitation that a station asks about on `topic`; None: it is no such topic."""
        name = topic.removeprefix(self.join(""))
        return name if topic == self.join(name) and "/" not in name else None

    @property
    def states(self) -> str:
        """The filter for the state of every station."""
        return f"{self._library}/stations/+/state"

    def station_in(self, topic: str) -> str | None:
        """Whose state `topic` tells; None: it tells nobody's."""
        parts = topic.removeprefix(f"{self._library}/").split("/")
        return parts[1] if len(parts) == 3 and (parts[0], parts[2]) == ("stations", "state") else None

    @property
    def confirmed(self) -> str:
        return f"{self._library}/confirmed/{self.station}"

    @property
    def _library(self) -> str:
        return f"{self.root}/{escaped(self.library)}"

    @property
    def _station(self) -> str:
        return f"{self._library}/stations/{self.station}"
