"""The outbox: oldest first, a window at a time, and nothing is forgotten before it is confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from station.events import ItemAdded
from station.model import Moment
from station.outbox import SAVED_EVERY, Outbox
from station.store import Store
from tests.stores import EPOCH, LIBRARY, START, SetClock, events

NOW = SetClock().now()
ALONE = Moment(START.replace(year=1970), 40.0, False, "boot-1")
"""A Pi without a time server, 40 s after its start."""
LATER = Moment(START, 100.0, True, "boot-1")
"""The same boot a minute later, when the clock is right."""


def record(store: Store, number: int, now: Moment = NOW) -> None:
    with store.transaction():
        store.journal.write([ItemAdded(item=f"BK-{each}") for each in range(number)], 0, LIBRARY, now)


def connected(store: Store, window: int = 4) -> Outbox:
    outbox = Outbox(store, window)
    outbox.connected()
    return outbox


def taken(outbox: Outbox, now: Moment = NOW) -> list[int]:
    return [each.position for each in outbox.take(now)]


def acknowledge(outbox: Outbox, *positions: int) -> None:
    for each in positions:
        outbox.acknowledged(each)


def drained(outbox: Outbox) -> list[int]:
    """All that goes out while the broker acknowledges all of it."""
    gone: list[int] = []
    while positions := taken(outbox):
        gone += positions
        acknowledge(outbox, *positions)
    return gone


def marks(store: Store) -> tuple[int | None, int | None]:
    return store.journal.reached("sent"), store.journal.reached("confirmed")


def test_events_go_out_oldest_first_and_a_window_at_a_time(store: Store) -> None:
    record(store, 6)
    outbox = connected(store)
    assert (taken(outbox), outbox.in_flight) == ([1, 2, 3, 4], 4)
    assert taken(outbox) == []
    acknowledge(outbox, 1)
    assert taken(outbox) == []
    acknowledge(outbox, 2)
    assert taken(outbox) == [5, 6]


def test_window_of_one_is_a_window(store: Store) -> None:
    record(store, 3)
    assert drained(connected(store, 1)) == [1, 2, 3]


def test_what_is_recorded_later_goes_out_later(store: Store) -> None:
    outbox = connected(store)
    assert taken(outbox) == []
    record(store, 2)
    assert taken(outbox) == [1, 2]
    record(store, 1)
    assert taken(outbox) == [3]


def test_event_goes_out_as_it_is_in_the_log(store: Store) -> None:
    record(store, 2)
    assert [each.event for each in connected(store).take(NOW)] == events(store)


def test_sent_mark_moves_only_over_what_the_broker_has_without_a_gap(store: Store) -> None:
    record(store, 4)
    outbox = connected(store)
    taken(outbox)
    acknowledge(outbox, 2, 3)
    outbox.save()
    assert (marks(store)[0], outbox.in_flight) == (None, 4)
    acknowledge(outbox, 1)
    outbox.save()
    assert (marks(store)[0], outbox.in_flight) == (3, 1)


def test_acknowledgement_of_what_is_not_in_flight_moves_nothing(store: Store) -> None:
    record(store, 4)
    outbox = connected(store)
    acknowledge(outbox, 1, 2)
    taken(outbox)
    acknowledge(outbox, 1, 1, 0, -1, 99)
    outbox.save()
    assert marks(store)[0] == 1


def test_sent_mark_is_written_when_nothing_is_in_flight(store: Store) -> None:
    record(store, 3)
    drained(connected(store))
    assert marks(store)[0] == 3


def test_sent_mark_is_written_now_and_then_while_there_is_more(store: Store) -> None:
    record(store, 2 * SAVED_EVERY)
    outbox = connected(store, 2 * SAVED_EVERY)
    written = []
    for position in taken(outbox)[:-1]:
        acknowledge(outbox, position)
        written.append(marks(store)[0])
    assert written == [None] * (SAVED_EVERY - 1) + [SAVED_EVERY] * SAVED_EVERY


def test_without_confirmation_all_that_the_broker_did_not_acknowledge_goes_out_again(
    store: Store,
) -> None:
    record(store, 5)
    outbox = connected(store)
    taken(outbox)
    acknowledge(outbox, 1, 2, 4)
    outbox.save()
    assert drained(connected(store)) == [3, 4, 5]


def test_with_confirmation_all_beyond_it_goes_out_again(store: Store) -> None:
    record(store, 5)
    outbox = connected(store)
    drained(outbox)
    assert outbox.confirm(EPOCH, 2)
    assert drained(connected(store)) == [3, 4, 5]
    assert marks(store) == (5, 2)


def test_confirming_the_event_zero_asks_for_everything(store: Store) -> None:
    record(store, 3)
    outbox = connected(store)
    drained(outbox)
    assert outbox.confirm(EPOCH, 0)
    assert drained(connected(store)) == [1, 2, 3]


def test_the_same_connection_can_be_taken_up_again(store: Store) -> None:
    record(store, 5)
    outbox = connected(store)
    assert taken(outbox) == [1, 2, 3, 4]
    outbox.connected()
    assert (outbox.in_flight, drained(outbox)) == (0, [1, 2, 3, 4, 5])


def test_late_acknowledgement_of_an_old_connection_is_good_too(store: Store) -> None:
    """Position and event are the same: the broker has it."""
    record(store, 2)
    outbox = connected(store)
    taken(outbox)
    outbox.connected()
    taken(outbox)
    acknowledge(outbox, 1, 2)
    assert marks(store)[0] == 2


@pytest.mark.parametrize(
    ("epoch", "sequence"), [("another", 1), ("", 0), (EPOCH, 4), (EPOCH, -1), (EPOCH, 10**40)]
)
def test_confirmation_of_what_never_was_here_is_refused(store: Store, epoch: str, sequence: int) -> None:
    record(store, 3)
    outbox = connected(store)
    assert not outbox.confirm(epoch, sequence)
    assert marks(store) == (None, None)


def test_confirmation_never_goes_back(store: Store) -> None:
    record(store, 3)
    outbox = connected(store)
    assert outbox.confirm(EPOCH, 3) and outbox.confirm(EPOCH, 1)
    assert marks(store) == (None, 3)


@pytest.mark.parametrize(
    ("first", "last", "number", "gone"),
    [
        (2, 4, 3, [2, 3, 4]),
        (1, 6, 6, [1, 2, 3, 4, 5, 6]),
        (0, 2, 2, [1, 2]),
        (-9, 1, 1, [1]),
        (3, 3, 1, [3]),
        (4, 3, None, []),
        (5, 99, None, []),
        (99, 100, None, []),
        (1, -1, None, []),
    ],
)
def test_resend_sends_what_is_named(
    store: Store, first: int, last: int, number: int | None, gone: list[int]
) -> None:
    record(store, 6)
    outbox = connected(store)
    drained(outbox)
    assert (outbox.resend(EPOCH, first, last), drained(outbox)) == (number, gone)
    assert marks(store)[0] == 6


def test_resend_of_another_epoch_is_refused(store: Store) -> None:
    record(store, 3)
    assert connected(store).resend("another", 1, 3) is None


def test_resent_events_are_the_same_as_the_first_time(store: Store) -> None:
    record(store, 2, ALONE)
    outbox = connected(store)
    first = outbox.take(LATER)
    acknowledge(outbox, 1, 2)
    outbox.resend(EPOCH, 1, 2)
    assert outbox.take(structs.replace(LATER, mono=900.0)) == first


def test_several_resends_are_done_one_after_the_other(store: Store) -> None:
    record(store, 6)
    outbox = connected(store)
    drained(outbox)
    outbox.resend(EPOCH, 4, 6)
    outbox.resend(EPOCH, 1, 2)
    assert drained(outbox) == [4, 5, 6, 1, 2]


def test_resend_does_not_let_events_overtake_those_that_were_never_sent(store: Store) -> None:
    record(store, 9)
    outbox = connected(store)
    assert taken(outbox) == [1, 2, 3, 4]
    assert outbox.resend(EPOCH, 3, 9) == 7
    acknowledge(outbox, 1, 2, 3, 4)
    assert drained(outbox) == [3, 4, 5, 6, 7, 8, 9]
    assert marks(store)[0] == 9


def test_resend_of_what_was_not_sent_yet_leaves_no_hole_in_the_sent_mark(store: Store) -> None:
    record(store, 9)
    outbox = connected(store)
    outbox.resend(EPOCH, 6, 9)
    acknowledge(outbox, *taken(outbox))
    outbox.save()
    assert drained(connected(store)) == [5, 6, 7, 8, 9]


def test_event_that_is_in_flight_is_not_sent_beside_itself(store: Store) -> None:
    record(store, 6)
    outbox = connected(store, 6)
    assert taken(outbox) == [1, 2, 3, 4, 5, 6]
    outbox.resend(EPOCH, 2, 6)
    acknowledge(outbox, 1, 2, 3)
    assert taken(outbox) == [2, 3]


def test_new_events_wait_while_a_resend_is_under_way(store: Store) -> None:
    record(store, 6)
    outbox = connected(store)
    drained(outbox)
    outbox.resend(EPOCH, 1, 6)
    record(store, 1)
    assert drained(outbox) == [1, 2, 3, 4, 5, 6, 7]


def ask_again(store: Store, first: int, last: int) -> None:
    """As `station resend` does, beside the daemon."""
    with store.transaction():
        store.journal.ask_again(first, last)


def test_what_a_command_asked_for_goes_out_again_and_once(store: Store) -> None:
    record(store, 6)
    outbox = connected(store)
    drained(outbox)
    ask_again(store, 2, 6)
    ask_again(store, 1, 1)
    assert (drained(outbox), drained(outbox)) == ([2, 3, 4, 5, 6, 1], [])
    assert (store.journal.asked_again(), drained(connected(store))) == (None, [])


def test_what_a_command_asked_for_before_the_start_goes_out_after_the_rest(store: Store) -> None:
    record(store, 3)
    drained(connected(store))
    record(store, 1)
    ask_again(store, 2, 3)
    assert drained(connected(store)) == [4, 2, 3]


def test_what_a_command_asked_for_goes_out_anew_if_the_connection_ends_before_it_is_acknowledged(
    store: Store,
) -> None:
    record(store, 6)
    outbox = connected(store)
    drained(outbox)
    ask_again(store, 1, 6)
    assert taken(outbox) == [1, 2, 3, 4]
    acknowledge(outbox, 1, 2)
    assert (taken(outbox), drained(connected(store))) == ([5, 6], [1, 2, 3, 4, 5, 6])


def test_what_a_command_asked_for_waits_until_the_broker_has_all_else(store: Store) -> None:
    """What is in flight is not sent beside itself, and an acknowledgement of it answers no request."""
    record(store, 4)
    outbox = connected(store, 8)
    assert taken(outbox) == [1, 2, 3, 4]
    ask_again(store, 1, 4)
    assert taken(outbox) == []
    acknowledge(outbox, 1, 2, 3, 4)
    assert drained(outbox) == [1, 2, 3, 4]


def test_the_same_outbox_takes_up_again_what_a_command_asked_for(store: Store) -> None:
    record(store, 3)
    outbox = connected(store)
    drained(outbox)
    ask_again(store, 1, 3)
    assert taken(outbox) == [1, 2, 3]
    outbox.connected()
    assert drained(outbox) == [1, 2, 3]


def test_new_events_do_not_end_what_a_command_asked_for(store: Store) -> None:
    record(store, 5)
    outbox = connected(store)
    drained(outbox)
    ask_again(store, 1, 5)
    assert taken(outbox) == [1, 2, 3, 4]
    record(store, 1)
    acknowledge(outbox, 1, 2, 3, 4)
    assert drained(outbox) == [5, 6]
    assert store.journal.asked_again() is None


def test_what_is_no_longer_in_the_log_holds_up_nothing(store: Store) -> None:
    record(store, 6)
    outbox = connected(store)
    drained(outbox)
    ask_again(store, 1, 2)
    ask_again(store, 3, 4)
    store._db.table("events").remove(doc_ids=["000000000000001", "000000000000002"])  # type: ignore[list-item]
    assert drained(outbox) + drained(outbox) == [3, 4]


def test_long_outbox_costs_no_more_memory_than_a_short_one(store: Store) -> None:
    record(store, 200)
    outbox = connected(store)
    outbox.resend(EPOCH, 1, 200)
    most = 0
    while positions := taken(outbox):
        most = max(most, outbox.in_flight)
        acknowledge(outbox, *positions)
    assert most == 4


def test_health_says_what_is_unsent(store: Store) -> None:
    outbox = connected(store)
    assert outbox.health() == {"outbox": 0, "oldest_unsent": None, "epoch": EPOCH, "seq": 0}
    record(store, 2)
    record(store, 1, structs.replace(NOW, wall=START + timedelta(hours=1)))
    assert outbox.health() == said(3, "2026-11-24T09:00:00.000Z")
    taken(outbox)
    acknowledge(outbox, 1, 2)
    assert outbox.health() == said(1, "2026-11-24T10:00:00.000Z")
    acknowledge(outbox, 3)
    assert outbox.health() == said(0, None)


def said(number: int, oldest: str | None) -> dict[str, Any]:
    return {"outbox": number, "oldest_unsent": oldest, "epoch": EPOCH, "seq": 3}


def times(found: list[dict[str, Any]]) -> list[str]:
    return [each["time"] for each in found]


WRONG, RIGHT = "1970-11-24T09:00:00.000Z", "2026-11-24T08:59:00.000Z"


def test_time_is_corrected_before_the_first_hand_over_on_disk_too(store: Store) -> None:
    record(store, 2, ALONE)
    gone = [each.event for each in connected(store).take(LATER)]
    assert times(gone) == [RIGHT, RIGHT]
    assert events(store) == gone
    assert [each["clocktrusted"] for each in gone] == [False, False]


def test_time_is_never_corrected_after_the_first_hand_over(store: Store) -> None:
    record(store, 2, ALONE)
    outbox = connected(store)
    assert times([each.event for each in outbox.take(ALONE)]) == [WRONG, WRONG]
    record(store, 1, ALONE)
    again = connected(store)
    assert times([each.event for each in again.take(LATER)]) == [WRONG, WRONG, RIGHT]
    assert times(events(store)) == [WRONG, WRONG, RIGHT]


def test_time_that_was_corrected_stays_when_the_clock_is_set_again(store: Store) -> None:
    record(store, 1, ALONE)
    assert times([each.event for each in connected(store).take(LATER)]) == [RIGHT]
    reset = structs.replace(LATER, wall=START + timedelta(minutes=5))
    assert times([each.event for each in connected(store).take(reset)]) == [RIGHT]


def test_time_of_another_boot_stays_as_it_was(store: Store) -> None:
    record(store, 1, ALONE)
    rebooted = structs.replace(LATER, boot="boot-2")
    assert times([each.event for each in connected(store).take(rebooted)]) == [WRONG]
