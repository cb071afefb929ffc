"""`station print` at a terminal: files that print as they should, and words where they can't."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from station import joincode
from station.cards import signed
from station.cli import station
from station.cli.failures import told
from station.model import Item, Library, Policy, Reader, Title
from station.printing import PrintError
from station.scan import COMMANDS
from station.store import Store
from station.wiring import STORE
from tests.printing.rendering import Rendered
from tests.stores import STATION, save

Run = Callable[..., Result]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "station.toml"
    file.write_text(f'[station]\nid = "{STATION}"\ndata_dir = "{tmp_path}/data"\n')
    return file


@pytest.fixture
def run(tmp_path: Path, config: Path) -> Run:
    """Calls `station print …`, in English unless told otherwise, and writes x.pdf."""

    def call(*words: str, out: str = "x.pdf", lang: str = "en") -> Result:
        language = [] if words[0] == "sheets" else ["--lang", lang, "--out", str(tmp_path / out)]
        return CliRunner().invoke(station, ["--config", str(config), "print", *words, *language])

    return call


@pytest.fixture
def oak(run: Run, tmp_path: Path) -> Run:
    with closing(Store.open(tmp_path / "data" / STORE, STATION)) as store:
        with store.transaction():
            store.journal.keep_secret("oak")
        save(
            store,
            Library(id="oak", name="Oak School", contact="Room 204"),
            Reader(id="RD-1001", pin="a-hash-of-1234"),
            Reader(id="RD-1002", status="blocked"),
            Reader(id="RD-9000", kind="staff"),
            Item(id="BK-1", title="Emma"),
            Item(id="BK-2", isbn="9787020002207"),
            Item(id="BK-3", status="withdrawn"),
            Title(isbn="9787020002207", title="Dream of the Red Chamber", stamp="1"),
        )
    return run


def made(tmp_path: Path, name: str = "x.pdf") -> Rendered:
    return Rendered(tmp_path / name)


def refused(result: Result) -> str:
    """What the person is told, without a traceback, and that nothing was done."""
    if result.exception and not isinstance(result.exception, SystemExit):
        with pytest.raises(SystemExit) as ended, told():
            raise result.exception
        assert ended.value.code == 1
        return str(result.exception)
    assert result.exit_code in (1, 2)
    return result.output


def test_the_command_sheet_has_every_command_and_the_librarys_name(oak: Run, tmp_path: Path) -> None:
    result = oak("commands")
    assert "3 pages" in result.output
    sheet = made(tmp_path)
    assert {f"CMD-{name}" for name in COMMANDS} <= set(sheet.read())
    assert "Oak School" in sheet.text


def test_the_command_sheet_is_there_before_the_library_is(run: Run, tmp_path: Path) -> None:
    assert run("commands", "--sheet", "letter").exit_code == 0
    assert {f"CMD-{name}" for name in COMMANDS} <= set(made(tmp_path).read())


def test_labels_of_all_books_have_their_titles_and_leave_out_what_is_withdrawn(
    oak: Run, tmp_path: Path
) -> None:
    assert "2 labels (BK-1 to BK-2), 1 page" in oak("labels").output
    sheet = made(tmp_path)
    assert sheet.read() == ["BK-1", "BK-2"]
    assert "Emma" in sheet.text
    assert "Dream of the Red Chamber" in sheet.text.replace("  ", " ")


def test_labels_by_their_numbers_come_in_the_order_named_once_each(oak: Run, tmp_path: Path) -> None:
    result = oak("labels", "BK-2", "BK-77", "BK-1", "BK-2", "--start", "2", "--sheet", "a4-5x13")
    assert "the library has no label BK-77 yet" in result.output
    assert made(tmp_path).read() == ["BK-2", "BK-77", "BK-1"]


def test_labels_of_a_file_take_its_titles_first(oak: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("BK-1,Emma (second copy)\nBK-2\n", encoding="utf-8")
    assert oak("labels", "--from", str(tmp_path / "list.csv")).exit_code == 0
    assert "Emma (second copy)" in made(tmp_path).text
    assert "Dream of the Red" in made(tmp_path).text


def test_new_labels_go_on_and_are_not_printed_twice(oak: Run, tmp_path: Path) -> None:
    assert "24 labels (BK-4 to BK-27)" in oak("labels", "--next", "24").output
    assert made(tmp_path).read() == [f"BK-{n}" for n in range(4, 28)]
    assert "2 labels (BK-28 to BK-29)" in oak("labels", "--next", "2", out="y.pdf").output
    assert "1 label (BK-900), 1 page" in oak("labels", "--next", "1", "--first", "BK-900", out="z.pdf").output


def test_new_cards_go_on_after_readers_and_not_after_staff(oak: Run) -> None:
    assert "3 cards (RD-1003 to RD-1005)" in oak("readers", "--new", "3").output


def test_cards_in_use_are_printed_and_only_their_owner_may_read_the_file(oak: Run, tmp_path: Path) -> None:
    assert "2 cards" in oak("readers").output
    sheet = made(tmp_path)
    assert [code.split("+")[0] for code in sheet.read()] == ["RD-1001", "RD-9000"]
    assert "Staff card" in sheet.text
    assert "1234" not in sheet.text
    assert stat.S_IMODE((tmp_path / "x.pdf").stat().st_mode) == 0o600


def test_cards_of_one_kind(oak: Run, tmp_path: Path) -> None:
    oak("readers", "--kind", "staff")
    assert [code.split("+")[0] for code in made(tmp_path).read()] == ["RD-9000"]


def test_the_rules_for_readers_name_whom_to_ask(oak: Run, tmp_path: Path) -> None:
    assert oak("poster").exit_code == 0
    assert "Room 204" in made(tmp_path).text


def test_an_offset_moves_every_label(oak: Run, tmp_path: Path) -> None:
    oak("labels")
    oak("labels", "--offset", "1.5,-2", out="y.pdf")
    before, after = (made(tmp_path, name).codes(0)[0].box for name in ("x.pdf", "y.pdf"))
    assert (after.x - before.x, after.y - before.y) == pytest.approx((1.5, -2), abs=0.15)


def test_sheets_are_listed_with_their_sizes(run: Run) -> None:
    assert "a4-5x13" in run("sheets").output
    found = json.loads(run("sheets", "--json").output)
    assert {key: found[2][key] for key in ("name", "width", "height")} == {
        "name": "a4-3x8",
        "width": 70.0,
        "height": 37.0,
    }


def test_a_pdf_goes_to_standard_output_and_the_words_beside_it(oak: Run, config: Path) -> None:
    words = ["--config", str(config), "print", "labels", "--lang", "en", "--out", "-"]
    result = CliRunner().invoke(station, words)
    assert result.stdout_bytes.startswith(b"%PDF-")
    assert result.stdout_bytes.rstrip().endswith(b"%%EOF")
    assert "2 labels" in result.stderr


def test_a_file_is_written_over_only_by_force(oak: Run, tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_text("mine")
    assert "--force" in refused(oak("labels"))
    assert (tmp_path / "x.pdf").read_text() == "mine"
    assert oak("labels", "--force").exit_code == 0
    assert made(tmp_path).read() == ["BK-1", "BK-2"]


@pytest.mark.parametrize(
    ("words", "told_so"),
    [
        (["labels", "--sheet", "a4-3x9"], "did you mean a4-3x8"),
        (["commands", "--sheet", "a5"], "did you mean a4"),
        (["labels", "--start", "25"], "there is no 25 to start at"),
        (["labels", "--start", "-1"], "there is no -1 to start at"),
        (["labels", "--offset", "3"], "as in 1.5,-2"),
        (["labels", "--offset", "nan,1"], "more than 20 mm"),
        (["labels", "--offset", "19,0"], "beyond the paper's edge"),
        (["labels", "BK-红"], "can't be a bar code"),
        (["labels", "BK\t1"], "can't be the number"),
        (["labels", "x" * 40], "wider cells"),
        (["labels", "BK-1", "--next", "2"], "don't go together"),
        (["readers", "--new", "2", "--kind", "staff"], "don't go together"),
        (["readers", "--new", "0"], "not in the range"),
        (["labels", "--next", "2", "--first", "XX-1"], "has to end in digits and to match 'BK-.+'"),
        (["labels", "--from", "/nowhere.csv"], "/nowhere.csv can't be read"),
        (["labels", "--font", "/nowhere.ttf"], "there is no font file"),
        (["labels", "--font", __file__], "can't be used as a font"),
    ],
)
def test_what_cannot_be_printed_is_said_and_leaves_no_file(
    oak: Run, tmp_path: Path, words: list[str], told_so: str
) -> None:
    assert told_so in refused(oak(*words))
    assert [each.name for each in tmp_path.glob("*.pdf*")] == []


@pytest.mark.parametrize(("out", "told_so"), [("no/x.pdf", "there is no folder"), (".", "is a folder")])
def test_a_file_that_cannot_be_written_is_said_before_any_work(oak: Run, out: str, told_so: str) -> None:
    assert told_so in refused(oak("labels", out=out))


def test_a_disk_that_takes_no_file_is_said(oak: Run) -> None:
    assert "cannot write /proc/x.pdf" in refused(oak("labels", out="/proc/x.pdf"))


def test_an_empty_selection_is_said(oak: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("\n")
    assert "there are no such labels to print" in refused(oak("labels", "--from", str(tmp_path / "list.csv")))


def test_without_a_library_there_are_no_labels_and_no_cards(run: Run) -> None:
    for what in ("labels", "readers"):
        assert "`station library create`" in refused(run(what))


def test_a_damaged_memory_of_numbers_stops_new_ones_and_nothing_else(oak: Run, tmp_path: Path) -> None:
    (tmp_path / "data" / "printed.json").write_text("{")
    assert "printed.json can't be read" in refused(oak("labels", "--next", "2"))
    assert oak("labels").exit_code == 0


def test_a_printed_card_is_signed_for_every_station_of_the_library(oak: Run, tmp_path: Path) -> None:
    oak("readers")
    with closing(Store.open(tmp_path / "data" / STORE, STATION)) as store:
        secret = store.journal.secret()
    assert made(tmp_path).read() == [signed(card, secret) for card in ("RD-1001", "RD-9000")]


def test_a_card_may_be_named_by_what_its_code_holds(oak: Run, tmp_path: Path) -> None:
    oak("readers", "RD-1001")
    (code,) = made(tmp_path).read()
    oak("readers", code, "RD-1001", out="y.pdf")
    assert made(tmp_path, "y.pdf").read() == [code]


def test_a_station_without_the_librarys_secret_prints_no_cards_that_nobody_takes(
    run: Run, tmp_path: Path
) -> None:
    with closing(Store.open(tmp_path / "data" / STORE, STATION)) as store:
        save(store, Library(id="oak"), Reader(id="RD-1"))
        assert run("readers").exit_code == 0
        assert made(tmp_path).read() == ["RD-1"]
        save(store, Library(id="oak", policy=Policy(cards="signed")))
    assert "can't sign cards" in refused(run("readers", out="y.pdf"))


@pytest.fixture
def with_broker(oak: Run, config: Path) -> Run:
    config.write_text(config.read_text() + '[broker]\nhost = "broker.oak.example"\n')
    return oak


def test_a_join_code_is_printed_with_its_end_and_can_be_used(with_broker: Run, tmp_path: Path) -> None:
    result = with_broker("join", "--minutes", "60", lang="both")
    assert result.exit_code == 0, result.output
    (code,) = made(tmp_path).read()
    invited = joincode.read(code)
    assert (invited.host, invited.library) == ("broker.oak.example", "oak")
    ends = datetime.fromtimestamp(invited.ends, UTC).astimezone()
    assert f"until {ends:%Y-%m-%d %H:%M}" in result.output
    assert f"有效期至 {ends:%Y-%m-%d %H:%M}" in made(tmp_path).text
    assert stat.S_IMODE((tmp_path / "x.pdf").stat().st_mode) == 0o600
    assert code not in result.output + made(tmp_path).text
    with closing(Store.open(tmp_path / "data" / STORE, STATION)) as store:
        assert [key for key, _ in store.invites.all()] == [invited.invitation]


def test_a_join_code_that_was_made_before_is_printed_as_it_is(with_broker: Run, tmp_path: Path) -> None:
    with_broker("join")
    (code,) = made(tmp_path).read()
    assert with_broker("join", code, out="y.pdf").exit_code == 0
    assert made(tmp_path, "y.pdf").read() == [code]


@pytest.mark.parametrize(
    ("words", "told_so"),
    [
        (["join", "shelfpost://broker/oak"], "not whole: scan it again"),
        (["join", "BK-1"], "this is no join code"),
        (["join", "--minutes", "0"], "is good for 1 to"),
        (["join", "--host", "no host"], "the join code's broker"),
        (["join", "shelfpost://x", "--minutes", "5"], "CODE is one already"),
    ],
)
def test_what_is_no_invitation_is_said(
    with_broker: Run, tmp_path: Path, words: list[str], told_so: str
) -> None:
    assert told_so in refused(with_broker(*words))
    assert not list(tmp_path.glob("*.pdf*"))


def test_a_station_alone_has_nobody_to_invite(oak: Run) -> None:
    assert "has no broker" in refused(oak("join"))


def test_a_pdf_whose_name_leaves_no_room_for_an_unfinished_one_is_a_sentence(
    run: Run, tmp_path: Path
) -> None:
    ended = run("commands", out="x" * 246 + ".pdf")
    assert isinstance(ended.exception, PrintError) and str(ended.exception).endswith(": File name too long.")
    assert [each for each in tmp_path.iterdir() if each.suffix == ".pdf"] == []
