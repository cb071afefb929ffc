"""The log: events in sequence without a gap, and marks that never go back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from station.events import ItemAdded, ItemFound
from station.model import Item, Moment
from station.store import Store
from station.store.journal import Journal, Stored
from station.store.times import corrected
from tests.stores import EPOCH, LIBRARY, START, SetClock, events, save, stock

NOW = SetClock().now()
SEEN = "1795550000000-0000-desk_2"
FAR_AHEAD = "2095502400000-0000-central"


def record(store: Store, number: int, now: Moment = NOW) -> None:
    with store.transaction():
        store.journal.write([ItemAdded(item=f"BK-{each}") for each in range(number)], 0, LIBRARY, now)


def positions(found: list[Stored]) -> list[int]:
    return [each.position for each in found]


def test_event_is_a_cloud_event_with_the_contracts_fields(store: Store) -> None:
    now = Moment(START + timedelta(milliseconds=123), 1234.56789, False, "boot-7")
    with store.transaction():
        store.journal.write([ItemFound(item="BK-1", isbn="9787020002207")], 0, LIBRARY, now)
    assert events(store) == [
        {
            "specversion": "1.0",
            "id": f"{EPOCH}-1",
            "source": "/libraries/oak/stations/desk_1",
            "type": "shelfpost.item.found.v1",
            "subject": "BK-1",
            "time": "2026-11-24T09:00:00.123Z",
            "epoch": EPOCH,
            "seq": 1,
            "clocktrusted": False,
            "bootid": "boot-7",
            "monotonic": "1234.568",
            "datacontenttype": "application/json",
            "data": {"item": "BK-1", "isbn": "9787020002207"},
        }
    ]


def test_sequence_has_no_gap_over_decisions(store: Store) -> None:
    for number in (1, 3, 0, 2):
        record(store, number)
    assert [each["seq"] for each in events(store)] == [1, 2, 3, 4, 5, 6]
    assert [each["id"] for each in events(store)] == [f"{EPOCH}-{each}" for each in range(1, 7)]
    assert (store.journal.head, store.journal.last_sequence, store.journal.event_id(0)) == (
        6,
        6,
        f"{EPOCH}-7",
    )


def test_decision_without_events_takes_no_number(store: Store) -> None:
    stock(store, items=["BK-1"])
    save(store, Item(id="BK-2"))
    assert [store.journal.event_id(ahead) for ahead in (0, 1)] == [f"{EPOCH}-1", f"{EPOCH}-2"]


def test_log_is_read_in_pieces(store: Store) -> None:
    record(store, 12)
    assert positions(store.journal.after(0, 5)) == [1, 2, 3, 4, 5]
    assert positions(store.journal.after(9, 5)) == [10, 11, 12]
    assert store.journal.after(12, 5) == []


def test_log_is_in_order_of_numbers_not_of_text(store: Store) -> None:
    record(store, 101)
    assert positions(store.journal.after(8, 3)) == [9, 10, 11]
    assert positions(store.journal.after(98, 9)) == [99, 100, 101]


@pytest.mark.parametrize(
    ("epoch", "sequence", "position"),
    [
        (EPOCH, 0, 0),
        (EPOCH, 1, 1),
        (EPOCH, 3, 3),
        (EPOCH, 4, None),
        (EPOCH, -1, None),
        (EPOCH, 10**30, None),
        ("another", 1, None),
        ("", 0, None),
    ],
)
def test_event_is_found_by_epoch_and_sequence(
    store: Store, epoch: str, sequence: int, position: int | None
) -> None:
    record(store, 3)
    assert store.journal.position_of(epoch, sequence) == position


def begin_epoch(store: Store, epoch: str | None = None, now: Moment = NOW, seen: str = "") -> None:
    """As a store does that was restored from a backup: its next events must not look like lost ones."""
    with store.transaction():
        store.journal.begin_epoch(now, seen, epoch)


def test_sequence_begins_anew_with_an_epoch(store: Store) -> None:
    record(store, 2)
    begin_epoch(store, "e1")
    record(store, 2)
    assert [each["id"] for each in events(store)] == ["e0-1", "e0-2", "e1-1", "e1-2"]
    assert store.journal.last_sequence == 2
    assert [store.journal.position_of("e1", each) for each in (0, 1, 2, 3)] == [2, 3, 4, None]


def test_epoch_that_has_ended_has_no_events_beyond_its_end(store: Store) -> None:
    record(store, 2)
    begin_epoch(store, "e1")
    record(store, 2)
    assert [store.journal.position_of("e0", each) for each in (0, 1, 2, 3, 4)] == [0, 1, 2, None, None]


def test_epoch_is_another_each_time(store: Store) -> None:
    drawn = [store.journal.epoch]
    for _ in range(3):
        begin_epoch(store)
        drawn.append(store.journal.epoch)
    assert list(store.journal.epochs()) == drawn and len(set(drawn)) == 4


def test_epochs_lie_one_behind_the_other_though_one_has_no_events(store: Store) -> None:
    record(store, 2)
    begin_epoch(store, "z")
    begin_epoch(store, "a")
    record(store, 1)
    assert list(store.journal.epochs().items()) == [(EPOCH, (0, 2)), ("z", (2, 2)), ("a", (2, 3))]
    assert [store.journal.position_of("z", each) for each in (0, 1)] == [2, None]


def test_epoch_leaves_the_outbox_and_settles_the_times(store: Store) -> None:
    """What had not been sent when the backup was made may have been sent since."""
    record(store, 5)
    with store.transaction():
        store.journal.reach("sent", 3)
        store.journal.reach("handed", 4)
    begin_epoch(store, "e1")
    assert (store.journal.reached("sent"), store.journal.reached("handed")) == (3, 5)


LATER_STAMP = "1795550000000-0000-desk_1"


@pytest.mark.parametrize(
    ("now", "seen", "stamp"),
    [
        (NOW, "", "1795510800000-0001-desk_1"),
        (NOW, LATER_STAMP, "1795550000000-0002-desk_1"),
        (structs.replace(NOW, wall=START + timedelta(days=1)), "", "1795597200001-0000-desk_1"),
    ],
    ids=["the clock stands", "the replaced store was ahead", "a day later"],
)
def test_stamps_go_on_with_an_epoch(store: Store, now: Moment, seen: str, stamp: str) -> None:
    """The replaced store has drawn stamps that the backup does not know; none may come again."""
    begin_epoch(store, "e1", now, seen)
    stock(store, now=structs.replace(now, wall=now.wall + timedelta(milliseconds=now.wall > START)))
    library = store.shelf.library()
    assert library and library.stamp == stamp


def test_what_is_asked_for_again_is_done_in_order(store: Store) -> None:
    asked = [store.journal.asked_again()]
    with store.transaction():
        store.journal.ask_again(2, 4)
        store.journal.ask_again(1, 9)
        for position in (3, 4, 9):
            asked.append(store.journal.asked_again())
            store.journal.sent_again(position)
    assert [*asked, store.journal.asked_again()] == [None, (2, 4), (4, 4), (1, 9), None]


@pytest.mark.parametrize("mark", ["sent", "handed", "confirmed"])
def test_mark_never_goes_back(store: Store, mark: str) -> None:
    reached = [store.journal.reached(mark)]
    for position in (0, 5, 3, 5, 6):
        with store.transaction():
            store.journal.reach(mark, position)
        reached.append(store.journal.reached(mark))
    assert reached == [None, 0, 5, 5, 5, 6]


def test_marks_do_not_touch_one_another(store: Store) -> None:
    with store.transaction():
        store.journal.reach("sent", 2)
        store.journal.live("running")
    assert (store.journal.reached("sent"), store.journal.reached("confirmed")) == (2, None)
    assert (store.journal.life(), store.journal.epoch) == ("running", EPOCH)


def stamps_of(store: Store, *items: str) -> list[str]:
    found = [store.shelf.item(each) for each in items]
    return [each.stamp for each in found if each]


def test_each_document_of_a_decision_has_a_later_stamp(store: Store) -> None:
    stock(store)
    save(store, Item(id="BK-1"), Item(id="BK-2"), now=NOW)
    save(store, Item(id="BK-3"), now=structs.replace(NOW, wall=START - timedelta(hours=9)))
    drawn = stamps_of(store, "BK-1", "BK-2", "BK-3")
    assert drawn == sorted(set(drawn)) and len(drawn) == 3


def test_stamp_is_later_than_any_that_was_seen(store: Store) -> None:
    stock(store)
    with store.transaction():
        store.journal.saw(SEEN, NOW)
        store.journal.saw("0000000000001-0000-desk_3", NOW)
    save(store, Item(id="BK-1"))
    assert stamps_of(store, "BK-1") == [f"{SEEN[:13]}-0001-desk_1"]


def test_stamp_that_is_too_far_ahead_is_forgotten_once_the_clock_is_synchronised(store: Store) -> None:
    stock(store)
    with store.transaction():
        store.journal.saw(FAR_AHEAD, structs.replace(NOW, trusted=False))
    save(store, Item(id="BK-1"), now=structs.replace(NOW, trusted=False))
    save(store, Item(id="BK-2"), Item(id="BK-3"), now=NOW)
    assert stamps_of(store, "BK-1", "BK-2", "BK-3") == [
        f"{FAR_AHEAD[:13]}-0001-desk_1",
        "1795510800000-0000-desk_1",
        "1795510800000-0001-desk_1",
    ]


def test_what_is_seen_after_a_stamp_that_was_too_far_ahead_counts(store: Store) -> None:
    stock(store)
    with store.transaction():
        store.journal.saw(FAR_AHEAD, structs.replace(NOW, trusted=False))
        store.journal.saw(SEEN, NOW)
    save(store, Item(id="BK-1"))
    assert stamps_of(store, "BK-1") == [f"{SEEN[:13]}-0001-desk_1"]


def test_epoch_does_not_go_on_after_a_stamp_that_is_too_far_ahead(store: Store) -> None:
    begin_epoch(store, "e1", NOW, FAR_AHEAD)
    assert store.journal.last_stamp(NOW) == "1795510800000-0000-desk_1"


def unsynchronised(mono: float) -> Stored:
    """An event of a Pi that came up in 1970, `mono` seconds after its start."""
    journal = Journal.__new__(Journal)
    journal.station = "desk_1"
    past = Moment(START.replace(year=1970), mono, False, "boot-1")
    return Stored(1, journal._event(ItemAdded(item="BK-1"), EPOCH, 1, LIBRARY, past))


def test_time_is_corrected_once_the_clock_is_right() -> None:
    now = Moment(START, 100.0, True, "boot-1")
    fixed = corrected(unsynchronised(40.0), now)
    assert fixed.event["time"] == "2026-11-24T08:59:00.000Z"
    assert {**fixed.event, "time": None} == {**unsynchronised(40.0).event, "time": None}


@pytest.mark.parametrize(
    "now",
    [
        Moment(START, 100.0, False, "boot-1"),
        Moment(START, 100.0, True, "boot-2"),
    ],
    ids=["clock still wrong", "another boot"],
)
def test_time_stays_where_nobody_knows_better(now: Moment) -> None:
    assert corrected(unsynchronised(40.0), now) == unsynchronised(40.0)


def test_time_of_a_clock_that_was_right_stays() -> None:
    right = Stored(1, {**unsynchronised(40.0).event, "clocktrusted": True})
    assert corrected(right, Moment(START, 100.0, True, "boot-1")) == right
