"""The parts of the screen: lamps, scans, events, the list of samples, the line to scan at."""

from __future__ import annotations

from collections import deque

from msgspec import Struct
from rich.table import Table
from rich.text import Text
from textual.events import Click, Key
from textual.message import Message
from textual.widgets import Input, Static

from station.patterns import Lights
from station.simulate.samples import Sample

COLORS = {"green": "#2ecc71", "amber": "#ffb020", "red": "#ff4d4f"}
UNLIT = "#5a6472"
WIDTH, GAP = 8, Text(" " * 4)
LIT_SHAPE = ("█" * WIDTH,) * 3
UNLIT_SHAPE = ("╭──────╮", "│      │", "╰──────╯")
"""The shape differs too, not the colour alone."""
KEPT = 50
"""Lines of a log that are kept; a screen shows fewer."""


class LampsView(Static):
    """Three lamps with their names, and what was said last, in words."""

    def __init__(self) -> None:
        super().__init__(id="lamps")
        self.border_title = "Station"
        self._lights = Lights()
        self._sound = ""
        self.said = ("", "")
        """The signal's name, and its sentence."""

    @property
    def lights(self) -> Lights:
        return self._lights

    def show_lights(self, lights: Lights) -> None:
        """Draws only what has changed."""
        if lights != self._lights:
            self._lights = lights
            self._draw()

    def say(self, name: str, sentence: str, sound: str) -> None:
        self.said, self._sound = (name, sentence), sound
        self._draw()

    def _draw(self) -> None:
        lines = [self._row(number) for number in range(len(LIT_SHAPE))]
        sounding = self._lights.buzzer is not None
        sound = Text(f"♪ {self._sound}" if self._sound else "", "bold" if sounding else "dim")
        words = Text.assemble((self.said[0], "bold"), "   ", sound, justify="center")
        sentence = Text(self.said[1], justify="center")
        self.update(Text("\n", justify="center").join([*lines, self._names(), words, sentence]))

    def _row(self, number: int) -> Text:
        lamps = (
            Text(LIT_SHAPE[number], f"{color} on {color}")
            if self._lit(name)
            else Text(UNLIT_SHAPE[number], UNLIT)
            for name, color in COLORS.items()
        )
        return GAP.join(lamps)

    def _names(self) -> Text:
        names = []
        for name, color in COLORS.items():
            left, right = " " * ((WIDTH - len(name)) // 2), " " * ((WIDTH - len(name) + 1) // 2)
            style = f"bold {color}" if self._lit(name) else UNLIT
            names.append(Text.assemble(left, (name.upper(), style), right))
        return GAP.join(names)

    def _lit(self, name: str) -> bool:
        return bool(getattr(self._lights, name))


class Line(Struct):
    """A line of the scans: when, what, and what came of it."""

    time: str
    text: str
    came: str | None


class ScansView(Static):
    """The last scans, newest first. Answers come in the order of the scans."""

    def __init__(self) -> None:
        super().__init__(id="scans")
        self.border_title = "Scans"
        self.lines: deque[Line] = deque(maxlen=KEPT)

    def scanned(self, time: str, text: str, came: str | None = None) -> None:
        self.lines.appendleft(Line(time, text, came))
        self._draw()

    def answered(self, time: str, came: str) -> None:
        """The answer to the oldest scan without one; or what came by itself."""
        waiting = [each for each in self.lines if each.came is None]
        if waiting:
            waiting[-1].came = came
        else:
            self.lines.appendleft(Line(time, "", came))
        self._draw()

    def noted(self, time: str, text: str) -> None:
        """A warning of the station's log."""
        self.lines.appendleft(Line(time, "log", text))
        self._draw()

    def _draw(self) -> None:
        table = _grid(2)
        for each in self.lines:
            came = "…" if each.came is None else each.came
            table.add_row(Text(each.time, "dim"), Text(each.text), Text(came, "bold"))
        self.update(table)


class EventsView(Static):
    """What central has heard, newest first, and how much is still on the way."""

    def __init__(self) -> None:
        super().__init__(id="events")
        self.border_title = "Events at central"
        self.lines: deque[tuple[int, str, str]] = deque(maxlen=KEPT)
        self.unsent = 0

    def arrived(self, seq: int, kind: str, about: str) -> None:
        self.lines.appendleft((seq, kind, about))
        table = _grid(2)
        for number, name, data in self.lines:
            table.add_row(Text(str(number), "dim", justify="right"), Text(name, "bold"), Text(data))
        self.update(table)

    def show_unsent(self, number: int) -> None:
        self.unsent = number
        self.border_subtitle = f"{number} waiting on disk" if number else "all sent"
        self.set_class(number > 0, "waiting")


class SamplesView(Static):
    """Cards and books with the key that scans each, and a mark that the arrow keys move."""

    class Chosen(Message):
        """Somebody has clicked on one."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self) -> None:
        super().__init__(id="samples")
        self.border_title = "Cards F5 to F8, books Alt+letter"
        self.border_subtitle = "↑ ↓ choose, → scan, or click"
        self._cards: list[Sample] = []
        self._books: list[Sample] = []
        self._mark = 0

    def show_samples(self, cards: list[Sample], books: list[Sample]) -> None:
        self._cards, self._books = cards, books
        self._draw()

    def move(self, by: int) -> None:
        count = len(self._all())
        if count:
            self._mark = (self._mark + by) % count
            self._draw()

    def marked(self) -> str | None:
        found = self._all()
        return found[self._mark].text if found else None

    def note_of(self, text: str) -> str | None:
        return next((each.note for each in self._all() if each.text == text), None)

    def by_key(self, key: str) -> str | None:
        return next((each.text for each in self._all() if each.key == key), None)

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        row = -1 if offset is None else offset.y
        if row > len(self._cards):
            row -= 1
        elif row == len(self._cards):
            return
        if 0 <= row < len(self._all()):
            self._mark = row
            self._draw()
            self.post_message(self.Chosen(self._all()[row].text))

    def _all(self) -> list[Sample]:
        return self._cards + self._books

    def _draw(self) -> None:
        table = Table.grid(padding=(0, 1), expand=True)
        for ratio in (None, None, None, 1, None):
            table.add_column(ratio=ratio, no_wrap=True, overflow="ellipsis")
        for number, each in enumerate(self._all()):
            if number == len(self._cards) and self._cards:
                table.add_row()
            mark = "▸" if number == self._mark else " "
            key = each.key.upper() if each in self._cards else each.key
            style = "dim" if each.note else ""
            table.add_row(
                mark, Text(key, "bold"), Text(each.text), Text(each.name, style), Text(each.note, "italic")
            )
        self.update(table)


class ScanLine(Input):
    """Where a USB scanner types, or a person."""

    ENDS = frozenset({"enter", "ctrl+j", "tab"})
    """What ends a scan. Scanners can be set to send any of these."""

    class Scanned(Message):
        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self) -> None:
        super().__init__(id="line", placeholder="scan here, or type and press ENTER", compact=True)
        self.cursor_blink = False

    def on_key(self, event: Key) -> None:
        """Here and not in a binding: that would run after the keys of the next scan."""
        if event.key in self.ENDS:
            event.prevent_default().stop()
            text, self.value = self.value, ""
            if text:
                self.post_message(self.Scanned(text))


def _grid(wide: int) -> Table:
    """Three columns of one line each, of which the one at `wide` takes what is left."""
    table = Table.grid(padding=(0, 1), expand=True)
    for column in range(3):
        table.add_column(ratio=1 if column == wide else None, no_wrap=True, overflow="ellipsis")
    return table
