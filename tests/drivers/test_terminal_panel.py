from __future__ import annotations

import contextlib
import io
import os

import pytest

from station.drivers.terminal_panel import TerminalPanel
from station.signals import Reason, Shown, Signal
from tests.drivers.signal_file import SHIPPED, shown_as, tables


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def written(*signals: Shown, stream: io.StringIO | None = None, color: bool | None = None) -> list[str]:
    stream = stream or io.StringIO()
    panel = TerminalPanel(stream, SHIPPED, color)
    for shown in signals:
        panel.show(shown)
    panel.close()
    return stream.getvalue().splitlines()


def test_each_signal_is_a_line_with_its_lamps_and_its_sound_in_words() -> None:
    assert written(
        Shown(Signal.READY),
        Shown(Signal.BORROWED, item="BK-10017", reader="RD-2026-1001"),
        Shown(Signal.RETURNED_HOLD, item="BK-10017"),
        Shown(Signal.REFUSED, Reason.ON_HOLD, item="BK-10017"),
        Shown(Signal.STARTING),
    ) == [
        "● ○ ○  green  ready",
        "● ○ ○  green  borrowed  BK-10017  …1001  (beep beeep)",
        "● ● ○  green+amber  returned_hold  BK-10017  (beeep beep … beeep beep)",
        "○ ○ ●  red  refused  on_hold  BK-10017  (beeep beeep beeep)",
        "● ● ●  green+amber+red  starting  (beep beeeeep)",
    ]


def test_a_terminal_gets_colours() -> None:
    assert written(Shown(Signal.RETURNED_HOLD), stream=Terminal()) == [
        "\x1b[32m●\x1b[0m \x1b[33m●\x1b[0m ○  returned_hold  (beeep beep … beeep beep)"
    ]


def test_colours_can_be_had_and_refused_whatever_the_stream() -> None:
    plain = written(Shown(Signal.READY), stream=Terminal(), color=False)
    colored = written(Shown(Signal.READY), color=True)
    assert (plain, colored) == (["● ○ ○  green  ready"], ["\x1b[32m●\x1b[0m ○ ○  ready"])


@pytest.mark.parametrize("name", tables())
def test_every_signal_can_be_written(name: str) -> None:
    shown = shown_as(name)
    (line,) = written(shown)
    assert shown.signal in line.split()


@pytest.mark.parametrize(
    ("card", "shown"), [("1", "…"), ("1234", "…34"), ("RD-1001", "…1001"), ("RD-2026-1001", "…1001")]
)
def test_of_a_card_the_last_four_are_shown_and_never_all(card: str, shown: str) -> None:
    assert written(Shown(Signal.WELCOME, reader=card)) == [f"● ○ ○  green  welcome  {shown}  (beep beep)"]


def test_an_id_cannot_command_the_terminal() -> None:
    (line,) = written(
        Shown(Signal.UNKNOWN, item="\x1b[2J\r\nBK\udc80-\u202e1", reader="\x07\x1b\x07\x07\x07")
    )
    assert line == "○ ○ ●  red  unknown  �[2J��BK�-�1  …\\x07\\x07\\x07  (beeep)"


def test_a_stream_that_lacks_the_characters_gets_others() -> None:
    raw = io.BytesIO()
    panel = TerminalPanel(io.TextIOWrapper(raw, encoding="ascii"), SHIPPED)
    panel.show(Shown(Signal.BORROWED, item="红楼梦"))
    assert raw.getvalue() == b"? ? ?  green  borrowed  ???  (beep beeep)\n"


def test_a_terminal_that_is_gone_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "w", encoding="utf-8")
    panel = TerminalPanel(stream, SHIPPED)
    panel.show(Shown(Signal.READY))
    panel.show(Shown(Signal.READY))
    with contextlib.suppress(BrokenPipeError):
        stream.close()
    assert caplog.messages == ["the terminal panel cannot write: [Errno 32] Broken pipe"]


def test_a_closed_stream_raises_nothing() -> None:
    stream = io.StringIO()
    panel = TerminalPanel(stream, SHIPPED)
    stream.close()
    panel.show(Shown(Signal.READY))
    panel.close()
    panel.close()
