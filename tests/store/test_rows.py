"""TinyDB's own operations mean the same over SQLite rows as over TinyDB's memory storage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinydb import Query, TinyDB, where
from tinydb.operations import delete, increment
from tinydb.table import Document

from station.store.rows import Equals, OrderedTable, RowTable
from station.store.schema import prepare
from station.store.storage import SqliteStorage
from station.store.store import OrderedDB, RowDB
from tests.stores import MemoryTables

Table = Any
"""TinyDB's annotations know number ids only."""


def row_db(folder: Any) -> TinyDB:
    prepare(folder / "station.db")
    return RowDB(folder / "station.db", storage=SqliteStorage, durable=False)


@pytest.fixture(params=["memory", "sqlite"])
def db(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[TinyDB]:
    opened = OrderedDB(storage=MemoryTables) if request.param == "memory" else row_db(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def table(db: TinyDB) -> Table:
    """Three books: b and c alike, a on loan."""
    filled: Table = db.table("items")
    filled.insert(doc("c", isbn="978-2", year=2001, tags=["old", "red"]))
    filled.insert(doc("a", isbn="978-1", year=1999, loan={"reader": "RD-1"}))
    filled.insert(doc("b", isbn="978-2", year=2010, loan=None))
    return filled


@pytest.fixture
def rows(tmp_path: Any) -> Iterator[RowTable]:
    opened = row_db(tmp_path)
    table = opened.table("items")
    assert isinstance(table, RowTable)
    yield table
    opened.close()


def doc(key: str, /, **fields: Any) -> Document:
    return Document(fields, key)  # type: ignore[arg-type]


def ids(documents: list[Document]) -> list[str]:
    return [str(each.doc_id) for each in documents]


def whole(table: Table) -> dict[str, dict[str, Any]]:
    return {str(each.doc_id): dict(each) for each in table}


def test_document_is_found_by_its_id(table: Table) -> None:
    found = table.get(doc_id="a")
    assert (found, found.doc_id) == ({"isbn": "978-1", "year": 1999, "loan": {"reader": "RD-1"}}, "a")
    assert table.get(doc_id="x") is None


def test_insert_returns_the_id(table: Table) -> None:
    assert table.insert(doc("d")) == "d"
    assert table.insert_multiple([doc("f"), doc("e", n=1)]) == ["f", "e"]
    assert ids(table.all()) == ["a", "b", "c", "d", "e", "f"]


@pytest.mark.parametrize("insert", ["insert", "insert_multiple"])
def test_id_that_is_there_is_not_inserted_again(table: Table, insert: str) -> None:
    again = doc("a", isbn="other")
    with pytest.raises(ValueError, match="already"):
        getattr(table, insert)(again if insert == "insert" else [doc("z"), again])
    assert (table.get(doc_id="a")["isbn"], len(table)) == ("978-1", 3)


@pytest.mark.parametrize("bad", [{"isbn": "978-3"}, ["no mapping"], "text"])
def test_document_without_an_id_is_not_inserted(table: Table, bad: Any) -> None:
    with pytest.raises(ValueError):
        table.insert(bad)
    assert len(table) == 3


def test_put_writes_the_whole_document(table: Table) -> None:
    table.put(doc("a", n=1))
    table.put(doc("new", n=2))
    assert (table.get(doc_id="a"), table.get(doc_id="new"), len(table)) == ({"n": 1}, {"n": 2}, 4)


def test_upsert_by_id_keeps_the_other_fields(table: Table) -> None:
    assert table.upsert(doc("b", year=2020)) == ["b"]
    assert table.upsert(doc("d", year=2021)) == ["d"]
    assert table.get(doc_id="b") == {"isbn": "978-2", "year": 2020, "loan": None}
    assert table.get(doc_id="d") == {"year": 2021}


def test_upsert_by_query_changes_what_it_finds(table: Table) -> None:
    assert sorted(table.upsert({"place": "attic"}, where("isbn") == "978-2")) == ["b", "c"]
    assert ids(table.search(where("place") == "attic")) == ["b", "c"]


def test_upsert_with_neither_id_nor_query_is_refused(table: Table) -> None:
    with pytest.raises(ValueError):
        table.upsert({"n": 1})


def test_update_by_query(table: Table) -> None:
    assert sorted(table.update({"seen": True}, Query().year < 2005)) == ["a", "c"]
    assert {key: each.get("seen") for key, each in whole(table).items()} == {"a": True, "b": None, "c": True}


def test_update_by_ids_passes_over_those_that_are_not_there(table: Table) -> None:
    assert table.update({"seen": 1}, doc_ids=["b", "nowhere"]) == ["b"]
    assert ids(table.search(where("seen").exists())) == ["b"]


def test_update_with_an_operation(table: Table) -> None:
    table.update(increment("year"), doc_ids=["a"])
    table.update(delete("isbn"), where("isbn") == "978-2")
    assert [each["year"] for each in table] == [2000, 2010, 2001]
    assert ids(table.search(where("isbn").exists())) == ["a"]


def test_update_of_everything(table: Table) -> None:
    table.update({"n": 0})
    assert table.count(where("n") == 0) == 3


def test_update_that_fails_changes_nothing(db: TinyDB, table: Table) -> None:
    with pytest.raises(KeyError), db.storage.transaction():  # type: ignore[attr-defined]
        table.update(delete("tags"))
    assert len(table.search(where("tags").exists())) == 1


def test_remove_by_query_and_by_ids(table: Table) -> None:
    assert table.remove(where("year") == 2010) == ["b"]
    assert table.remove(doc_ids=["a"]) == ["a"]
    assert ids(table.all()) == ["c"]


def test_remove_passes_over_what_is_not_there(table: Table) -> None:
    assert table.remove(doc_ids=["c", "nowhere", "a"]) == ["c", "a"]
    assert ids(table.all()) == ["b"]


def test_truncate_leaves_nothing(table: Table) -> None:
    table.truncate()
    assert (len(table), table.all(), table.last_id()) == (0, [], None)


def test_tables_do_not_touch_one_another(db: TinyDB, table: Table) -> None:
    db.table("readers").insert(doc("a", kind="staff"))
    table.truncate()
    assert whole(db.table("readers")) == {"a": {"kind": "staff"}}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Query().isbn == "978-2", ["b", "c"]),
        (Query().isbn != "978-2", ["a"]),
        (Query().loan.reader == "RD-1", ["a"]),
        (Query().loan == None, ["b"]),  # noqa: E711
        (Query().loan.exists(), ["a", "b"]),
        ((Query().year > 2000) & (Query().isbn == "978-2"), ["b", "c"]),
        ((Query().year < 2000) | (Query().year == 2010), ["a", "b"]),
        (~(Query().year == 1999), ["b", "c"]),
        (Query().isbn.matches(r"978-\d"), ["a", "b", "c"]),
        (Query().isbn.search("-1"), ["a"]),
        (Query().tags.any(["red"]), ["c"]),
        (Query().year.one_of([1999, 2010]), ["a", "b"]),
        (Query().year.test(lambda year: year % 2 == 1), ["a", "c"]),
        (Query().fragment({"isbn": "978-2", "year": 2001}), ["c"]),
        (Query().noop(), ["a", "b", "c"]),
        (lambda document: "tags" in document, ["c"]),
        (Equals(("isbn",), "978-2"), ["b", "c"]),
        (Equals(("loan", "reader"), "RD-1"), ["a"]),
        (Equals(("year",), "1999"), []),
        (Equals(("isbn", "deeper"), "978-2"), []),
        (Equals(("isbn",), "978-2") & (Query().year == 2010), ["b"]),
        (~Equals(("isbn",), "978-2"), ["a"]),
    ],
)
def test_search(table: Table, condition: Any, expected: list[str]) -> None:
    assert ids(table.search(condition)) == expected
    assert table.count(condition) == len(expected)
    assert table.contains(condition) == bool(expected)
    found = table.get(condition)
    assert (found and found.doc_id) == (expected[0] if expected else None)


