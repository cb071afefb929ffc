"""The inviting station's side: it answers the stations that come with a code.

Belongs to the link's thread, and to its store handle. An invitation is spent, in a synced transaction,
before the answer goes out; the answer is kept with it, so that a station whose power failed may ask again and
hear the same. Nothing of it is logged but names.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import structs

from station.config import BrokerConfig, ConfigError, password
from station.drivers import Clock
from station.joining import messages, seals
from station.joining.messages import Answer, Ask, Given
from station.joining.names import free
from station.mqtt import Message
from station.store import Store
from station.store.invites import Invite
from station.topics import Topics

log = logging.getLogger("station.joining")

NOBODY = "0" * 64
"""In place of a request's key, where what came can't be believed."""
LARGEST_CA = 65_536
"""Bytes of ca_file that are sent along; a larger one is a system's own, which each system has."""


class Host:
    """`alike` is what all stations of a library have alike: the sections patterns and session."""

    def __init__(
        self,
        store: Store,
        broker: BrokerConfig,
        topics: Topics,
        clock: Clock,
        alike: Mapping[str, dict[str, Any]],
    ) -> None:
        self._store = store
        self._broker = broker
        self._topics = topics
        self._clock = clock
        self._alike = alike
        self._states: dict[str, str] = {}
        self._answers: list[Message] = []

    def filters(self) -> list[str]:
        """What to listen to, while anybody is invited; states come first, and say which names are taken."""
        return [self._topics.states, self._topics.joins] if self._store.invites.any() else []

    def replies(self) -> list[Message]:
        """The answers since the last call."""
        taken, self._answers = self._answers, []
        return taken

    def received(self, message: Message) -> None:
        name = self._topics.station_in(message.topic)
        invitation = self._topics.invitation_in(message.topic)
        if name is not None:
            self._hear_state(name, message.payload)
        elif invitation is not None and not message.retain:
            self._asked(invitation, message.payload)

    def _hear_state(self, name: str, payload: bytes) -> None:
        try:
            said = msgspec.json.decode(payload)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            said = None
        self._states[name] = str(said.get("state")) if isinstance(said, dict) else ""

    def _asked(self, invitation: str, payload: bytes) -> None:
        """An invitation that this station doesn't know is another's to answer."""
        kept = self._store.invites.get(invitation)
        if kept is None:
            return
        root = bytes.fromhex(kept.root)
        try:
            body, ask = messages.unpacked(payload, root, "ask", Ask)
        except ValueError as error:
            log.warning("a request to join can't be read: %s", error)
            return
        try:
            answer = self._answer(invitation, kept, root, body, ask)
        except ConfigError as error:
            log.error("a station waits to join, and can't be told how: %s", error)
            return
        self._answers.append(Message(self._topics.join_answer(invitation), answer))

    def _answer(self, invitation: str, kept: Invite, root: bytes, body: str, ask: Ask | None) -> bytes:
        if ask is None:
            return self._refused(root, NOBODY, "wrong")
        request = hashlib.sha256(body.encode()).hexdigest()
        if kept.spent == request and kept.answer is not None:
            return kept.answer.encode()
        if kept.spent is not None:
            return self._refused(root, ask.key, "spent")
        if self._now() > kept.ends:
            return self._refused(root, ask.key, "ended")
        name = self._name_for(kept, ask)
        if name is None:
            return self._refused(root, ask.key, "named" if kept.station else "taken")
        return self._take_in(invitation, kept, root, body, ask, name)

    def _take_in(self, invitation: str, kept: Invite, root: bytes, body: str, ask: Ask, name: str) -> bytes:
        given = self._given(kept, name)
        private = seals.new_key()
        try:
            sealed = seals.seal(
                msgspec.json.encode(given), root, private, bytes.fromhex(ask.key), body.encode()
            )
        except seals.BrokenSeal:
            return self._refused(root, ask.key, "wrong")
        said = Answer(to=ask.key, key=seals.public(private).hex(), sealed=sealed.hex())
        answer = messages.packed(messages.text(said), root, "answer")
        spent = structs.replace(
            kept,
            spent=hashlib.sha256(body.encode()).hexdigest(),
            given=name,
            answer=answer.decode(),
            username=None,
            password=None,
        )
        with self._store.transaction(synced=True):
            self._store.invites.put(invitation, spent)
        self._states[name] = "joining"
        log.info("a station joins this library as %s", name)
        return answer

    def _refused(self, root: bytes, key: str, why: Any) -> bytes:
        log.warning("a station may not join with this code: %s", why)
        return messages.packed(messages.text(Answer(to=key, refused=why)), root, "answer")

    def _name_for(self, kept: Invite, ask: Ask) -> str | None:
        """None where the name that it must have is not the invited one, or has a station that is at work."""
        if kept.station is not None:
            return kept.station if not ask.fixed or ask.station == kept.station else None
        at_work = {name for name, state in self._states.items() if state in ("init", "ready", "joining")}
        if ask.fixed:
            return None if ask.station in {*at_work, self._topics.station} else ask.station
        invited = {each.given or each.station or "" for _, each in self._store.invites.all()}
        return free(ask.station, {*self._states, *invited, self._topics.station})

    def _given(self, kept: Invite, name: str) -> Given:
        own = kept.username is None
        return Given(
            secret=self._store.journal.secret().hex(),
            station=name,
            username=self._broker.username if own else kept.username,
            password=password(self._broker) if own else kept.password,
            patterns=self._alike.get("patterns", {}),
            session=self._alike.get("session", {}),
            **self._authority(),
        )

    def _authority(self) -> dict[str, str]:
        """A certificate to trust goes along as text; a system's large bundle by its place."""
        file = self._broker.ca_file
        if file is None:
            return {}
        try:
            if file.stat().st_size <= LARGEST_CA:
                return {"ca": file.read_text("utf-8")}
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError([f"[broker] ca_file {file} can't be read: {error}"]) from error
        return {"ca_file": str(file)}

    def _now(self) -> float:
        """Ends are reckoned by this station's clock, as they were made; see `invitations.at`."""
        from station.joining.invitations import at

        return at(self._store, self._clock.now()).timestamp()
