"""What a transcript gives: documents, put into the store without an event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import structs

from station import pins
from station.decision import Decision
from station.flows.due import due_date
from station.model import Document, Item, Library, Loan, Moment, Policy, Reader, Title, instant
from station.replay.steps import Given
from station.replay.values import Impossible, moment
from station.session import State
from station.store import Store

Values = Mapping[str, Any]


def put(store: Store, given: Given, now: Moment, library: str) -> None:
    """Put the document in; where there is no library yet, one with the id `library` comes with it.

    Raises Impossible.
    """
    found = store.shelf.library()
    home = found or Library(id=library, name="Library")
    if given.kind in ("library", "policy"):
        changed: tuple[Document, ...] = (_library(home, given.values),)
    else:
        document = _document(store, given, home.policy, now)
        changed = (document,) if found else (home, document)
    store.decide(lambda _: Decision(state=State(), save=changed), now)


def _library(library: Library, values: Values) -> Library:
    policy = _only(values, set(Policy.__struct_fields__))
    own = _only(values, {"name", "contact"})
    return structs.replace(library, **own, policy=structs.replace(library.policy, **policy))


def _document(store: Store, given: Given, policy: Policy, now: Moment) -> Document:
    """The document with what is given of it changed, and all else as it was."""
    shelf, key, values = store.shelf, given.key, dict(given.values)
    if given.kind == "title":
        return structs.replace(shelf.title(key) or Title(isbn=key), **values)
    if given.kind == "reader":
        if values.get("pin"):
            values["pin"] = pins.hashed(values["pin"], store.journal.secret())
        return structs.replace(shelf.reader(key) or Reader(id=key), **values)
    item = shelf.item(key) or Item(id=key)
    own = _only(values, set(Item.__struct_fields__) - {"loan"})
    return structs.replace(item, **own, loan=_loan(item, values, policy, now, shelf.station))


def _loan(item: Item, values: Values, policy: Policy, now: Moment, station: str) -> Loan | None:
    said = _only(values, {"due", "since", "renewals"})
    before, reader = item.loan, values.get("loan", item.loan and item.loan.reader)
    if reader is None and said:
        raise Impossible(f"{item.id} is not on loan, so it has no {next(iter(said))}; add loan=READER")
    if reader is None:
        return None
    if before is not None and before.reader == reader:
        return structs.replace(before, **said)
    since = said.get("since", instant(now.wall))
    day = policy.day(structs.replace(now, wall=moment(since)))
    return Loan(
        **{"reader": reader, "since": since, "due": due_date(day, policy), "station": station, **said}
    )


def _only(values: Values, names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}
