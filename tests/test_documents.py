"""Documents to JSON and back, with what a newer program has put into them."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.documents import KINDS, read, received, write
from station.model import Document, Incident, Item, Library, Loan, Policy, Reader, Title
from tests.mosquitto import PATIENCE

LOAN = {
    "reader": "RD-1",
    "since": "2026-11-24T09:00:00.000Z",
    "due": "2026-12-08",
    "renewals": 0,
    "station": "desk_1",
    "event": "e0-1",
}
POLICY = Policy(closed_dates=(date(2026, 12, 25),), timezone="Asia/Shanghai")
LENT = Loan(reader="RD-1", since="", due=date(2026, 12, 8))
EXAMPLES: list[Document] = [
    Library(id="oak", name="Oak School", policy=POLICY),
    Item(id="BK-1", isbn="9787020002207", title="红楼梦", loan=LENT),
    Item(id="BK-2", status="reference", location="attic", hold_for="RD-2"),
    Item(id="BK-3", stamp="s2", parent="s1", stamps=("s2", "s1"), loanstamp="s1", reststamp="s2"),
    Reader(id="RD-1", kind="staff", status="blocked", limit=0, expires=date(2027, 1, 1), pin="aa$bb"),
    Title(isbn="9787020002207", title="红楼梦", authors=("曹雪芹", "高鹗"), year=1996, source="desk"),
    Incident(id="x-1", kind="handed_over", note="…", item="BK-1", reader="RD-1", status="resolved"),
]


def through_json(value: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


@pytest.mark.parametrize("document", EXAMPLES, ids=lambda each: type(each).__name__)
def test_document_comes_back_as_it_was(document: Document) -> None:
    assert read(type(document), through_json(write(document))) == document


def test_item_is_written_as_the_contract_has_it() -> None:
    item = Item(id="BK-1", loan=msgspec.convert(LOAN, Loan))
    assert through_json(write(item)) == {
        "stamp": "",
        "parent": None,
        "stamps": [],
        "id": "BK-1",
        "status": "available",
        "loan": LOAN,
        "loanstamp": "",
        "reststamp": "",
    }


def test_what_is_not_there_is_left_out_but_for_loan_and_parent() -> None:
    assert {name: value for name, value in write(Item(id="BK-1")).items() if value is None} == {
        "loan": None,
        "parent": None,
    }
    assert "pin" not in write(Reader(id="RD-1"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NEWER = st.dictionaries(
    st.text(max_size=8).filter(lambda name: not hasattr(Item, name) and not hasattr(Loan, name))
    | st.just("extra"),
    JSON,
    max_size=3,
)


@given(NEWER, NEWER)
def test_field_that_is_not_known_is_kept_and_sent_on_as_it_came(item: Any, loan: Any) -> None:
    raw = through_json({**write(Item(id="BK-1")), **item, "loan": {**LOAN, **loan}})
    assert through_json(write(read(Item, raw))) == raw


def test_policy_key_that_is_not_known_is_kept() -> None:
    raw = through_json(write(Library(id="oak")))
    raw["policy"]["late_fee"] = {"currency": "EUR"}
    assert through_json(write(read(Library, raw))) == raw


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("items", {}),
        ("items", {"id": ""}),
        ("items", {"id": 7}),
        ("items", {"id": None}),
        ("items", {"id": "x" * 513}),
        ("items", {"id": "BK-1", "status": "eaten"}),
        ("items", {"id": "BK-1", "loan": "RD-1"}),
        ("items", {"id": "BK-1", "loan": {}}),
        ("items", {"id": "BK-1", "loan": {**LOAN, "due": "someday"}}),
        ("items", {"id": "BK-1", "loan": {**LOAN, "renewals": -1}}),
        ("items", {"id": "BK-1", "stamps": "s1"}),
        ("readers", {"id": "RD-1", "kind": "king"}),
        ("readers", {"id": "RD-1", "limit": -1}),
        ("readers", {"id": "RD-1", "expires": "2026-02-30"}),
        ("library", {"id": "oak", "policy": {"max_loans": "5"}}),
        ("library", {"id": "oak", "policy": []}),
        ("titles", {"isbn": "x", "authors": "曹雪芹"}),
        ("exceptions", {"id": "x"}),
    ],
)
def test_document_that_makes_no_sense_is_refused(kind: str, raw: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(KINDS[kind], raw)


def nested(levels: int) -> bytes:
    return b'{"id":"BK-1","x":' + b"[" * levels + b"]" * levels + b"}"


def test_document_may_be_nested_as_people_nest_and_no_deeper() -> None:
    assert received(Item, nested(31)).key == "BK-1"
    for levels in (32, 900, 100_000):
        with pytest.raises((ValueError, RecursionError, msgspec.MsgspecError)):
            received(Item, nested(levels))


@pytest.mark.parametrize("size", [0, 65_537, 1_000_000])
def test_nothing_and_too_much_are_no_document(size: int) -> None:
    with pytest.raises(ValueError, match=f"{size} bytes are no document"):
        received(Item, b'{"id":"BK-1"}'.ljust(size)[:size])


def test_every_kind_has_a_table_and_a_topic_of_its_name() -> None:
    assert list(KINDS) == ["library", "items", "readers", "titles", "exceptions"]


def test_desk_and_link_may_read_their_first_documents_at_once() -> None:
    """msgspec 0.22 crashed in one of thirty tries."""
    command = [sys.executable, "-m", "tests.first_reads", "300"]
    ran = subprocess.run(command, capture_output=True, timeout=PATIENCE * 3, check=False)
    assert (ran.returncode, ran.stderr) == (0, b"")
