"""Topic names are the contract's, and no id can get out of its own level."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.documents import KINDS
from station.model import Item, Library, Reader
from station.topics import Topics, escaped

TOPICS = Topics("shelfpost", "oak", "desk_1")
IDS = st.text(min_size=1, max_size=40)


def test_topics_are_the_contracts() -> None:
    assert TOPICS.state == "shelfpost/oak/stations/desk_1/state"
    assert TOPICS.health == "shelfpost/oak/stations/desk_1/health"
    assert TOPICS.commands == "shelfpost/oak/stations/desk_1/commands"
    assert TOPICS.replies == "shelfpost/oak/stations/desk_1/replies"
    assert TOPICS.confirmed == "shelfpost/oak/confirmed/desk_1"


def test_event_has_the_topic_of_its_type() -> None:
    assert TOPICS.event("shelfpost.loan.borrowed.v1") == "shelfpost/oak/events/desk_1/loan.borrowed"


def test_root_may_have_levels_of_its_own() -> None:
    assert Topics("city/books", "oak", "desk_1").state == "city/books/oak/stations/desk_1/state"


@pytest.mark.parametrize(
    ("kind", "key", "topic"),
    [
        ("library", "oak", "shelfpost/oak/library"),
        ("items", "BK-1", "shelfpost/oak/items/BK-1"),
        ("readers", "RD-1001", "shelfpost/oak/readers/RD-1001"),
        ("titles", "9787020002207", "shelfpost/oak/titles/9787020002207"),
        ("exceptions", "handed_over-e0-1", "shelfpost/oak/exceptions/handed_over-e0-1"),
        ("items", "BK-a/b+c#d%e", "shelfpost/oak/items/BK-a%2Fb%2Bc%23d%25e"),
        ("items", "BK-\x00\n\x7f\x85", "shelfpost/oak/items/BK-%00%0A%7F%C2%85"),
        ("items", "BK-红 楼$梦", "shelfpost/oak/items/BK-红 楼$梦"),
    ],
)
def test_document_has_a_topic(kind: str, key: str, topic: str) -> None:
    assert (TOPICS.document(kind, key), TOPICS.kind_of(topic)) == (topic, kind)


@given(IDS)
def test_id_can_be_read_back_from_its_topic(key: str) -> None:
    assert unquote(escaped(key)) == key


@given(IDS, st.sampled_from([each for each in KINDS if each != "library"]))
def test_id_of_any_text_fills_one_level(key: str, kind: str) -> None:
    topic = TOPICS.document(kind, key)
    assert topic.count("/") == 3 and not set("+#") & set(topic)
    assert TOPICS.kind_of(topic) == kind


@pytest.mark.parametrize("char", ["\ufdd0", "\ufdef", "\ufffe", "\uffff", "\U0001ffff", "\U0010fffe"])
def test_what_is_no_character_is_encoded_too(char: str) -> None:
    """Brokers end a connection for a topic with one."""
    assert escaped(f"BK-{char}").isascii()


def test_filters_take_in_every_document_of_a_kind() -> None:
    assert [TOPICS.documents(kind) for kind in ("library", "items")] == [
        "shelfpost/oak/library",
        "shelfpost/oak/items/+",
    ]


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "items/BK-1",
        "shelfpost/elm/items/BK-1",
        "other/oak/items/BK-1",
        "shelfpost/oak/stations/desk_1/state",
        "shelfpost/oak/events/desk_1/loan.borrowed",
        "shelfpost/oak/unknown/BK-1",
        "shelfpost/oaks/items/BK-1",
    ],
)
def test_topic_that_holds_no_document(topic: str) -> None:
    assert TOPICS.kind_of(topic) is None


def test_document_belongs_on_its_own_topic_only() -> None:
    assert TOPICS.is_of(Item(id="BK-1"), "shelfpost/oak/items/BK-1")
    assert not TOPICS.is_of(Item(id="BK-1"), "shelfpost/oak/items/BK-2")
    assert not TOPICS.is_of(Item(id="BK-1"), "shelfpost/elm/items/BK-1")
    assert not TOPICS.is_of(Reader(id="BK-1"), "shelfpost/oak/items/BK-1")


def test_library_of_another_name_is_not_this_one() -> None:
    assert TOPICS.is_of(Library(id="oak"), "shelfpost/oak/library")
    assert not TOPICS.is_of(Library(id="elm"), "shelfpost/oak/library")
