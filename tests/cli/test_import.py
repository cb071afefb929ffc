"""Lists of titles, copies and readers, imported as a person at a terminal does it."""

from __future__ import annotations

import csv
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from station.cli import station
from station.model import Title
from station.store import Store
from station.store.wanted import Wanted
from tests.kill_points import Killer
from tests.stores import events, save

Run = Callable[..., Result]
DREAM, THREE, EMMA = "9787020002207", "9787536692930", "9780141439587"
LATER = "2027-01-01T00:00:00.000Z"
TITLES = f"""isbn,title,authors,publisher,year
{DREAM},红楼梦,曹雪芹；高鹗,人民文学出版社,2008
{EMMA},Emma,Jane Austen,,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = f'[station]\nid = "door"\nlibrary = "oak"\ndata_dir = "{tmp_path}/data"\n'
    (tmp_path / "station.toml").write_text(text)
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    def call(*words: str | Path) -> Result:
        return CliRunner().invoke(station, ["--config", str(folder / "station.toml"), *map(str, words)])

    assert call("library", "create", "--name", "Oak").exit_code == 0
    return call


@pytest.fixture
def store(folder: Path, run: Run) -> Any:
    opened = Store.open(folder / "data" / "station.db", "door")
    yield opened
    opened.close()


def saved(folder: Path, text: str | bytes, name: str = "list.csv") -> Path:
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def recorded(store: Store, type_: str) -> list[str]:
    """What the events of a type are about."""
    return [each["subject"] for each in events(store) if each["type"] == f"shelfpost.{type_}.v1"]


def test_titles_go_into_the_catalogue_and_not_to_other_stations(run: Run, store: Store, folder: Path) -> None:
    result = run("title", "import", saved(folder, TITLES))
    assert (result.exit_code, result.stdout) == (0, "2 rows: 2 added\n")
    found = store.catalogue.get(DREAM)
    assert found is not None
    assert (found.title, found.authors, found.year) == ("红楼梦", ("曹雪芹", "高鹗"), 2008)
    assert [kind for kind, _ in store.shared.unsent(100) if kind == "titles"] == []


def test_title_that_changed_in_the_file_changes_in_the_catalogue(
    run: Run, store: Store, folder: Path
) -> None:
    run("title", "import", saved(folder, TITLES))
    again = json.loads(run("title", "import", saved(folder, TITLES.replace("2008", "2009")), "--json").stdout)
    assert again == {"rows": 2, "added": 0, "changed": 1, "already": 1, "rejected": 0, "dry_run": False}
    found = store.catalogue.get(DREAM)
    assert found is not None and found.year == 2009


def test_book_that_waits_for_its_title_is_due_when_the_catalogue_has_it(
    run: Run, store: Store, folder: Path
) -> None:
    run("item", "add", "BK-1", "--isbn", DREAM)
    run("item", "add", "BK-2", "--isbn", THREE)
    for isbn in (DREAM, THREE):
        with store.transaction():
            store.wanted.put(Wanted(isbn, due=LATER, no=("catalogue",), settled=True))
    run("title", "import", saved(folder, TITLES))
    due = [each for isbn in (DREAM, THREE) if (each := store.wanted.get(isbn))]
    assert [(each.due, each.no) for each in due] == [("", ()), (LATER, ("catalogue",))]


def test_copies_are_taken_in_each_with_its_event(run: Run, store: Store, folder: Path) -> None:
    rows = f"item,isbn,title,location,status\nBK-1,{DREAM},,A 1,\n"
    rows += "BK-2,978-7-02-000220-7,,,reference\nBK-3,,年鉴,,\n"
    result = run("item", "import", saved(folder, rows))
    assert (result.exit_code, result.stdout) == (0, "3 rows: 3 added\n")
    found = [(each.id, each.isbn, each.title, each.location, each.status) for each in store.shelf.items()]
    assert found == [
        ("BK-1", DREAM, None, "A 1", "available"),
        ("BK-2", DREAM, None, None, "reference"),
        ("BK-3", None, "年鉴", None, "available"),
    ]
    assert recorded(store, "item.added") == ["BK-1", "BK-2", "BK-3"]
    assert store.wanted.get(DREAM) is not None


def test_readers_are_admitted_each_with_its_event_and_without_a_name(
    run: Run, store: Store, folder: Path
) -> None:
    rows = "姓名,卡号,kind,limit,expires\n李雷,RD-1,,3,2027/6/30\n韩梅梅,RD-9,staff,,\n"
    result = run("reader", "import", saved(folder, rows))
    assert (result.exit_code, result.stdout) == (0, "2 rows: 2 added\n")
    assert "not read: 姓名" in result.stderr
    assert json.loads(run("reader", "list", "--json").stdout)[0]["expires"] == "2027-06-30"
    assert recorded(store, "reader.admitted") == ["RD-1", "RD-9"]
    assert "李雷".encode() not in b"".join(each.read_bytes() for each in (folder / "data").iterdir())


def test_what_is_in_already_is_left_as_it_is(run: Run, store: Store, folder: Path) -> None:
    file = saved(folder, f"item,isbn,location\nBK-1,{DREAM},A 1\nBK-2,{EMMA},\n")
    run("item", "import", file)
    run("item", "lost", "BK-1")
    before, log = store.shelf.items(), events(store)
    result = run("item", "import", file)
    assert (result.exit_code, result.stdout) == (0, "2 rows: 0 added, 2 in already\n")
    assert (store.shelf.items(), events(store)) == (before, log)


def test_who_has_applied_is_admitted_by_the_list(run: Run, store: Store, folder: Path) -> None:
    from station.model import Reader
    from tests.stores import save

    save(store, Reader(id="RD-1", status="applied"))
    run("reader", "import", saved(folder, "id\nRD-1\n"))
    found = store.shelf.reader("RD-1")
    assert found is not None and found.status == "active"


@pytest.mark.parametrize(
    ("words", "rows", "why"),
    [
        ("item", f"item,isbn\nBK-1,\nBK-1,{DREAM}\n", "row 3: BK-1 is in row 2 already"),
        ("item", "item\nRD-7\n", "row 2: RD-7 is a reader's card; a book needs a label of its own"),
        (
            "item",
            f"item,isbn\nBK-7,{DREAM}\n",
            "BK-7 is another book's label already (without an ISBN)",
        ),
        ("item", f"item,isbn\n,{DREAM}\n", "row 2: a row needs the label of a copy, and there is none"),
        ("item", f"item,isbn\n{DREAM},{DREAM}\n", "is an ISBN, which all copies share"),
        (
            "item",
            "item,status\nBK-1,lent\n",
            "must be available, lost, withdrawn or reference, not 'lent'",
        ),
        ("reader", "id,kind\nRD-1,teacher\n", "row 2: the kind must be reader or staff, not 'teacher'"),
        ("reader", "id\nRD-1\nRD-1\n", "row 3: RD-1 is in row 2 already"),
        ("reader", "id\nBK-7\n", "its number is a book's label; a card needs a number of its own"),
        ("reader", "id,kind\nRD-7,staff\n", "row 2: its card is a reader's already"),
        ("reader", "id,limit\nRD-1,many\n", "the limit must be a whole number from 0 to 100000, not 'many'"),
        ("title", "isbn,title\n,x\n", "row 2: it has no ISBN"),
        ("title", f"isbn,title\n{DREAM},\n", "row 2: it has no title"),
        ("title", f"isbn,title,year\n{DREAM},x,soon\n", "row 2: 'soon' holds no year"),
        ("title", f"isbn,title,authors\n{DREAM},x,{';'.join(map(str, range(60)))}\n", "over 50 authors"),
    ],
)
def test_row_that_cannot_be_used_is_told_and_all_others_are_in(
    run: Run, folder: Path, words: str, rows: str, why: str
) -> None:
    run("item", "add", "BK-7")
    run("reader", "add", "RD-7")
    result = run(words, "import", saved(folder, rows))
    assert result.exit_code == 65
    assert why in result.stderr
    added = rows.count("\n") - 2
    assert result.stdout == f"{added + 1} rows: {added} added, 1 rejected\n"


def test_rejected_rows_can_be_corrected_and_imported_again(run: Run, store: Store, folder: Path) -> None:
    rows = f'item,isbn,title\nBK-1,9787020002208,"红楼梦, 上"\nBK-2,{EMMA},\n,,\n"BK-3\nBK-4,\0,\n'
    report = folder / "rejected.csv"
    result = run("item", "import", saved(folder, rows), "--rejects", report)
    assert (result.exit_code, result.stderr) == (65, "")
    with report.open(encoding="utf-8-sig", newline="") as file:
        told = list(csv.reader(file))
    wrong = "'9787020002208' is no ISBN: its length or its check digit is wrong"
    assert told == [
        ["row", "why", "item", "isbn", "title", "line"],
        ["2", wrong, "BK-1", "9787020002208", "红楼梦, 上", ""],
        ["5", "it holds a NUL character", "", "", "", '"BK-3'],
        ["6", "it holds a NUL character", "", "", "", "BK-4,\ufffd,"],
    ]
    report.write_text(report.read_text("utf-8-sig").replace("9787020002208", DREAM), "utf-8-sig")
    again = run("item", "import", report)
    assert again.stdout == "3 rows: 1 added, 2 rejected\n"
    assert [each.id for each in store.shelf.items()] == ["BK-1", "BK-2"]


def test_many_rejected_rows_are_counted_and_only_some_told(run: Run, folder: Path) -> None:
    result = run("title", "import", saved(folder, "isbn,title\n" + "1,x\n" * 25))
    assert len(result.stderr.splitlines()) == 11
    assert result.stderr.splitlines()[-1] == "and 15 more; --rejects FILE writes them all down"


def test_report_never_takes_the_place_of_the_list(run: Run, folder: Path) -> None:
    file = saved(folder, TITLES)
    (folder / "same.csv").symlink_to(file)
    result = run("title", "import", file, "--rejects", folder / "same.csv")
    assert (result.exit_code, "give the report a name of its own" in result.stderr) == (1, True)
    assert file.read_text() == TITLES


def test_report_that_cannot_be_written_is_told_before_anything_is_imported(
    run: Run, store: Store, folder: Path
) -> None:
    result = run("title", "import", saved(folder, TITLES), "--rejects", folder / "no" / "such" / "r.csv")
    assert (result.exit_code, "can't be written: No such file or directory" in result.stderr) == (1, True)
    assert store.catalogue.is_empty()


@pytest.mark.parametrize(
    ("words", "rows"),
    [("title", TITLES), ("item", "item\nBK-1\nBK-1\n"), ("reader", "id\nRD-1\nRD-2\n")],
)
def test_dry_run_counts_and_writes_nothing(
    run: Run, store: Store, folder: Path, words: str, rows: str
) -> None:
    file, before = saved(folder, rows), events(store)
    tried = json.loads(run(words, "import", file, "--dry-run", "--json").stdout)
    assert (events(store), store.shelf.items(), len(store.catalogue)) == (before, [], 0)
    done = json.loads(run(words, "import", file, "--json").stdout)
    assert (tried.pop("dry_run"), done.pop("dry_run"), tried) == (True, False, done)


def test_where_books_are_known_by_their_isbn_a_row_is_a_copy(run: Run, store: Store, folder: Path) -> None:
    run("library", "set", "lend_by=isbn")
    file = saved(folder, f"isbn\n{DREAM}\n{EMMA}\n{DREAM}\n")
    assert run("item", "import", file).stdout == "3 rows: 3 added\n"
    assert [each.id for each in store.shelf.items()] == [f"{EMMA}-1", f"{DREAM}-1", f"{DREAM}-2"]
    assert run("item", "import", file).stdout == "3 rows: 0 added, 3 in already\n"


@pytest.mark.parametrize("words", ["title", "item", "reader"])
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04x", b"price\n1\n", b"\x7fELF\0\1"])
def test_file_that_is_no_list_is_told_in_a_sentence(run: Run, folder: Path, words: str, data: bytes) -> None:
    file = saved(folder, data)
    result = run(words, "import", file)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith(f"Error: {file}")


def test_without_a_library_no_list_is_taken(folder: Path) -> None:
    for words, rows in (("item", "item\nBK-1\n"), ("reader", "id\nRD-1\n")):
        file = saved(folder, rows)
        result = CliRunner().invoke(
            station, ["--config", str(folder / "station.toml"), words, "import", str(file)]
        )
        assert "station library create" in str(result.exception)


def test_import_that_is_cut_off_is_started_again_and_ends_as_one_that_was_not(
    run: Run, store: Store, folder: Path
) -> None:
    labels = [f"BK-{number:05d}" for number in range(3000)]
    file = saved(folder, "item,isbn\n" + "".join(f"{each},{DREAM}\n" for each in labels))
    words = ("--config", str(folder / "station.toml"), "item", "import", str(file))
    with Killer() as killer:
        ends = [killer.run(*words, seconds=tenths / 10) for tenths in range(1, 5)]
        ends.append(killer.run(*words))
    assert (ends[0], ends[-1]) == (-signal.SIGALRM, 0)
    assert [each.id for each in store.shelf.items()] == labels
    assert recorded(store, "item.added") == labels


def test_staff_gives_a_book_its_title(run: Run, store: Store) -> None:
    run("item", "add", "BK-1", "--isbn", DREAM)
    result = run("title", "add", "978-7-02-000220-7", "红楼梦", "--author", "曹雪芹", "--year", "2008年")
    assert (result.exit_code, result.stdout) == (0, f"{DREAM}: 红楼梦\n")
    found = store.shelf.title(DREAM)
    assert found is not None
    assert (found.title, found.year, found.source) == ("红楼梦", 2008, "staff")
    run("title", "add", DREAM, "石头记")
    corrected = store.shelf.title(DREAM)
    assert corrected is not None
    assert (corrected.title, corrected.parent) == ("石头记", found.stamp)
    assert json.loads(run("item", "list", "--json").stdout)[0]["title"] == "石头记"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("9787020002208", "x"), "is no ISBN"),
        ((DREAM, " "), "it has no title"),
        ((DREAM, "x" * 1001), "over 1000 characters"),
        ((DREAM, "x", "--year", "soon"), "'soon' holds no year"),
    ],
)
def test_title_that_cannot_be_is_refused(run: Run, words: tuple[str, ...], why: str) -> None:
    result = run("title", "add", *words)
    assert (result.exit_code, why in result.stderr) == (1, True)


def test_search_for_a_title_is_shown_as_far_as_it_has_come(run: Run, folder: Path) -> None:
    assert "nothing is known of ISBN" in run("title", "show", DREAM).stderr
    run("item", "add", "BK-1", "--isbn", DREAM)
    assert json.loads(run("title", "show", DREAM, "--json").stdout)["state"] == "waiting"
    assert [each["isbn"] for each in json.loads(run("title", "list", "--wanted", "--json").stdout)] == [DREAM]
    run("title", "import", saved(folder, TITLES))
    assert json.loads(run("title", "show", DREAM, "--json").stdout)["state"] == "in the catalogue"
    run("title", "add", DREAM, "红楼梦")
    assert run("title", "show", DREAM).stdout.startswith("state      known\nisbn")


def test_title_with_lists_in_a_list_that_another_program_wrote_is_shown(run: Run, store: Store) -> None:
    save(store, Title(isbn=DREAM, title="红楼梦", stamp="1", extra={"subjects": [["novel", 1], "China"]}))
    assert "subjects   ['novel', 1], China\n" in run("title", "show", DREAM).stdout


@pytest.mark.parametrize("encoding", ["punycode", "idna2", "undefined", "unicode_escape", "utf-7", "hex"])
def test_encoding_that_no_list_has_is_a_sentence(run: Run, folder: Path, encoding: str) -> None:
    for what, text in {"title": TITLES, "item": "item\nBK-1\n", "reader": "id\nRD-1\n"}.items():
        result = run(what, "import", saved(folder, text), "--encoding", encoding)
        assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
        assert f"there is no encoding '{encoding}' for lists: name one as utf-8" in result.stderr
