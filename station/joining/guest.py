"""The fresh station's side: it asks until it is answered, for as long as the code is good."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import msgspec

from station.config import BrokerConfig, Config, password
from station.drivers import Clock
from station.drivers.wake import Wake
from station.joining import JoinError, messages, seals
from station.joining.messages import Answer, Given
from station.joining.pending import ENDED, Pending
from station.mqtt import Connection, Message, Refused, WayIn
from station.topics import Topics
from station.watching import Down, Quiet, Up, listen

ASK_FIRST, ASK_AGAIN = 0.5, 5.0
"""Seconds between the first two requests, and the most between two later ones: the inviting station may be
off, or not have noticed yet that somebody was invited."""
LONGEST_WAIT = 15.0
ENDED_FOR_SURE = 3600
"""Seconds after its end that a code is still asked about: the inviting station's clock decides."""

WHY = {
    "spent": "the join code has been used already, and one code takes in one station. Make another one:"
    " `station library invite`, or `station print join`.",
    "ended": ENDED,
    "taken": "the library has a station at work that is called as this one's configuration says. Give this"
    " one another name ([station] id), or none: then it gets one.",
    "named": "the join code is for a station of another name than [station] id in this one's configuration.",
}
NOT_OURS = (
    "an answer came that doesn't fit the join code: the code was misread or changed. Scan it again, or make"
    " another one."
)


class Exchange:
    """One request, repeated. `config` is this station's as before joining: a broker in it comes first.

    `tell` hears, once each, what the station waits for.
    """

    def __init__(self, config: Config, pending: Pending, clock: Clock, tell: Callable[[str], None]) -> None:
        self._code = pending.code
        self._pending = pending
        self._clock = clock
        self._tell = tell
        self._told: set[str] = set()
        self._root = seals.root_of(self._code.secret, self._code.invitation)
        self._topics = Topics(self._code.root, self._code.library, "newcomer")
        self._broker = config.broker or BrokerConfig(
            host=self._code.host,
            port=self._code.port,
            protocol=self._code.protocol,  # type: ignore[arg-type]
            username=self._code.username,
        )
        own = config.broker is not None
        self._way_in = None if own else WayIn(self._code.password, self._code.certificate)
        if own:
            password(self._broker)

    def answered(self, closing: Wake) -> Given | None:
        """What the inviting station gives; None if `closing` was set before.

        Raises JoinError when it says no, or the code's time is over by a clock that can be believed.
        """
        connection: Connection | None = None
        ask_at, wait = 0.0, ASK_FIRST
        answers = [self._topics.join_answer(self._code.invitation)]
        for heard in listen(self._broker, answers, closing, longest_wait=LONGEST_WAIT, way_in=self._way_in):
            match heard:
                case Up(connection):
                    ask_at, wait = 0.0, ASK_FIRST
                case Down(cause):
                    connection = None
                    self._say(f"no way to the broker {self._broker.host}:{self._broker.port} yet: {cause}")
                case Message():
                    given = self.opened(heard.payload)
                    if given is not None:
                        return given
                case Quiet():
                    self._say("waiting for the station that made the code")
            self._must_be_in_time()
            if connection and self._clock.now().mono >= ask_at:
                ask_at, wait = self._clock.now().mono + wait, min(2 * wait, ASK_AGAIN)
                self._ask(connection)
        return None

    def _ask(self, connection: Connection) -> None:
        payload = messages.packed(self._pending.body, self._root, "ask")
        topic = self._topics.join(self._code.invitation)
        with contextlib.suppress(OSError, Refused):  # the next look at the connection finds it too
            connection.publish(Message(topic, payload, qos=0))

    def opened(self, payload: bytes) -> Given | None:
        """None for what is none of ours, or an answer to somebody else's request."""
        try:
            _, answer = messages.unpacked(payload, self._root, "answer", Answer)
        except ValueError:
            answer = None
        if answer is None:
            self._say(NOT_OURS)
            return None
        ours = bytes.fromhex(self._pending.private)
        if answer.to != seals.public(ours).hex():
            return None
        if answer.refused in WHY:
            raise JoinError(WHY[answer.refused])
        return self._unsealed(answer, ours)

    def _unsealed(self, answer: Answer, ours: bytes) -> Given | None:
        try:
            sealed, key = bytes.fromhex(answer.sealed or ""), bytes.fromhex(answer.key or "")
            data = seals.unseal(sealed, self._root, ours, key, self._pending.body.encode())
            return msgspec.json.decode(data, type=Given)
        except (seals.BrokenSeal, msgspec.MsgspecError, ValueError):
            self._say(NOT_OURS)
            return None

    def _must_be_in_time(self) -> None:
        """This station's own clock may stand anywhere, until it is synchronised."""
        now = self._clock.now()
        if now.trusted and now.wall.timestamp() > self._code.ends + ENDED_FOR_SURE:
            raise JoinError(ENDED)

    def _say(self, what: str) -> None:
        if what not in self._told:
            self._told.add(what)
            self._tell(what)
