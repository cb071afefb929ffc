"""Questions for titles: what this station asks of the others, and what it answers from its own catalogue.

Whoever knows a title writes its document, which reaches all. A station without a catalogue is no source: it
keeps silent. One with a catalogue that lacks the title says so to whoever asked.
"""

from __future__ import annotations

import logging

import msgspec
from msgspec import Struct

from station.commands import UNREADABLE
from station.decision import Draft
from station.drivers import Clock
from station.flows import titles
from station.model import Document, Title
from station.mqtt import Message
from station.questions import Questions
from station.scan import isbn13
from station.session import State
from station.store import Store
from station.topics import Topics

log = logging.getLogger("station.answers")


class Lookup(Struct, omit_defaults=True):
    """Who knows the title of this ISBN? Write its document; or say on the topic `reply_to` that you don't."""

    isbn: str
    reply_to: str | None = None


class Answer(Struct):
    """Whoever was asked for this ISBN doesn't know it."""

    isbn: str
    known: bool


_LOOKUP, _ANSWER = msgspec.json.Decoder(Lookup), msgspec.json.Decoder(Answer)


class Answers:
    """Hears the topics `lookups` and `answers`, and keeps what is to be said until it is taken."""

    def __init__(self, store: Store, topics: Topics, clock: Clock, questions: Questions) -> None:
        self._store = store
        self._topics = topics
        self._clock = clock
        self._questions = questions
        self._unsaid: list[Message] = []

    def messages(self) -> list[Message]:
        """The question to put now, and the answers since the last call."""
        said, self._unsaid = self._unsaid, []
        isbn = self._questions.take()
        return said if isbn is None else [*said, self._question(isbn)]

    def came(self, document: Document) -> None:
        """A document has come from the broker."""
        if isinstance(document, Title):
            self._questions.came(document.isbn)

    def received(self, message: Message) -> None:
        """Whatever a message holds, it is used, or a log line says why not."""
        if message.retain:
            log.warning("a retained message on %s is ignored: it would be asked at each start", message.topic)
            return
        try:
            if message.topic == self._topics.lookups:
                self._asked(_LOOKUP.decode(message.payload))
            else:
                self._answered(_ANSWER.decode(message.payload))
        except UNREADABLE as error:
            log.warning("what %s says can't be read: %s", message.topic, error)

    def _question(self, isbn: str) -> Message:
        asked = msgspec.json.encode(Lookup(isbn, self._topics.answers))
        return Message(self._topics.lookups, asked)

    def _answered(self, said: Answer) -> None:
        if not said.known:
            self._questions.said_no(said.isbn)

    def _asked(self, lookup: Lookup) -> None:
        isbn = isbn13(lookup.isbn)
        if isbn is None or lookup.reply_to == self._topics.answers:
            return  # no ISBN, or a question of our own
        shelf = self._store.shelf
        if shelf.title(isbn) is not None or shelf.library() is None or self._store.catalogue.is_empty():
            return  # the broker has the document already, or there is nothing here to know it from
        title = self._store.catalogue.get(isbn)
        if title is not None:
            now = self._clock.now()
            self._store.decide(
                lambda shelf: titles.known(Draft(State(), shelf, now), title), now, synced=True
            )
        elif lookup.reply_to and self._topics.takes_answers(lookup.reply_to):
            said = msgspec.json.encode(Answer(lookup.isbn, known=False))
            self._unsaid.append(Message(lookup.reply_to, said, qos=0))
