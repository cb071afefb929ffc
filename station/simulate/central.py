"""A stand-in for the central server, by the contract's rules for a consumer.

It drops an event whose id it has seen, knows from `seq` what it misses, and asks the station for that again.
It never confirms anything: to confirm means to hold it durably, and this holds nothing.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

import msgspec

from station.mqtt import Message
from station.topics import Topics
from station.watching import event_in

PATIENCE = 2.0
"""Seconds for which a missing event may be on its way before it is asked for."""


class Progress:
    """The events of one epoch that have come: all up to `upto`, and some beyond."""

    def __init__(self, upto: int = 0) -> None:
        self.upto = upto
        self._beyond: set[int] = set()

    def add(self, seq: int) -> bool:
        """False if it has come before."""
        if seq <= self.upto or seq in self._beyond:
            return False
        self._beyond.add(seq)
        while self.upto + 1 in self._beyond:
            self.upto += 1
            self._beyond.remove(self.upto)
        return True


class Central:
    """Follows one station, from the event after `seq` of `epoch` on. Times are monotonic seconds."""

    def __init__(self, topics: Topics, epoch: str, seq: int) -> None:
        self._topics = topics
        self._epoch = epoch
        self._epochs = {epoch: Progress(seq)}
        self._last = seq
        self._behind_since: float | None = None

    def received(self, message: Message) -> dict[str, Any] | None:
        """The event that a message brings, if it is a new one."""
        if message.topic == self._topics.health:
            self._hear_health(message.payload)
            return None
        event = event_in(message.payload)
        if event is None or not isinstance(event.get("seq"), int):
            return None
        if event.get("epoch") == self._epoch:
            self._last = max(self._last, event["seq"])
        progress = self._epochs.setdefault(str(event.get("epoch")), Progress())
        return event if progress.add(event["seq"]) else None

    def has(self, epoch: str, seq: int) -> bool:
        """Whether every event of `epoch` up to `seq` has come."""
        return epoch in self._epochs and self._epochs[epoch].upto >= seq

    def question(self, now: float) -> Message | None:
        """What to ask the station for, if something has been missing for longer than it may."""
        if self.has(self._epoch, self._last):
            self._behind_since = None
            return None
        if self._behind_since is None:
            self._behind_since = now
        if now - self._behind_since < PATIENCE:
            return None
        self._behind_since = now
        first = self._epochs[self._epoch].upto + 1
        asked = {"command": "resend", "id": secrets.token_hex(4), "epoch": self._epoch}
        return Message(self._topics.commands, json.dumps({**asked, "from": first, "to": self._last}).encode())

    def _hear_health(self, payload: bytes) -> None:
        """A station's health says its last event, so that a lost tail shows too."""
        try:
            said = msgspec.json.decode(payload, type=dict)
        except (msgspec.MsgspecError, UnicodeError):
            return
        epoch, seq = said.get("epoch"), said.get("seq")
        if not isinstance(epoch, str) or not isinstance(seq, int):
            return
        if epoch != self._epoch:
            self._epoch, self._last = epoch, 0
            self._epochs.setdefault(epoch, Progress())
        self._last = max(self._last, seq)
