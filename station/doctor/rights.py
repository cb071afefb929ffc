"""The permission on each topic, tried with messages that change nothing for whoever hears them.

An event that has been sent already has an id that consumers drop; a document is the one that this station
has; the state is what the broker keeps of it. None is retained, so what is retained stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import Struct

from station import __version__
from station.config import BrokerConfig
from station.doctor.findings import Finding, ok, skipped, warning, wrong
from station.doctor.place import Place
from station.doctor.probe import Probe
from station.documents import KINDS, read, write
from station.model import Document, instant
from station.mqtt import Message
from station.store import Store
from station.topics import Topics
from station.traffic import EVENT_TYPE

LATELY = 500
"""How many of the newest events are searched for one that names nobody."""

ACL = "Let the station's user {} {} (config/mosquitto/shelfpost.acl has the whole list)."


class Trial(Struct, frozen=True):
    """What the station must be allowed to write, and a message to try it with; None: there is none to send.

    `topic` is for all of the kind: a document's own topic may be somebody's card.
    """

    name: str
    topic: str
    message: Message | None
    echo: bool = False


def rights(place: Place, broker: BrokerConfig, probe: Probe) -> Iterator[Finding]:
    with place.store() as store:
        library = store.shelf.library() if store else None
        key = library.id if library else place.config.station.library
        if key is None:
            yield skipped("topics: neither the store nor [station] library names the library yet")
            return
        topics = Topics(broker.root, key, place.config.station.id)
        documents = list(_documents(topics, store))
        event = _event(topics, store)
    yield from _subscriptions(topics, probe)
    state = probe.listen(topics.state, until=topics.state).heard
    yield from _last_word(place, state)
    trials = [event, *_own(place, topics, state), *documents]
    yield from _writing(trials, broker, probe)


def _subscriptions(topics: Topics, probe: Probe) -> Iterator[Finding]:
    filters = {"commands": topics.commands, "confirmed": topics.confirmed}
    filters |= {kind: topics.documents(kind) for kind in KINDS}
    refused = [name for name, each in filters.items() if probe.listen(each).refused]
    if refused:
        yield wrong(
            f"subscribing is refused: {', '.join(refused)}",
            ACL.format("read", " and ".join(filters[each] for each in refused)),
        )
    granted = [name for name in filters if name not in refused]
    if granted:
        yield ok(f"subscribing is allowed: {', '.join(granted)}")


def _last_word(place: Place, state: tuple[Message, ...]) -> Iterator[Finding]:
    """What the others believe of this station."""
    try:
        said = msgspec.json.decode(state[-1].payload)["state"] if state else None
    except (msgspec.MsgspecError, TypeError, KeyError):
        said = None
    if place.pid is not None and said not in ("ready", "init"):
        yield warning(
            f"the station runs, and the broker says of it: {said or 'nothing'}",
            "journalctl -u shelfpost says what the broker answered it. Two stations with one id push each"
            " other off.",
        )
    elif said:
        yield ok(f"the broker says of this station: {said}")


def _own(place: Place, topics: Topics, state: tuple[Message, ...]) -> Iterator[Trial]:
    """Beside a running station its own state is not written: what the broker keeps shows that it may."""
    at = instant(place.clock.now().wall)
    if place.pid is None:
        first = msgspec.json.encode({"state": "init", "station": topics.station, "at": at})
        message = Message(topics.state, state[-1].payload if state else first)
        yield Trial("state", topics.state, message, echo=True)
    health = {"version": __version__, "at": at}
    yield Trial("health", topics.health, Message(topics.health, msgspec.json.encode(health)))
    reply = {"id": "doctor", "ok": True}
    yield Trial("replies", topics.replies, Message(topics.replies, msgspec.json.encode(reply)))


def _event(topics: Topics, store: Store | None) -> Trial:
    """One of the station's or library's own, which holds no reader."""
    sent = (store.journal.reached("sent") or 0) if store else 0
    found = store.journal.after(max(0, sent - LATELY), LATELY) if store else []
    bland = [each.event for each in found if each.position <= sent and _is_bland(each.event["type"])]
    if not bland:
        return Trial("events", topics.event("+"), None)
    topic, payload = topics.event(bland[-1]["type"]), msgspec.json.encode(bland[-1])
    return Trial("events", topics.event("+"), Message(topic, payload, content_type=EVENT_TYPE))


def _is_bland(type_: str) -> bool:
    return type_.startswith(("shelfpost.station.", "shelfpost.library."))


def _documents(topics: Topics, store: Store | None) -> Iterator[Trial]:
    for kind, cls in KINDS.items():
        rows = store.shelf.table(kind).after("", 1) if store else []
        messages = [_message(topics, kind, read(cls, row)) for row in rows]
        yield Trial(kind, topics.documents(kind), messages[0] if messages else None, echo=True)


def _message(topics: Topics, kind: str, document: Document) -> Message:
    return Message(topics.document(kind, document.key), msgspec.json.encode(write(document)))


def _writing(trials: list[Trial], broker: BrokerConfig, probe: Probe) -> Iterator[Finding]:
    empty = [each.name for each in trials if each.message is None]
    silent = [each.name for each in trials if each.message and not each.echo and broker.protocol != "5"]
    may = []
    for each in trials:
        if each.message is None or each.name in silent:
            continue
        refusal = _refusal(each, each.message, broker, probe)
        if refusal is None:
            may.append(each.name)
        else:
            yield refusal
    if may:
        yield ok(f"writing is allowed: {', '.join(may)}")
    if empty:
        yield skipped(f"writing was not tried, as the station has sent none yet: {', '.join(empty)}")
    if silent:
        yield skipped(f"writing was not tried, as MQTT 3.1.1 does not say: {', '.join(silent)}")


def _refusal(trial: Trial, message: Message, broker: BrokerConfig, probe: Probe) -> Finding | None:
    tried = probe.write(message, echo=trial.echo)
    if tried.refused:
        return wrong(f"writing {trial.name} is refused: {tried.refused}", ACL.format("write", trial.topic))
    came = any(each.topic == message.topic and each.payload == message.payload for each in tried.heard)
    if trial.echo and not came:
        right = "read" if broker.protocol == "5" else "read and write"
        return wrong(f"what is written to {trial.name} does not come back", ACL.format(right, trial.topic))
    return None
