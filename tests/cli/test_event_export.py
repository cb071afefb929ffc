"""`station event export`: for a spreadsheet, and for programs."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import threading
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from msgspec import structs

from station.cli import station
from station.events import Borrowed, Counted, Event, ExceptionRaised, ItemAdded, Returned
from station.model import Policy
from station.store import Store
from station.wiring import STORE
from tests.daemon.process import STATION_COMMAND
from tests.mosquitto import PATIENCE
from tests.stores import EPOCH, LIBRARY, STATION, SetClock, events, stock

Run = Callable[..., Result]
NOW = SetClock().now()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A library in Shanghai, eight hours ahead of the events' times."""
    opened = Store.open(tmp_path / "data" / STORE, STATION, epoch=EPOCH)
    stock(opened, policy=Policy(timezone="Asia/Shanghai"))
    return opened


@pytest.fixture
def export(config: Path, store: Store) -> Run:
    def call(*words: str) -> Result:
        return CliRunner().invoke(station, ["--config", str(config), "event", "export", *words])

    return call


def record(store: Store, *recorded: Event, at: str = "2026-11-24T09:00:00") -> None:
    now = structs.replace(NOW, wall=datetime.fromisoformat(at).replace(tzinfo=UTC))
    with store.transaction():
        store.journal.write(recorded, 0, LIBRARY, now)


def table(text: str) -> list[dict[str, str]]:
    """Each row without its empty cells."""
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    return [{name: cell for name, cell in row.items() if cell} for row in rows]


def lines(result: Result) -> list[Any]:
    assert result.exit_code == 0, result.output
    return [json.loads(each) for each in result.stdout.splitlines()]


def test_json_lines_are_the_events_as_they_are(export: Run, store: Store) -> None:
    record(store, ItemAdded(item="书-1"), Returned(item="书-1", overdue_days=3))
    assert lines(export("--format", "jsonl")) == events(store)
    assert "书-1" in export("--format", "jsonl").stdout


def test_a_row_has_the_librarys_own_time_and_what_the_event_says(export: Run, store: Store) -> None:
    record(store, Borrowed(item="BK-1", reader="RD-1", due="2026-12-08", provisional=True))
    record(store, Returned(item="BK-1", overdue_days=0), at="2026-11-30T20:00:00.5")
    always = {"station": STATION, "subject": "BK-1", "item": "BK-1", "clocktrusted": "true"}
    assert table(export().stdout) == [
        {
            **always,
            "time": "2026-11-24 17:00:00",
            "type": "loan.borrowed",
            "reader": "RD-1",
            "due": "2026-12-08",
            "provisional": "true",
            "event": f"{EPOCH}-1",
        },
        {
            **always,
            "time": "2026-12-01 04:00:00",
            "type": "loan.returned",
            "overdue_days": "0",
            "event": f"{EPOCH}-2",
        },
    ]


def test_lists_and_what_has_no_column_are_in_the_table_too(export: Run, store: Store) -> None:
    record(
        store,
        Counted(station=STATION, counts={"seen": 2}, missing=("BK-1", "BK-2"), unexpected=(), location="A"),
    )
    with store.transaction():
        (stored,) = store.journal.after(0, 1)
        event = {**stored.event, "data": {**stored.event["data"], "weather": "雨"}}
        store.journal.rewrite(structs.replace(stored, event=event))
    (row,) = table(export().stdout)
    assert (row["counts"], row["missing"], row["location"]) == ('{"seen": 2}', "BK-1, BK-2", "A")
    assert row["other"] == '{"weather": "雨"}'


def test_no_two_columns_have_the_same_name(export: Run) -> None:
    header = export().stdout.splitlines()[0].split(",")
    assert len(header) == len(set(header)) > 20


def test_a_file_for_a_spreadsheet_begins_with_the_mark_of_utf_8(
    export: Run, store: Store, tmp_path: Path
) -> None:
    record(store, ItemAdded(item="书-1"))
    assert export("--output", str(tmp_path / "out.csv")).output == ""
    data = (tmp_path / "out.csv").read_bytes()
    assert (data[:3], data.count(b"\xef\xbb\xbf"), data.endswith(b"\r\n")) == (b"\xef\xbb\xbf", 1, True)
    assert data.decode("utf-8-sig").encode() == export().stdout_bytes
    export("--format", "jsonl", "--output", str(tmp_path / "out.jsonl"))
    assert [json.loads(each) for each in (tmp_path / "out.jsonl").read_bytes().splitlines()] == events(store)


ATTACKS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠A1"]


@pytest.mark.parametrize("text", ATTACKS)
def test_no_cell_is_a_formula(export: Run, store: Store, text: str) -> None:
    record(store, ExceptionRaised(id=text, kind="kind", note=text))
    (row,) = table(export().stdout)
    assert (row["id"], row["note"], row["subject"]) == (f"'{text}",) * 3
    assert lines(export("--format", "jsonl"))[0]["data"]["note"] == text


