"""Whatever a device sends gets an answer, lends nothing by mistake, and leaves nothing that can't be read."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from station.desk import Desk
from station.documents import KINDS, write
from station.drivers.lines import Lines
from station.model import Item, Policy, Reader
from station.scan import LONGEST, Patterns
from station.signals import Shown, Signal
from station.topics import Topics
from tests.stores import SetClock, events, memory_store, stock

TOPICS = Topics("shelfpost", "oak", "desk_1")

CHARACTERS = st.characters(exclude_categories=())
CODES = ["RD-1", "BK-1", "BK-2", "9787020002207", "CMD-DONE", "CMD-UNDO", "CMD-LOST", "]E0", "]C1", "1234"]
NEARLY = st.lists(st.sampled_from(CODES) | st.text(CHARACTERS, max_size=3), max_size=4).map("".join)
LONG = st.builds(lambda text, times: text * times, st.text(CHARACTERS, max_size=5), st.integers(1, 4_000))
LINES = st.text(CHARACTERS) | NEARLY | LONG
CODE_BYTES = NEARLY.map(lambda text: text.encode("utf-8", "surrogatepass"))
BYTES = st.binary(max_size=200) | st.lists(CODE_BYTES).map(b"\n".join)

NEVER_CODES = [
    "",
    "\x00",
    "BK-1\x00",
    "BK-1\x00BK-2",
    "BK-\udc801",
    "\u202eBK-1",
    "BK-1\u200f",
    "\ufeffBK-1",
    "x" * 10_000,
    "BK-1" * 2_500,
    "' OR '1'='1",
    "%s%n{0}{}",
    "$.loan.reader",
    "../../etc/passwd",
    "bk-1",
    "ＢＫ－１",
    "BK-1 BK-2",
]


class Rig:
    """A desk with a card, a lent book and one on the shelf, whose scans are two seconds apart."""

    def __init__(self, policy: Policy) -> None:
        self.store = memory_store()
        self.clock = SetClock()
        books = [Item(id="BK-1"), Item(id="BK-2", isbn="9787020002207")]
        stock(self.store, readers=["RD-1"], items=books, policy=policy)
        self.desk = Desk(self.store)
        self.scan("RD-1")
        self.scan("BK-1")
        self.scan("CMD-DONE")

    def scan(self, line: str) -> list[Shown]:
        return self.desk.scan("desk", line, self.clock.step(2))

    def lent(self) -> list[str]:
        return [each.id for each in self.store.shelf.all(Item) if each.loan]

    def check(self) -> None:
        """All that is kept can be read, written, and published."""
        for cls in KINDS.values():
            for document in self.store.shelf.all(cls):
                assert len(document.key) <= LONGEST
                msgspec.json.encode(write(document))
                TOPICS.document(document.kind_of_document, document.key).encode()
        assert [each["seq"] for each in events(self.store)] == list(range(1, self.store.journal.head + 1))


@pytest.fixture(params=["closed", "review", "open"])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    made = Rig(Policy(admission=request.param))
    yield made
    made.check()


@pytest.mark.parametrize("line", NEVER_CODES, ids=lambda line: ascii(line[:20]))
def test_what_is_no_code_is_unknown_and_changes_nothing(rig: Rig, line: str) -> None:
    before = events(rig.store)
    assert [(each.signal, each.item, each.reader) for each in rig.scan(line)] == [
        (Signal.UNKNOWN, None, None)
    ]
    assert (rig.lent(), events(rig.store)) == (["BK-1"], before)


@pytest.mark.parametrize("line", NEVER_CODES, ids=lambda line: ascii(line[:20]))
def test_what_is_no_code_leaves_the_session_open(rig: Rig, line: str) -> None:
    rig.scan("RD-1")
    rig.scan(line)
    assert [each.signal for each in rig.scan("BK-2")] == [Signal.BORROWED]


@given(st.lists(LINES, max_size=8), st.sampled_from(["closed", "review", "open"]))
@example(["RD-" + "\u0344" * 500, "RD-" + "\u0344" * 500], "open")
@example(["RD-" + "x" * 509, "RD-" + "x" * 509], "open")
def test_any_lines_are_answered(lines: list[str], admission: str) -> None:
    rig = Rig(msgspec.convert({"admission": admission}, Policy))
    for line in lines:
        shown = rig.scan(line)
        assert shown and all(isinstance(each, Shown) for each in shown)
    rig.check()


@given(BYTES, BYTES)
def test_any_bytes_are_answered(first: bytes, second: bytes) -> None:
    rig, lines = Rig(Policy()), Lines()
    for line in [*lines.feed(first), *lines.feed(second), *lines.end()]:
        assert rig.scan(line)
    rig.check()


@given(LINES)
def test_line_lends_or_returns_only_what_it_names(line: str) -> None:
    """After any line the lent books have changed only if it held a known code."""
    rig = Rig(Policy())
    rig.scan(line)
    assert rig.lent() == ["BK-1"] or any(code in line for code in ("BK-1", "BK-2", "9787020002207"))


@given(st.text(CHARACTERS, max_size=20))
def test_any_text_may_be_an_id(key: str) -> None:
    """With patterns that take everything, a card is kept only if it can be kept as it is."""
    store = memory_store()
    stock(store, policy=Policy(admission="open"))
    desk = Desk(store, patterns=Patterns(reader=".*", command_prefix="CMD-"))
    shown = desk.scan("desk", key, SetClock().now())
    kept = [each.id for each in store.shelf.all(Reader)]
    assert (len(shown), len(kept)) == (1, int(shown[0].signal is Signal.ADMITTED))
    assert all(msgspec.json.decode(msgspec.json.encode(each)) == each for each in kept)


def test_many_different_lines_leave_no_memory_behind() -> None:
    rig = Rig(Policy())
    for number in range(300):
        rig.scan(f"garbage {number}")
    assert len(rig.desk._repeats) == 1
    assert rig.desk.state.recent == () and rig.desk.state.wrong_pins == ()