def test_search_after_a_change_sees_the_change(table: Table) -> None:
    condition = where("isbn") == "978-2"
    assert ids(table.search(condition)) == ["b", "c"]
    table.put(doc("d", isbn="978-2"))
    table.remove(doc_ids=["b"])
    assert ids(table.search(condition)) == ["c", "d"]


def test_what_search_gives_is_the_callers_own(table: Table) -> None:
    table.search(where("isbn") == "978-1")[0]["isbn"] = "spoilt"
    table.get(doc_id="a")["isbn"] = "spoilt"
    assert table.get(doc_id="a")["isbn"] == "978-1"


def test_get_of_several_ids(table: Table) -> None:
    assert ids(table.get(doc_ids=["c", "nowhere", "a", "a"])) == ["a", "c"]


@pytest.mark.parametrize("ask", ["get", "contains"])
def test_asking_for_nothing_is_a_mistake(table: Table, ask: str) -> None:
    with pytest.raises(RuntimeError):
        getattr(table, ask)()


def test_contains_by_id(table: Table) -> None:
    assert (table.contains(doc_id="a"), table.contains(doc_id="x")) == (True, False)


def test_ids_are_ordered_by_code_points(table: Table) -> None:
    table.truncate()
    names = ["Z", "a", "a-10", "a-9", "é", "红", "\uffee", "𠮷"]
    for each in reversed(names):
        table.put(doc(each))
    assert ids(table.all()) == ids(list(table)) == ids(table.search(Query().noop())) == names
    assert table.last_id() == "𠮷"


def test_after_gives_what_follows_an_id(table: Table) -> None:
    assert ids(table.after("", 2)) == ["a", "b"]
    assert ids(table.after("a", 9)) == ["b", "c"]
    assert ids(table.after("aa", 1)) == ["b"]
    assert table.after("c", 9) == []


