from datetime import date
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from station.model import Document, Item, Loan, Reader, Title
from station.store.merge import Merged, merge
from station.store.stamps import KEPT, stamped


def stamp(milliseconds: int, station: str) -> str:
    return f"{milliseconds:013d}-0000-{station}"


AHEAD = 4_000_000_000_000


def loan(reader: str) -> Loan:
    return Loan(reader=reader, since="2026-11-24T09:00:00.000Z", due=date(2026, 12, 8))


START = stamped(Item(id="BK-1"), None, stamp(1, "a"))


def item(document: Document) -> Item:
    assert isinstance(document, Item)
    return document


def changed(item: Item, at: str, **fields: object) -> Item:
    return stamped(structs.replace(item, **fields), item, at)


def test_a_change_that_saw_the_other_wins() -> None:
    lent = changed(START, stamp(2, "b"), loan=loan("RD-1"))
    assert merge(START, lent).document == lent
    assert merge(lent, START).document == lent


def test_two_loans_made_apart_leave_the_later_one_and_a_conflict() -> None:
    one = changed(START, stamp(2, "a"), loan=loan("RD-1"))
    other = changed(START, stamp(3, "b"), loan=loan("RD-2"))
    merged = merge(one, other)
    assert item(merged.document).loan == loan("RD-2")
    assert merged.conflict is not None
    assert merged == merge(other, one)


def test_a_stocktake_cannot_undo_a_loan_that_it_has_not_seen() -> None:
    lent = changed(START, stamp(2, "a"), loan=loan("RD-1"))
    counted = changed(START, stamp(3, "b"), location="shelf 2")
    merged = merge(lent, counted)
    both = item(merged.document)
    assert (both.loan, both.location) == (loan("RD-1"), "shelf 2")
    assert merged.conflict is None


def test_both_sides_of_a_merge_know_the_ancestry_of_both() -> None:
    lent = changed(START, stamp(2, "a"), loan=loan("RD-1"))
    counted = changed(START, stamp(3, "b"), location="shelf 2")
    assert merge(lent, counted).document.stamps == (stamp(3, "b"), stamp(2, "a"), stamp(1, "a"))


def test_merged_item_that_has_more_than_another_of_its_stamp_stands() -> None:
    counted = changed(START, stamp(2, "a"), location="shelf 2")
    lent = changed(START, stamp(3, "b"), loan=loan("RD-1"))
    both = merge(counted, lent).document
    assert both.stamp == lent.stamp
    assert merge(both, lent) == merge(lent, both) == Merged(both)


def test_who_has_seen_the_loan_may_end_it_though_the_stamp_is_an_earlier_one() -> None:
    lent = changed(START, stamp(9, "c"), loan=loan("RD-1"))
    returned = changed(lent, stamp(5, "a"), loan=None)
    counted = changed(lent, stamp(10, "b"), location="shelf 2")
    merged = merge(returned, counted)
    both = item(merged.document)
    assert (both.loan, both.location, merged.conflict) == (None, "shelf 2", None)
    assert merged == merge(counted, returned)


def test_stamps_that_were_too_far_ahead_push_no_version_out_of_its_own_ancestry() -> None:
    wrong = START
    for each in range(KEPT):
        wrong = changed(wrong, stamp(AHEAD + each, "a"), location=f"shelf {each}")
    lent = changed(wrong, stamp(2, "a"), loan=loan("RD-1"))
    counted = changed(wrong, stamp(3, "b"), location="shelf 2")
    agreed = merge(lent, counted).document
    assert (agreed.stamp, agreed.stamps[0]) == (stamp(3, "b"), stamp(3, "b"))
    assert merge(agreed, changed(item(agreed), stamp(4, "a"), loan=None)).document.stamp == stamp(4, "a")


def test_two_changes_of_a_reader_leave_the_later_one_and_a_conflict() -> None:
    start = stamped(Reader(id="RD-1"), None, stamp(1, "a"))
    blocked = stamped(structs.replace(start, status="blocked"), start, stamp(3, "a"))
    limited = stamped(structs.replace(start, limit=2), start, stamp(2, "b"))
    merged = merge(limited, blocked)
    assert merged.document == structs.replace(blocked, stamps=(*blocked.stamps[:1], *limited.stamps))
    assert merged.conflict is not None


def test_a_title_that_two_stations_looked_up_at_once_is_no_conflict() -> None:
    one = stamped(Title(isbn="9787020002207", title="红楼梦"), None, stamp(1, "a"))
    other = stamped(Title(isbn="9787020002207", title="红楼梦 /"), None, stamp(2, "b"))
    merged = merge(one, other)
    assert (merged.document.stamp, merged.conflict) == (other.stamp, None)
    assert merged == merge(other, one)


def test_two_corrections_of_a_title_made_apart_are_a_conflict() -> None:
    start = stamped(Title(isbn="9787020002207", title="红楼"), None, stamp(1, "a"))
    one = stamped(structs.replace(start, title="红楼梦"), start, stamp(2, "a"))
    other = stamped(structs.replace(start, title="石头记"), start, stamp(3, "b"))
    assert merge(one, other).conflict is not None


histories = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["loan", "location", "none"])), min_size=1, max_size=8
)


@given(histories)
def test_stations_that_hear_each_other_in_any_order_agree(history: list[tuple[int, str]]) -> None:
    held = [START, START, START]
    for when, (who, what) in enumerate(history, start=2):
        at = stamp(when, "abc"[who])
        fields: dict[str, dict[str, object]] = {"loan": {"loan": loan(at)}, "location": {"location": at}}
        held[who] = changed(held[who], at, **fields.get(what, {}))
    agreed = {_key(merge(merge(x, y).document, z).document) for x, y, z in permutations(held)}
    assert len(agreed) == 1


def _key(document: Document) -> str:
    agreed = item(document)
    return f"{agreed.loan}{agreed.location}{agreed.stamps}{agreed.loanstamp}{agreed.reststamp}"
