"""What becomes of a book whose title is not known: the clock is set, and providers say what they are told."""

from __future__ import annotations

import pytest

from station.decision import Draft
from station.flows import titles
from station.lookup.providers import BrokerProvider, CatalogueProvider, No
from station.lookup.seeker import Seeker
from station.model import Incident, Item, Title
from station.questions import Questions, Said
from station.session import State
from station.store import Store
from tests.lookup.fakes import Asked
from tests.stores import SetClock, events, save, stock

DREAM, EMMA, NOBODYS = "9787020002207", "9780141439587", "9787506365437"
TITLE = Title(
    isbn=DREAM, title="红楼梦", authors=("曹雪芹", "高鹗"), publisher="人民文学出版社", source="far"
)
DAY = 86_400


@pytest.fixture
def store(store: Store) -> Store:
    stock(store)
    return store


def take_in(store: Store, *isbns: str) -> None:
    for number, isbn in enumerate(isbns, 1):
        save(store, Item(id=f"BK-{isbn}-{number}", isbn=isbn))


def all_done(seeker: Seeker) -> int:
    """Let it work until nothing is due; returns how often it had something to do."""
    steps = 0
    while seeker.step():
        steps += 1
    return steps


def told(store: Store) -> list[tuple[str, str]]:
    """Kind of event and exception's id, of what staff is told."""
    found = [each for each in events(store) if ".exception." in each["type"]]
    return [(each["type"].split(".")[2], each["data"]["id"]) for each in found]


def test_title_of_a_book_that_was_taken_in_becomes_a_document(store: Store, clock: SetClock) -> None:
    take_in(store, DREAM)
    assert all_done(Seeker(store, [Asked("near"), Asked("far", dream=TITLE)], clock)) == 1
    found = store.shelf.title(DREAM)
    assert found is not None
    assert (found.title, found.authors, found.publisher, found.source) == (
        "红楼梦",
        ("曹雪芹", "高鹗"),
        "人民文学出版社",
        "far",
    )
    assert found.stamp and ("titles", DREAM) in store.shared.unsent(100)
    assert store.wanted.get(DREAM) is None


def test_who_comes_first_is_asked_first_and_who_comes_after_not_at_all(store: Store, clock: SetClock) -> None:
    take_in(store, DREAM)
    near, far = Asked("near", dream=TITLE), Asked("far", dream=TITLE)
    all_done(Seeker(store, [near, far], clock))
    assert (near.asked, far.asked) == ([DREAM], [])


def test_nobody_is_asked_for_a_title_that_is_known(store: Store, clock: SetClock) -> None:
    save(store, TITLE)
    take_in(store, DREAM)
    far = Asked("far")
    assert all_done(Seeker(store, [far], clock)) == 0
    assert far.asked == []


def test_several_copies_are_one_question(store: Store, clock: SetClock) -> None:
    take_in(store, DREAM, DREAM, DREAM)
    far = Asked("far", dream=TITLE)
    all_done(Seeker(store, [far], clock))
    assert far.asked == [DREAM]


def test_a_copy_without_an_isbn_asks_nothing(store: Store, clock: SetClock) -> None:
    save(store, Item(id="BK-7", title="The school's yearbook"))
    assert all_done(Seeker(store, [Asked("far")], clock)) == 0


def test_loan_of_a_book_asks_nothing_again(store: Store, clock: SetClock) -> None:
    take_in(store, DREAM)
    all_done(Seeker(store, [Asked("far", dream=TITLE)], clock))
    save(store, Item(id=f"BK-{DREAM}-1", isbn=DREAM, location="A1"))
    assert store.wanted.get(DREAM) is None


def test_title_that_nobody_knows_is_told_to_staff_once(store: Store, clock: SetClock) -> None:
    take_in(store, NOBODYS)
    seeker = Seeker(store, [Asked("near"), Asked("far")], clock)
    all_done(seeker)
    clock.step(31 * DAY)
    all_done(seeker)
    assert told(store) == [("raised", f"title_unknown-{NOBODYS}")]
    (found,) = store.shelf.all(Incident)
    assert (found.kind, found.item, found.status) == ("title_unknown", f"BK-{NOBODYS}-1", "open")


