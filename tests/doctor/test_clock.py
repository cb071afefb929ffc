from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from msgspec import structs

from station.decision import Decision
from station.doctor.clock import clock
from station.doctor.place import Place
from station.events import ItemAdded
from station.model import Policy
from station.session import State
from tests.doctor.places import place, said, store_of
from tests.stores import SetClock, stock

BERLIN = timezone(timedelta(hours=1), "CET")


def at(hour: int, *, trusted: bool = True) -> SetClock:
    clock = SetClock(datetime(2026, 11, 24, hour, tzinfo=UTC), trusted=trusted)
    clock.moment = structs.replace(clock.moment, zone=BERLIN)
    return clock


def test_clock_that_is_synchronised(tmp_path: Path) -> None:
    assert said(clock(place(tmp_path, clock=at(9)))) == [
        ("ok", "synchronised: 2026-11-24 10:00 CET"),
        ("ok", "days are those of the computer's time zone, CET"),
    ]


def test_clock_that_nobody_has_set_is_a_warning(tmp_path: Path) -> None:
    (finding, _) = clock(place(tmp_path, clock=at(9, trusted=False)))
    assert finding.status == "warning" and "no time server has been heard" in finding.found


def test_clock_before_the_last_event_is_wrong(tmp_path: Path) -> None:
    here = place(tmp_path, clock=at(8, trusted=False))
    recorded(here, at(9))
    assert said(clock(here))[0] == (
        "wrong",
        "it is 2026-11-24 09:00 CET here, and the log already has 2026-11-24 10:00",
    )


def test_event_under_an_unsure_clock_proves_nothing(tmp_path: Path) -> None:
    here = place(tmp_path, clock=at(8))
    recorded(here, at(9, trusted=False))
    assert said(clock(here))[0][0] == "ok"


def recorded(here: Place, when: SetClock) -> None:
    with store_of(here) as store:
        stock(store)
        decision = Decision(state=State(), record=(ItemAdded(item="BK-1"),))
        store.decide(lambda _: decision, when.now())


def test_zone_of_the_library_is_told(tmp_path: Path) -> None:
    here = place(tmp_path, clock=at(9))
    with store_of(here) as store:
        stock(store, policy=Policy(timezone="Asia/Shanghai"))
    assert said(clock(here)) == [
        ("ok", "synchronised: 2026-11-24 17:00 CST"),
        ("ok", "days are those of Asia/Shanghai, as the library says"),
    ]


def test_zone_that_is_not_known_here_is_wrong(tmp_path: Path) -> None:
    here = place(tmp_path, clock=at(9))
    with store_of(here) as store:
        stock(store, policy=Policy(timezone="Nope/Nowhere"))
    assert said(clock(here)) == [
        ("ok", "synchronised: 2026-11-24 10:00 CET"),
        (
            "wrong",
            "the library's time zone 'Nope/Nowhere' is not known here: days are those of the computer's, CET",
        ),
    ]


def test_days_by_utc_that_nobody_has_chosen_are_a_warning(tmp_path: Path) -> None:
    assert said(clock(place(tmp_path, clock=SetClock())))[1] == (
        "warning",
        "days begin and end by UTC: neither the library nor the computer has a time zone",
    )
