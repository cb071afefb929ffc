from __future__ import annotations

from pathlib import Path

from stdnum import isbn

from station.config import BrokerConfig, PatternsConfig
from station.model import Item, Reader, Title
from station.simulate import library, samples
from station.store import Store
from tests.stores import SetClock, events


def test_isbns_are_right_and_each_is_there_once() -> None:
    numbers = [each.isbn for each in library.TITLES]
    assert [number for number in numbers if not isbn.is_valid(number)] == []
    assert len(set(numbers)) == len(numbers)


def test_labels_and_cards_look_as_the_patterns_say() -> None:
    patterns = PatternsConfig()
    assert all(patterns.item.fullmatch(each.id) for each in library.items())
    assert all(patterns.reader.fullmatch(each.id) for each in library.READERS)


def test_stock_is_put_in_once_and_records_nothing(on_disk: Store, clock: SetClock) -> None:
    library.stock(on_disk, clock.now())
    before = on_disk.shelf.all(Item)
    library.stock(on_disk, clock.step(60))
    assert on_disk.shelf.all(Item) == before
    assert len(before) == len(on_disk.shelf.all(Title)) == len(library.TITLES)
    assert [each.id for each in on_disk.shelf.all(Reader)] == [each.id for each in library.READERS]
    assert events(on_disk) == []


def test_every_sample_has_a_key_of_its_own(on_disk: Store, clock: SetClock) -> None:
    library.stock(on_disk, clock.now())
    cards, books = samples.cards(on_disk), samples.books(on_disk)
    assert [each.text for each in cards] == [each.id for each in library.READERS]
    assert [each.text for each in books] == [each.id for each in library.items()]
    keys = [each.key for each in cards + books]
    assert len(set(keys)) == len(keys)


def test_notes_say_what_is_to_be_known(on_disk: Store, clock: SetClock) -> None:
    library.stock(on_disk, clock.now())
    assert {
        each.text: each.note for each in samples.cards(on_disk) + samples.books(on_disk) if each.note
    } == {
        "RD-1002": "limit 1",
        "RD-1003": "blocked",
        "BK-1011": "held",
        "BK-1012": "reference",
    }


def test_large_library_shows_its_first_copies(on_disk: Store, clock: SetClock) -> None:
    from tests.stores import stock

    stock(on_disk, items=[f"BK-{number:04d}" for number in range(200)])
    assert [each.text for each in samples.books(on_disk)] == [f"BK-{number:04d}" for number in range(12)]
    assert samples.cards(on_disk) == []


def test_configuration_names_the_sample_library() -> None:
    config = library.config(Path("/somewhere"), BrokerConfig(host="127.0.0.1", port=1))
    assert (config.station.library, config.station.data_dir) == (library.LIBRARY.id, Path("/somewhere"))
