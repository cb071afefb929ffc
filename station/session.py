"""Who is at the desk: sessions, a book that waits for a card, a card that waits for its PIN.

All times are monotonic seconds. At exactly its limit a session or a pending item has ended.
"""

from __future__ import annotations

from msgspec import Struct, structs

from station.model import Item
from station.signals import Signal

CONTACT_SECONDS = 60.0
"""How long after an application a contact code belongs to it (the contract)."""
RECENT_SECONDS = 20.0
"""How long a returned book answers `returned` again when it is scanned twice (the contract)."""


class Times(Struct, frozen=True):
    """How long each thing waits, in seconds; the contract's defaults."""

    reader: float = 30.0
    staff: float = 120.0
    pending_item: float = 20.0
    repeat: float = 1.5


class ReaderSession(Struct, frozen=True):
    """A reader's open session. `lent` holds the ids of the `loan.borrowed` events made in it."""

    reader: str
    since: float
    lent: frozenset[str] = frozenset()


class StaffSession(Struct, frozen=True):
    staff: str
    since: float


class Mode(Struct, frozen=True):
    """A staff command that waits for its cards or books; `isbn` is of the books that ADD takes in.

    `must_confirm`: the staff card is asked for again first. `seen` and `place` belong to COUNT.
    """

    name: str
    must_confirm: bool = False
    isbn: str | None = None
    place: str | None = None
    seen: frozenset[str] = frozenset()


class PendingItem(Struct, frozen=True):
    """An available book that was scanned before its card."""

    item: str
    since: float


class AskedPin(Struct, frozen=True):
    """A card that is good once its PIN has been typed."""

    reader: str
    since: float


class Applying(Struct, frozen=True):
    """A card that has just applied: its reader may show a contact now."""

    reader: str
    since: float


class Recent(Struct, frozen=True):
    """A book that was returned here a moment ago, and what was shown."""

    item: str
    at: float
    signal: Signal


class Step(Struct, frozen=True):
    """A loan, renewal or return that UNDO can take back: the item before and after, its events."""

    before: Item
    after: Item
    events: tuple[str, ...]
    readers: tuple[str, ...]


class WrongPin(Struct, frozen=True):
    """A PIN that was not `reader`'s, typed at `mono` of the boot `boot`."""

    reader: str
    boot: str
    mono: float


class State(Struct, frozen=True):
    """All that the desk remembers between scans. A power cut forgets it: sessions end.

    But for `wrong_pins`, which are kept: pulling the plug unlocks no card.
    """

    session: ReaderSession | None = None
    staff: StaffSession | None = None
    pending: PendingItem | None = None
    asked: AskedPin | None = None
    recent: tuple[Recent, ...] = ()
    last: Step | None = None
    mode: Mode | None = None
    override: bool = False
    wrong_pins: tuple[WrongPin, ...] = ()
    applying: Applying | None = None


def heard(state: State, mono: float) -> State:
    """Any scan starts the silence of the open sessions anew."""
    return structs.replace(
        state,
        session=state.session and structs.replace(state.session, since=mono),
        staff=state.staff and structs.replace(state.staff, since=mono),
        asked=state.asked and structs.replace(state.asked, since=mono),
    )


def without_staff(state: State) -> State:
    """The desk after a staff session: whatever was going on in it has ended too."""
    return structs.replace(state, session=None, staff=None, asked=None, last=None, mode=None, override=False)


def deadline(state: State, times: Times) -> float | None:
    """When `expire` will have something to do next."""
    return min((due for due, _ in _endings(state, times)), default=None)


def expire(state: State, times: Times, mono: float) -> tuple[State, list[Signal]]:
    """End what has ended by `mono`, earliest first; returns what is shown for it."""
    shown: list[Signal] = []
    while due := [each for each in _endings(state, times) if each[0] <= mono]:
        _, ended = min(due)
        state, signal = _end(state, ended)
        shown += [signal] if signal else []
    fresh = tuple(each for each in state.recent if mono - each.at < RECENT_SECONDS)
    return (state if fresh == state.recent else structs.replace(state, recent=fresh)), shown


def _endings(state: State, times: Times) -> list[tuple[float, str]]:
    """A pending item lives through a PIN that is awaited: its card has come in time."""
    open_ = (
        (state.session, times.reader, "session"),
        (state.asked, times.reader, "asked"),
        (None if state.asked else state.pending, times.pending_item, "pending"),
        (state.staff, times.staff, "staff"),
    )
    return [(each.since + limit, name) for each, limit, name in open_ if each is not None]


def _end(state: State, name: str) -> tuple[State, Signal | None]:
    if name == "pending":
        return structs.replace(state, pending=None), None
    if name == "asked":
        return structs.replace(state, asked=None), Signal.GOODBYE
    if name == "session":
        return structs.replace(state, session=None, last=None), Signal.GOODBYE
    return without_staff(state), Signal.GOODBYE