def test_every_json_value_comes_back_as_it_was(table: Table) -> None:
    values = {
        "text": "红楼梦 \u0000 \"' \U0001f4d6",
        "big": 2**62,
        "small": -1,
        "float": 0.1,
        "null": None,
        "list": [1, [2, {}], []],
        "": {"": ""},
        "$.[*]": True,
    }
    table.put(doc("all", **values))
    assert table.get(doc_id="all") == values


def test_transaction_that_fails_takes_everything_back(db: TinyDB, table: Table) -> None:
    before = whole(table)
    condition = where("isbn") == "978-2"
    with pytest.raises(ZeroDivisionError), db.storage.transaction():  # type: ignore[attr-defined]
        table.put(doc("a", n=1))
        table.remove(doc_ids=["b"])
        assert ids(table.search(condition)) == ["c"]
        raise ZeroDivisionError
    assert whole(table) == before
    assert ids(table.search(condition)) == ["b", "c"]


def test_whole_database_can_be_emptied(db: TinyDB, table: Table) -> None:
    db.table("readers").insert(doc("RD-1"))
    db.drop_table("items")
    assert (whole(db.table("items")), whole(db.table("readers"))) == ({}, {"RD-1": {}})
    db.drop_tables()
    assert whole(db.table("readers")) == {}


KEYS = st.sampled_from(["a", "b", "c", "红"])
BODIES = st.dictionaries(
    st.sampled_from("xyz"), st.integers(0, 2) | st.booleans() | st.none() | st.text(max_size=2)
)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["put", "insert", "upsert"]), KEYS, BODIES),
    st.tuples(st.just("remove"), st.lists(KEYS, max_size=3, unique=True)),
    st.tuples(st.just("update"), BODIES, st.lists(KEYS, max_size=3, unique=True)),
    st.tuples(st.just("change"), BODIES, st.integers(0, 2)),
    st.tuples(st.just("drop"), st.integers(0, 2)),
    st.tuples(st.just("truncate")),
)


def act(table: Table, name: str, *given_: Any) -> Any:
    """What an operation gives or raises, as one value."""
    try:
        match name, given_:
            case (("put" | "insert" | "upsert"), (key, body)):
                return getattr(table, name)(doc(key, **body))
            case "remove", (keys,):
                return table.remove(doc_ids=keys)
            case "update", (body, keys):
                return table.update(body, doc_ids=keys)
            case "change", (body, value):
                return sorted(table.update(body, where("x") == value))
            case "drop", (value,):
                return sorted(table.remove(where("x") == value))
            case _:
                return table.truncate()
    except (KeyError, ValueError) as error:
        return type(error)


@pytest.fixture(scope="module")
def emptied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """One table over rows for all examples, which empty it first."""
    opened = row_db(tmp_path_factory.mktemp("rows"))
    yield opened.table("items")
    opened.close()


@given(steps=st.lists(STEPS, max_size=12))
def test_any_operations_in_any_order_come_to_the_same(emptied: Table, steps: list[tuple[Any, ...]]) -> None:
    emptied.truncate()
    memory: Table = OrderedDB(storage=MemoryTables).table("items")
    for step in steps:
        assert act(emptied, *step) == act(memory, *step)
        assert list(whole(emptied).items()) == list(whole(memory).items())


def test_put_writes_one_row_in_a_table_of_any_size(rows: Table) -> None:
    rows.insert_multiple([doc(f"BK-{n}", n=n) for n in range(500)])
    before = rows.storage.connection.total_changes
    rows.put(doc("BK-7", n=-1))
    rows.update({"n": -2}, doc_ids=["BK-8"])
    rows.upsert(doc("BK-9", m=1))
    rows.remove(doc_ids=["BK-10"])
    assert rows.storage.connection.total_changes == before + 4


@pytest.mark.parametrize(("path", "index"), [(("isbn",), "items_isbn"), (("loan", "reader"), "items_loan")])
def test_equals_is_answered_by_an_index(rows: Table, path: tuple[str, ...], index: str) -> None:
    asked: list[str] = []
    rows.storage.connection.set_trace_callback(asked.append)
    rows.search(Equals(path, "x"))
    rows.storage.connection.set_trace_callback(None)
    plan = rows.storage.connection.execute(f"EXPLAIN QUERY PLAN {asked[0]}").fetchall()
    assert [f"INDEX {index}" in row[3] for row in plan] == [True]


def test_another_handle_sees_a_change_and_that_there_was_one(tmp_path: Any) -> None:
    one, other = row_db(tmp_path), row_db(tmp_path)
    seen = other.storage.version()  # type: ignore[attr-defined]
    one.table("items").insert(doc("a", n=1))
    assert other.storage.version() != seen  # type: ignore[attr-defined]
    assert whole(other.table("items")) == {"a": {"n": 1}}
    one.close()
    other.close()


def test_table_is_tinydbs_own(rows: Table) -> None:
    assert isinstance(rows, OrderedTable)
    assert repr(rows).startswith("<RowTable name='items', total=0")
