"""How the log forgets who read what: events keep their place and their counts, and lose the reader's id.

A loan that is over loses its reader 30 days after central confirmed that it holds the event; any event does
when it is older than the policy's `history_days`; and a reader who is erased is gone from all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from station.events import EventType
from station.flows.erasure import ERASED, is_erased
from station.model import Item, Moment, Reader
from station.store import Store, contacts
from station.store.journal import Stored

CONFIRMED_DAYS = 30
"""Days that a finished loan keeps its reader after central has confirmed the event."""
BATCH = 50
"""Events that are rewritten in one transaction: the desk waits for no more than that."""

LOANS = frozenset(
    each.cloud
    for each in (
        EventType.BORROWED,
        EventType.RENEWED,
        EventType.RETURNED,
        EventType.UNDONE,
        EventType.DUE_SOON,
        EventType.OVERDUE,
    )
)


def forget(store: Store, now: Moment) -> int:
    """Let the log forget what it may by now. Returns the number of events that have lost their reader.

    A clock that isn't synchronised forgets nothing by age: it may be years ahead.
    """
    done = sum(erase(store, each) for each in _newly_erased(store))
    if store.shelf.library() is None or not now.trusted:
        return done
    return done + _forget_finished(store, now) + _forget_old(store, now)


def forget_contacts(store: Store, now: Moment) -> None:
    """A contact goes when staff has rejected the reader, when the reader is erased, or after 90 days."""
    for each in list(store.contacts.all()):
        reader = store.shelf.reader(each.reader)
        handled = reader is None or reader.status == "blocked" or is_erased(reader)
        old = now.trusted and now.wall - datetime.fromisoformat(each.since) >= contacts.LONGEST
        if handled or old:
            with store.transaction():
                store.contacts.forget(each.position)


def erase(store: Store, reader: Reader) -> int:
    """Take an erased reader out of every event so far. Returns the number of events that held the id."""
    found = [each.position for each in store.journal.beyond(0) if _names(each.event, reader.id)]
    done = _rewrite(store, found, lambda event: without(event, reader.id))
    with store.transaction():
        store.journal.erased(reader.id, reader.stamp)
    return done


def without(event: dict[str, Any], reader: str | None = None) -> dict[str, Any]:
    """The event without its reader, or as it is where `reader` is given and it is about somebody else."""
    data = event["data"]
    named = data.get("reader")
    if named in (None, ERASED) or reader not in (None, named):
        return event
    less = {**data, "reader": ERASED}
    if "note" in data:
        less["note"] = data["note"].replace(named, ERASED)
    return {**event, "subject": ERASED if event["subject"] == named else event["subject"], "data": less}


def _forget_finished(store: Store, now: Moment) -> int:
    """Of loans that are over, once central has held the event for long enough."""
    journal = store.journal
    day = store.shelf.policy.day(now)
    state = journal.history()
    days = _confirmed_by(state.get("days", []), day, journal.reached("confirmed"))
    far = next((place for then, place in reversed(days) if _age(then, day) >= CONFIRMED_DAYS), 0)
    waiting = [*state.get("open", []), *_loan_events(store, state.get("finished", 0), far)]
    running = [each for each in waiting if _is_running(store, each)]
    over = sorted(set(waiting) - set(running))
    done = _rewrite(store, over, without)
    _keep(store, days=days, open=running, finished=far)
    return done


def _keep(store: Store, **state: Any) -> None:
    """Nothing is written where nothing has changed."""
    before = {"days": [], "open": [], "finished": 0, "old": 0} | store.journal.history()
    if {**before, **state} != before:
        with store.transaction():
            store.journal.keep_history({**before, **state})


def _confirmed_by(days: list[list[Any]], day: date, confirmed: int | None) -> list[list[Any]]:
    """Up to which position central had confirmed, by day; one that is older than needed stays."""
    known = [each for each in days if each[0] != day.isoformat()]
    if confirmed is not None and (not known or known[-1][1] != confirmed):
        known.append([day.isoformat(), confirmed])
    old = [each for each in known if _age(each[0], day) >= CONFIRMED_DAYS]
    return old[-1:] + known[len(old) :]


def _age(then: str, day: date) -> int:
    return (day - date.fromisoformat(then)).days


def _loan_events(store: Store, start: int, end: int) -> Iterator[int]:
    """The positions beyond `start`, up to `end`, of events that name the reader of a loan."""
    for each in store.journal.beyond(start):
        if each.position > end:
            return
        if each.event["type"] in LOANS and each.event["data"].get("reader") not in (None, ERASED):
            yield each.position


def _is_running(store: Store, position: int) -> bool:
    """Whether the loan that the event is about is still open."""
    event = store.journal.at(position).event
    item = store.shelf.get(Item, event["data"]["item"])
    if item is None or item.loan is None or item.loan.reader != event["data"]["reader"]:
        return False
    return bool(event["id"] == item.loan.event or event["time"] >= item.loan.since)


def _forget_old(store: Store, now: Moment) -> int:
    """All that is older than `history_days`, and that the broker has where there ever was one."""
    policy, journal = store.shelf.policy, store.journal
    cutoff = policy.day(now) - timedelta(days=policy.history_days)
    start = journal.history().get("old", 0)
    end = start
    for each in store.journal.beyond(start):
        if each.position > (journal.reached("sent") or journal.head):
            break
        if not each.event["clocktrusted"]:
            continue  # as old as the next one whose time is to be believed
        at = datetime.fromisoformat(each.event["time"]).astimezone(policy.zone(now))
        if at.date() >= cutoff:
            break
        end = each.position
    done = _rewrite(store, range(start + 1, end + 1), without)
    if end > start:
        _keep(store, old=end)
    return done


def _newly_erased(store: Store) -> list[Reader]:
    """Readers that were erased, here or at another station, and that this log may still name."""
    done = store.journal.erasures()
    gone = (each for each in store.shelf.readers_in("expired") if is_erased(each))
    return [each for each in gone if done.get(each.id) != each.stamp]


def _names(event: dict[str, Any], reader: str) -> bool:
    """The erasure itself is told under the card's number, so that central can do the same."""
    is_about: bool = event["data"].get("reader") == reader
    return is_about and event["type"] != EventType.READER_CHANGED.cloud


def _rewrite(store: Store, places: Sequence[int], change: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """Write the events at these positions anew, a few in a transaction. Returns how many have changed."""
    done = 0
    for start in range(0, len(places), BATCH):
        with store.transaction():
            done += sum(_rewrite_one(store, each, change) for each in places[start : start + BATCH])
    return done


def _rewrite_one(store: Store, place: int, change: Callable[[dict[str, Any]], dict[str, Any]]) -> bool:
    stored = store.journal.at(place)
    fresh = change(stored.event)
    if fresh != stored.event:
        store.journal.rewrite(Stored(place, fresh))
    return fresh != stored.event