def test_title_that_nobody_knows_is_looked_for_again_after_a_month(store: Store, clock: SetClock) -> None:
    take_in(store, NOBODYS)
    far = Asked("far")
    seeker = Seeker(store, [far], clock)
    all_done(seeker)
    clock.step(30 * DAY - 1)
    assert all_done(seeker) == 0
    clock.step(1)
    assert all_done(seeker) == 1
    assert far.asked == [NOBODYS, NOBODYS]


def test_exception_is_resolved_by_itself_when_somebody_knows_after_all(store: Store, clock: SetClock) -> None:
    take_in(store, DREAM)
    far = Asked("far")
    seeker = Seeker(store, [far], clock)
    all_done(seeker)
    far.says[DREAM] = TITLE
    clock.step(30 * DAY)
    all_done(seeker)
    assert told(store) == [("raised", f"title_unknown-{DREAM}"), ("resolved", f"title_unknown-{DREAM}")]
    assert [each.status for each in store.shelf.all(Incident)] == ["resolved"]
    assert store.wanted.get(DREAM) is None


def test_exception_is_resolved_when_the_title_comes_from_elsewhere(store: Store, clock: SetClock) -> None:
    take_in(store, DREAM)
    seeker = Seeker(store, [Asked("far")], clock)
    all_done(seeker)
    save(store, TITLE)
    assert all_done(seeker) == 1
    assert told(store)[1:] == [("resolved", f"title_unknown-{DREAM}")]
    found = store.shelf.title(DREAM)
    assert found is not None and found.parent is None


def test_staff_that_said_it_is_well_so_is_not_told_again(store: Store, clock: SetClock) -> None:
    take_in(store, NOBODYS)
    seeker = Seeker(store, [Asked("far")], clock)
    all_done(seeker)
    key = titles.exception_id(NOBODYS)
    save(store, Incident(id=key, kind="title_unknown", note="", status="resolved"))
    clock.step(30 * DAY)
    all_done(seeker)
    assert told(store) == [("raised", key)]


def test_who_did_not_answer_is_asked_again_ever_more_seldom(store: Store, clock: SetClock) -> None:
    take_in(store, DREAM)
    far = Asked("far", No.SILENT)
    seeker = Seeker(store, [far], clock)
    waits: list[int] = []
    waited = 0
    while len(waits) < 11:
        if seeker.step():
            waits, waited = [*waits, waited], 0
        clock.step(30)
        waited += 30
    assert waits == [0, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 21600]
    assert (told(store), store.shelf.title(DREAM)) == ([], None)


def test_who_said_no_is_left_alone_while_another_is_silent(store: Store, clock: SetClock) -> None:
    take_in(store, DREAM)
    near, far = Asked("near"), Asked("far", No.SILENT)
    seeker = Seeker(store, [near, far], clock)
    for _ in range(3):
        assert seeker.step()
        clock.step(600)
    assert (len(near.asked), len(far.asked)) == (1, 3)
    far.otherwise = No.UNKNOWN
    assert seeker.step()
    assert told(store) == [("raised", f"title_unknown-{DREAM}")]


def test_a_silence_is_no_answer_even_if_all_others_say_no(store: Store, clock: SetClock) -> None:
    take_in(store, DREAM)
    all_done(Seeker(store, [Asked("a", No.SILENT), Asked("b"), Asked("c", No.NOT_ASKED)], clock))
    assert told(store) == []


def test_a_station_that_can_ask_nobody_tells_nobody(store: Store, clock: SetClock) -> None:
    take_in(store, DREAM)
    all_done(Seeker(store, [Asked("catalogue", No.NOT_ASKED)], clock))
    assert told(store) == []
    wanted = store.wanted.get(DREAM)
    assert wanted is not None and not wanted.settled


