from __future__ import annotations

from datetime import date

import pytest
from msgspec import structs

from station.model import Item, Loan, Reader, Title
from station.signals import Reason, Shown, Signal
from station.simulate import words
from station.store import Store
from tests.stores import memory_store, save, stock

LENT = Item(
    id="BK-1",
    title="红楼梦",
    loan=Loan(reader="RD-1", since="2026-11-24", due=date(2026, 12, 8), event="e0-1"),
)


@pytest.fixture
def library() -> Store:
    store = memory_store()
    stock(store, readers=[Reader(id="RD-1")], items=[LENT, Item(id="BK-2", isbn="9787536692930"), "BK-3"])
    save(store, Title(isbn="9787536692930", title="三体"))
    return store


@pytest.mark.parametrize("signal", [each for each in Signal if each is not Signal.REFUSED])
def test_every_signal_has_a_sentence(library: Store, signal: Signal) -> None:
    said = words.sentence(Shown(signal, item="BK-1"), library.shelf)
    assert said.endswith(".") and "{" not in said


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence_of_its_own(library: Store, reason: Reason) -> None:
    said = words.sentence(Shown(Signal.REFUSED, reason, item="BK-1"), library.shelf)
    assert said.endswith(".") and "{" not in said
    assert list(words.REFUSALS.values()).count(words.REFUSALS[reason]) == 1


def test_loan_says_title_and_due_date(library: Store) -> None:
    shown = Shown(Signal.BORROWED, item="BK-1", reader="RD-1")
    assert words.sentence(shown, library.shelf) == "红楼梦 is yours until 2026-12-08."


def test_copy_without_a_title_has_that_of_its_isbn_or_its_label(library: Store) -> None:
    assert [words.title(library.shelf, label) for label in ("BK-1", "BK-2", "BK-3", "BK-4")] == [
        "红楼梦",
        "三体",
        "BK-3",
        "BK-4",
    ]


def test_sentence_without_a_book_begins_with_a_capital_letter(library: Store) -> None:
    assert words.sentence(Shown(Signal.RETURNED), library.shelf) == "The book is back. Thank you."


def test_refusal_is_named_with_its_reason() -> None:
    refused = Shown(Signal.REFUSED, Reason.LOAN_LIMIT)
    assert [words.name(refused), words.name(structs.replace(refused, reason=None))] == [
        "refused loan_limit",
        "refused",
    ]
