"""The clock: due dates and the log depend on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from station.doctor.findings import Finding, ok, warning, wrong
from station.doctor.place import Place
from station.model import Library, Moment, named_zone
from station.store import Store

BEHIND = timedelta(minutes=5)
"""How much earlier than an event that is in the log already the clock may be."""

LATELY = 100
"""How many of the newest events are looked at."""


def clock(place: Place) -> Iterator[Finding]:
    with place.store() as store:
        library = store.shelf.library() if store else None
        last = _last_event(store) if store else None
    now = place.clock.now()
    local = now.wall.astimezone(library.policy.zone(now) if library else now.zone)
    yield _right(now, local, last)
    yield _zone(library, local)


def _right(now: Moment, local: datetime, last: datetime | None) -> Finding:
    shown = f"{local:%Y-%m-%d %H:%M} {local.tzname()}"
    if last and now.wall < last - BEHIND:
        return wrong(
            f"it is {shown} here, and the log already has {last.astimezone(local.tzinfo):%Y-%m-%d %H:%M}",
            "Let it find a time server, or set it: sudo timedatectl set-time 'YYYY-MM-DD HH:MM:SS'.",
        )
    if not now.trusted:
        return warning(
            f"it is {shown} here, but no time server has been heard: due dates may be wrong",
            "Connect the station; a network without the internet needs a time server of its own"
            " (NTP= in /etc/systemd/timesyncd.conf). `timedatectl timesync-status` says more.",
        )
    return ok(f"synchronised: {shown}")


def _zone(library: Library | None, local: datetime) -> Finding:
    """Days end at midnight of the library's zone. UTC is nearly always one that nobody has set."""
    named = library.policy.timezone if library else None
    if named and named_zone(named) is None:
        return wrong(
            f"the library's time zone {named!r} is not known here: days are those of the computer's,"
            f" {local.tzname()}",
            "station library set timezone=Asia/Shanghai, or whichever it is.",
        )
    if named:
        return ok(f"days are those of {named}, as the library says")
    if local.tzname() == "UTC":
        return warning(
            "days begin and end by UTC: neither the library nor the computer has a time zone",
            "station library set timezone=Asia/Shanghai, or whichever it is.",
        )
    return ok(f"days are those of the computer's time zone, {local.tzname()}")


def _last_event(store: Store) -> datetime | None:
    """The time of the newest events that were recorded under a synchronised clock."""
    newest = store.journal.latest(LATELY)
    times = [str(each.event["time"]) for each in newest if each.event.get("clocktrusted")]
    return datetime.fromisoformat(max(times)) if times else None
