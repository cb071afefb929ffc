from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from station.drivers.log_panel import LogPanel
from station.drivers.player import PanelError
from station.signals import Reason, Shown, Signal

NINE = datetime(2026, 11, 24, 9, 0, 0, 123_456, tzinfo=UTC)
AT = "2026-11-24T09:00:00.123Z"


def lines_of(*signals: Shown, path: Path) -> list[str]:
    panel = LogPanel(path, now=lambda: NINE)
    for shown in signals:
        panel.show(shown)
    panel.close()
    return path.read_text(encoding="ascii").splitlines()


def test_each_signal_is_one_line_with_what_is_known_of_it(tmp_path: Path) -> None:
    assert lines_of(
        Shown(Signal.BORROWED, None, NINE, "BK-10017", "RD-2026-1001"),
        Shown(Signal.REFUSED, Reason.OVERDUE, NINE, "BK-10018"),
        Shown(Signal.READY, None, NINE),
        path=tmp_path / "panel.log",
    ) == [
        f'{{"signal": "borrowed", "at": "{AT}", "item": "BK-10017", "reader": "\\u20261001"}}',
        f'{{"signal": "refused", "reason": "overdue", "at": "{AT}", "item": "BK-10018"}}',
        f'{{"signal": "ready", "at": "{AT}"}}',
    ]


@pytest.mark.parametrize(
    ("card", "shown"),
    [("1", "…"), ("1234", "…34"), ("RD-1001", "…1001"), ("RD-2026-1001", "…1001"), ("卡-1", "…-1")],
)
def test_of_a_card_the_last_four_are_shown_and_never_all(tmp_path: Path, card: str, shown: str) -> None:
    (line,) = lines_of(Shown(Signal.WELCOME, reader=card), path=tmp_path / "panel.log")
    assert json.loads(line)["reader"] == shown


def test_times_are_written_in_utc_whatever_zone_they_come_in(tmp_path: Path) -> None:
    beijing = NINE.astimezone(timezone(timedelta(hours=8)))
    (line,) = lines_of(Shown(Signal.READY, at=beijing), path=tmp_path / "panel.log")
    assert json.loads(line) == {"signal": "ready", "at": AT}


def test_a_signal_without_a_time_has_the_clocks(tmp_path: Path) -> None:
    (line,) = lines_of(Shown(Signal.READY), path=tmp_path / "panel.log")
    assert json.loads(line)["at"] == AT


@pytest.mark.parametrize("item", ["\udc80", "a\nb", "红楼梦", "\x1b[2J", '"'])
def test_an_item_is_written_whole_on_one_line_whatever_it_holds(tmp_path: Path, item: str) -> None:
    (line,) = lines_of(Shown(Signal.UNKNOWN, item=item), path=tmp_path / "panel.log")
    assert json.loads(line)["item"] == item


def test_a_line_is_there_when_show_returns(tmp_path: Path) -> None:
    path = tmp_path / "panel.log"
    panel = LogPanel(path)
    panel.show(Shown(Signal.READY, at=NINE))
    assert path.read_text(encoding="ascii") == f'{{"signal": "ready", "at": "{AT}"}}\n'
    panel.close()


def test_what_a_file_holds_already_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "panel.log"
    lines_of(Shown(Signal.STARTING), path=path)
    signals = [json.loads(line)["signal"] for line in lines_of(Shown(Signal.READY), path=path)]
    assert signals == ["starting", "ready"]


def test_a_dash_is_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    panel = LogPanel("-")
    panel.show(Shown(Signal.READY, at=NINE))
    panel.close()
    os.write(1, b"still open\n")
    assert capfd.readouterr().out == f'{{"signal": "ready", "at": "{AT}"}}\nstill open\n'


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none" / "panel.log"
    with pytest.raises(PanelError) as caught:
        LogPanel(path)
    assert str(caught.value) == f"the log panel cannot write to {path}: No such file or directory"


def test_a_full_disk_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    panel = LogPanel("/dev/full")
    for _ in range(3):
        panel.show(Shown(Signal.READY))
    panel.close()
    assert caplog.messages == ["the log panel cannot write: [Errno 28] No space left on device"]


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[tuple[LogPanel, int]]:
    """A panel that writes to a FIFO, and the end to read."""
    path = tmp_path / "fifo"
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    panel = LogPanel(path)
    yield panel, reading
    panel.close()


def test_a_pipe_that_nobody_reads_any_more_is_logged_once(
    pipe: tuple[LogPanel, int], caplog: pytest.LogCaptureFixture
) -> None:
    panel, reading = pipe
    panel.show(Shown(Signal.READY, at=NINE))
    assert os.read(reading, 999) == f'{{"signal": "ready", "at": "{AT}"}}\n'.encode()
    os.close(reading)
    panel.show(Shown(Signal.READY))
    panel.show(Shown(Signal.READY))
    assert caplog.messages == ["the log panel cannot write: [Errno 32] Broken pipe"]


class ShortFile:
    """A disk that takes so many more bytes, then none, until it is emptied."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.held = b""

    def write(self, data: bytes) -> int:
        taken = data[: self.room]
        self.room -= len(taken)
        self.held += taken
        return len(taken)

    def close(self) -> None: ...


def test_a_line_that_was_cut_spoils_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    panel = LogPanel(tmp_path / "panel.log", now=lambda: NINE)
    panel.close()
    disk = ShortFile(room=67)
    panel._file = disk  # type: ignore[assignment]
    for signal in (Signal.STARTING, Signal.READY, Signal.WELCOME):
        panel.show(Shown(signal))
    disk.room = 1000
    panel.show(Shown(Signal.BORROWED))
    panel.show(Shown(Signal.GOODBYE))
    whole = [f'{{"signal": "{signal}", "at": "{AT}"}}' for signal in ("starting", "borrowed", "goodbye")]
    assert disk.held.decode().splitlines() == [whole[0], '{"signal":', *whole[1:]]
    assert len(caplog.messages) == 1


def test_a_closed_panel_may_be_closed_again_and_raises_nothing(tmp_path: Path) -> None:
    panel = LogPanel(tmp_path / "panel.log")
    panel.close()
    panel.close()
    panel.show(Shown(Signal.READY))
    assert (tmp_path / "panel.log").read_bytes() == b""