def test_new_books_come_before_those_that_were_asked_for_before(store: Store, clock: SetClock) -> None:
    take_in(store, DREAM)
    far = Asked("far", No.SILENT)
    seeker = Seeker(store, [far], clock)
    seeker.step()
    clock.step(3600)
    take_in(store, EMMA)
    seeker.step()
    assert far.asked == [DREAM, EMMA]


def test_book_that_is_gone_again_is_looked_for_no_more(store: Store, clock: SetClock) -> None:
    take_in(store, DREAM)
    save(store, Item(id=f"BK-{DREAM}-1", isbn=EMMA))
    far = Asked("far", No.SILENT)
    all_done(Seeker(store, [far], clock))
    assert far.asked == [EMMA]
    assert store.wanted.get(DREAM) is None


def test_imported_catalogue_knows_what_is_in_it_and_says_so_of_what_is_not(store: Store) -> None:
    provider = CatalogueProvider(store)
    assert provider.ask(DREAM) is No.NOT_ASKED
    with store.transaction():
        store.catalogue.put(TITLE)
    assert provider.ask(DREAM) == TITLE
    assert provider.ask(EMMA) is No.UNKNOWN


def test_whoever_listens_on_the_broker_may_know_it_or_say_no_or_nothing(store: Store) -> None:
    questions = Questions()
    provider = BrokerProvider(store, questions, timeout=0.0)
    assert provider.ask(DREAM) is No.SILENT
    questions.can_be_asked(lambda: None)
    assert provider.ask(DREAM) is No.SILENT
    questions.can_be_asked(lambda: questions.said_no(DREAM))
    assert provider.ask(DREAM) is No.UNKNOWN
    save(store, TITLE)
    found = provider.ask(DREAM)
    assert isinstance(found, Title) and found.title == "红楼梦"


class Listeners(Questions):
    """Say something to some questions, by their number; keeps how long each was waited for."""

    def __init__(self, spoken: dict[int, Said]) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._spoken = spoken

    def ask(self, isbn: str, timeout: float) -> Said:
        self.waits.append(timeout)
        return self._spoken.get(len(self.waits), Said.NOTHING)


def test_where_nobody_listens_nobody_is_waited_for_long(store: Store) -> None:
    listeners = Listeners({2: Said.UNASKED, 7: Said.NO})
    provider = BrokerProvider(store, listeners, timeout=10.0)
    for _ in range(9):
        provider.ask(DREAM)
    assert listeners.waits == [10.0, 10.0, 10.0, 10.0, 0.5, 0.5, 0.5, 10.0, 10.0]


def test_what_is_wanted_outlives_the_process(on_disk: Store, clock: SetClock) -> None:
    stock(on_disk)
    take_in(on_disk, DREAM)
    Seeker(on_disk, [Asked("far", No.SILENT)], clock).step()
    wanted = on_disk.wanted.get(DREAM)
    path = on_disk._db.storage._path  # type: ignore[attr-defined]
    again = Store.open(path, "desk_1")
    assert again.wanted.get(DREAM) == wanted
    again.close()


def test_decision_that_could_not_be_saved_wants_no_title(store: Store, clock: SetClock) -> None:
    def fails(_shelf: object) -> None:
        store.shared.put(Item(id="BK-1", isbn=DREAM), "1795521404913-0000-desk_1")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        store.decide(fails, clock.now())  # type: ignore[arg-type]
    assert store.wanted.get(DREAM) is None


def test_title_that_came_meanwhile_stays_as_it_is(store: Store, clock: SetClock) -> None:
    save(store, TITLE)
    before = store.shelf.title(DREAM)
    other = Title(isbn=DREAM, title="another", source="far")
    store.decide(lambda shelf: titles.known(Draft(State(), shelf, clock.now()), other), clock.now())
    assert store.shelf.title(DREAM) == before