@pytest.mark.parametrize("text", ["a=b", 'say "hi", 2', "two\nlines", "'quoted", "红楼梦", "1-2"])
def test_any_other_text_comes_back_as_it_is(export: Run, store: Store, text: str) -> None:
    record(store, ExceptionRaised(id="x", kind="kind", note=text))
    assert table(export().stdout)[0]["note"] == text


DAYS = {
    "23 late": "2026-11-23T15:59:59.999",
    "24 begins": "2026-11-23T16:00:00",
    "24 ends": "2026-11-24T15:59:59.999",
    "25 begins": "2026-11-24T16:00:00",
}
"""Where the library's days begin and end."""


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), list(DAYS)),
        (("--from", "2026-11-24"), ["24 begins", "24 ends", "25 begins"]),
        (("--to", "2026-11-24"), ["23 late", "24 begins", "24 ends"]),
        (("--from", "2026-11-24", "--to", "2026-11-24"), ["24 begins", "24 ends"]),
        (("--from", "2026-11-26"), []),
    ],
)
def test_a_period_is_days_where_the_library_is(
    export: Run, store: Store, words: tuple[str, ...], found: list[str]
) -> None:
    for name, at in reversed(DAYS.items()):
        record(store, ItemAdded(item=name), at=at)
    assert [each["subject"] for each in lines(export("--format", "jsonl", *words))] == found[::-1]


def test_a_day_on_which_the_clocks_change_has_all_its_hours(export: Run, store: Store) -> None:
    stock(store, policy=Policy(timezone="Europe/Berlin"))
    for at in ("2026-10-24T21:59:59", "2026-10-24T22:00:00", "2026-10-25T22:59:59", "2026-10-25T23:00:00"):
        record(store, ItemAdded(item=at), at=at)
    found = lines(export("--format", "jsonl", "--from", "2026-10-25", "--to", "2026-10-25"))
    assert [each["subject"] for each in found] == ["2026-10-24T22:00:00", "2026-10-25T22:59:59"]


def test_types_can_be_picked(export: Run, store: Store) -> None:
    record(store, ItemAdded(item="BK-1"), Returned(item="BK-1", overdue_days=0))
    record(store, Borrowed(item="BK-1", reader="RD-1", due="2026-12-08"))
    picked = ("--type", "loan.borrowed", "--type", "item.added")
    assert [each["type"] for each in table(export(*picked).stdout)] == ["item.added", "loan.borrowed"]
    assert "loan.borowed" in export("--type", "loan.borowed").stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--from", "2026-11-25", "--to", "2026-11-24"), "--from is after --to"),
        (("--from", "24.11.2026"), "'24.11.2026' is no day"),
        (("--output", "/nowhere/at/all.csv"), "cannot write /nowhere/at/all.csv: No such file or directory"),
        (("--output", "/dev/full"), "cannot write /dev/full: No space left on device"),
    ],
)
def test_what_cannot_be_done_is_said(export: Run, store: Store, words: tuple[str, ...], message: str) -> None:
    record(store, ItemAdded(item="BK-1"))
    result = export(*words)
    assert (result.exit_code != 0, message in result.stderr) == (True, True), result.output


def test_an_export_that_fails_leaves_the_file_that_was_there(
    export: Run, store: Store, tmp_path: Path
) -> None:
    record(store, ItemAdded(item="BK-1"))
    with store.transaction():
        (stored,) = store.journal.after(0, 1)
        store.journal.rewrite(structs.replace(stored, event={**stored.event, "time": "no time"}))
    out = tmp_path / "out.csv"
    out.write_text("older")
    assert export("--output", str(out)).exit_code != 0
    assert (out.read_text(), sorted(each.name for each in tmp_path.glob("*out*"))) == ("older", ["out.csv"])


def test_an_export_can_go_into_a_pipe_that_ends_early(config: Path, store: Store) -> None:
    """As with `| head`."""
    record(store, *(ItemAdded(item=f"BK-{each}") for each in range(3000)))
    command = [*STATION_COMMAND, "--config", str(config), "event", "export"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert (process.stderr.read(), process.wait(PATIENCE)) == (b"", 1)


def test_a_named_pipe_is_written_and_stays(export: Run, store: Store, tmp_path: Path) -> None:
    record(store, ItemAdded(item="BK-1"))
    os.mkfifo(tmp_path / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()), daemon=True)
    reader.start()
    assert export("--format", "jsonl", "--output", str(tmp_path / "pipe")).exit_code == 0
    reader.join(PATIENCE)
    assert ([json.loads(each) for each in read], (tmp_path / "pipe").is_fifo()) == (events(store), True)


def test_progress_is_for_people_only(export: Run, store: Store) -> None:
    record(store, ItemAdded(item="BK-1"))
    assert export().stderr == ""


def test_a_long_log_takes_no_more_memory_than_a_short_one(export: Run, store: Store, tmp_path: Path) -> None:
    """Measured: 1,000 events more would be about 1.5 MB more."""

    def peak(number: int) -> int:
        record(store, *(ItemAdded(item=f"BK-{each}") for each in range(number)))
        tracemalloc.start()
        assert export("--output", str(tmp_path / "out.csv")).exit_code == 0
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    with closing(store):
        peak(1000)
        assert peak(1000) * 1.2 > peak(4000)
