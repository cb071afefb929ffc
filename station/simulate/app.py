"""The simulator's screen. It looks at the rig, and passes on what is typed; it decides nothing."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Footer, Label, Static
from textual.worker import Worker

from station.drivers import Clock
from station.patterns import load
from station.rhythms import in_words
from station.signals import RESTING, Shown, Signal
from station.simulate import words
from station.simulate.lamps import Lamps
from station.simulate.rig import Arrived, Connected, Failed, Happening, Noted, Plan, Rig, unsent_events
from station.simulate.samples import BOOK_KEYS, CARD_KEYS, books, cards
from station.simulate.views import EventsView, LampsView, SamplesView, ScanLine, ScansView
from station.store import Store
from station.watching import about, kind, visible

LOOK_SECONDS = 1.0
"""How often to look whether the link has marked something as sent."""


class Happened(Message):
    """Something that the rig has told."""

    def __init__(self, what: Happening) -> None:
        super().__init__()
        self.what = what


class Simulator(App[Exception]):
    """`run` returns the exception that ended it, or None."""

    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = "#line"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "command('DONE')", "Done", key_display="F2", priority=True),
        Binding("f3", "command('UNDO')", "Undo", key_display="F3", priority=True),
        Binding("f4", "switch", "Broker away or back", key_display="F4", priority=True),
        Binding("ctrl+q,ctrl+c", "quit", "End", key_display="Ctrl+Q", priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("right", "marked", show=False, priority=True),
        *(Binding(key, f"sample('{key}')", show=False, priority=True) for key in CARD_KEYS),
        *(Binding(f"alt+{key}", f"sample('{key}')", show=False, priority=True) for key in BOOK_KEYS),
    ]

    def __init__(self, plan: Plan, clock: Clock) -> None:
        super().__init__()
        self.rig = Rig(plan, lambda what: self.post_message(Happened(what)), clock)
        self._clock = clock
        self._patterns = load(plan.config.panel.signals)
        self._playing = Lamps(self._patterns)
        self.lamps, self.scans, self.events = LampsView(), ScansView(), EventsView()
        self.samples, self.line = SamplesView(), ScanLine()
        self.library, self.broker = Label(id="library"), Label(id="broker")
        self._blink: Timer | None = None
        self._store: Store | None = None
        self._seen = -1
        self._said: Shown | None = None
        self._is_there = False
        self._starting: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        yield Horizontal(self.library, Static(id="gap"), self.broker, id="head")
        yield Horizontal(Vertical(self.lamps, self.scans, self.events, id="left"), self.samples, id="body")
        yield Horizontal(Label("Scan ▸ "), self.line, id="foot")
        yield Footer()

    def on_mount(self) -> None:
        self._show_head()
        self._starting = self.run_worker(self._start_rig, thread=True)
        self.set_interval(LOOK_SECONDS, self._look)

    def _start_rig(self) -> None:
        try:
            self.rig.start()
        except Exception as error:
            self.call_from_thread(self.exit, error)
        else:
            self.call_from_thread(self._started)

    def _started(self) -> None:
        self._store = self.rig.open_store()
        self._look()
        self._draw_lamps()

    def on_unmount(self) -> None:
        if self._store:
            self._store.close()

    def on_happened(self, event: Happened) -> None:
        match event.what:
            case Shown():
                self._show(event.what)
            case Arrived(data):
                self.events.arrived(data["seq"], kind(data), about(data, names=False))
            case Connected(up):
                self._is_there = up
                self._show_head()
            case Noted(text):
                self._note(text)
            case Failed(error):
                self.exit(error)
        self._look()

    def _show(self, shown: Shown) -> None:
        self._playing.show(shown, self._clock.now().mono)
        self._draw_lamps()
        if shown.signal not in RESTING | {Signal.STARTING, Signal.STOPPING}:
            self.scans.answered(self._time(), words.name(shown))
            self.line.password = shown.signal is Signal.PIN

    def _draw_lamps(self) -> None:
        """Draw the lamps, and once more when they change; a steady lamp costs nothing."""
        now = self._clock.now().mono
        self.lamps.show_lights(self._playing.at(now))
        self._say(self._playing.in_words(now))
        if self._blink:
            self._blink.stop()
        wait = self._playing.next_change(now)
        self._blink = None if wait is None else self.set_timer(wait, self._draw_lamps)

    def _say(self, shown: Shown | None) -> None:
        if shown is None or shown is self._said or self._store is None:
            return
        self._said = shown
        sound = in_words(self._patterns.of(shown).sound())
        said = visible(words.sentence(shown, self._store.shelf))
        self.lamps.say(words.name(shown), said, sound)

    def _look(self) -> None:
        """Look at the store, if anybody has written into it."""
        if self._store is None or self._store.version() == self._seen:
            return
        self._seen = self._store.version()
        self._show_head()
        self.events.show_unsent(unsent_events(self._store))
        self.samples.show_samples(cards(self._store), books(self._store))

    def _show_head(self) -> None:
        config = self.rig.plan.config
        library = self._store.shelf.library() if self._store else None
        name = library.name or library.id if library else "no library yet"
        self.library.update(visible(f"Shelfpost · {name} · {config.station.id}"))
        assert config.broker
        state = "there" if self._is_there else "away"
        self.broker.update(f"broker: {state} ({config.broker.host}:{config.broker.port})")
        self.broker.set_class(not self._is_there, "away")

    def on_scan_line_scanned(self, event: ScanLine.Scanned) -> None:
        self._scan(event.text)

    def on_samples_view_chosen(self, event: SamplesView.Chosen) -> None:
        self._scan(event.text)

    def on_descendant_blur(self) -> None:
        """A scanner types at whatever has the focus."""
        self.line.focus()

    def action_sample(self, key: str) -> None:
        self._scan(self.samples.by_key(key))

    def action_move(self, by: int) -> None:
        self.samples.move(by)

    def action_marked(self) -> None:
        """With text in the line the key does what it does in every line."""
        if self.line.value:
            self.line.action_cursor_right()
        else:
            self._scan(self.samples.marked())

    def action_command(self, name: str) -> None:
        self._scan(self.rig.plan.config.patterns.command_prefix + name)

    def action_switch(self) -> None:
        """Take the broker away, or bring it back; in a thread, since it takes a moment."""
        broker = self.rig.plan.embedded
        if broker is None:
            self._note("This is the configuration's broker: the simulator can't take it away.")
        else:
            self.run_worker(broker.down if broker.is_up else broker.up, thread=True)

    async def action_quit(self) -> None:
        """Stop the station first, as a real one stops."""
        if self._starting:
            starting, self._starting = self._starting, None
            await starting.wait()
            self.run_worker(self._stop_rig, thread=True)

    def _stop_rig(self) -> None:
        self.rig.stop()
        self.call_from_thread(self.exit)

    def _scan(self, text: str | None) -> None:
        if text is None or self._store is None:
            return
        shown_text = "•" * len(text) if self.line.password else visible(text)
        fresh = self.rig.scan(text)
        self.scans.scanned(self._time(), shown_text, None if fresh else "the same scan again")

    def _note(self, text: str) -> None:
        self.scans.noted(self._time(), visible(text))

    def _time(self) -> str:
        return f"{self._clock.now().wall.astimezone():%H:%M:%S}"
