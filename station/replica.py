"""The library's documents, shared with other stations through the broker's retained messages.

What changed here goes out; what others changed is merged in; what the broker has older, or lost with its
memory, is published again. Knows nothing of MQTT.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import islice

from msgspec import Struct

from station.decision import Decision, Draft
from station.documents import KINDS
from station.flows import apart, observed
from station.model import Document, Item, Moment
from station.session import State
from station.store import NoDocument, Store
from station.store.merge import Merged, inheriting, is_same, merge, yielding
from station.store.shelf import StoredShelf
from station.store.stamps import SHAPE, is_ahead, with_ancestry

BATCH = 500
"""Documents that are marked in one transaction: the desk waits for no more than that."""


class StampRefused(ValueError):
    """The document's stamp is malformed or too far in the future; it counts as not seen."""


class Outgoing(Struct, frozen=True):
    """A document that goes out. It is done when the broker has acknowledged this very version."""

    kind: str
    key: str
    document: Document


class Replica:
    """Over a `store` of the link's own. `window` is how many documents may be in flight.

    `left` says when a book was last scanned alone at this station's desk.
    """

    def __init__(
        self, store: Store, window: int = 20, left: Callable[[str], str | None] = lambda _: None
    ) -> None:
        self._store = store
        self._left = left
        self._window = window
        self._in_flight: set[tuple[str, str]] = set()
        self._seen: set[Hashable] | None = None

    @property
    def in_flight(self) -> int:
        return len(self._in_flight)

    def connected(self, *, resumed: bool) -> None:
        """A connection came up. Without the old session the broker may have lost what it kept."""
        self._in_flight.clear()
        self._seen = None if resumed else set()

    def all_retained_came(self) -> None:
        """The broker has sent all that it keeps: what it lacks is published again."""
        if self._seen is None:
            return
        seen, self._seen = self._seen, None
        every = self._store.shared.everything()
        lacking = (each for each in every if hash(each) not in seen)
        while batch := list(islice(lacking, BATCH)):
            with self._store.transaction():
                for kind, key in batch:
                    self._store.shared.mark_unsent(kind, key)

    def take(self) -> list[Outgoing]:
        """The documents that may go out now."""
        room = self._window - len(self._in_flight)
        if room < max(1, self._window // 2):
            return []
        out: list[Outgoing] = []
        for kind, key in self._store.shared.unsent(self._window + room):
            if (kind, key) not in self._in_flight and len(out) < room:
                document = self._mine(KINDS[kind], key)
                if document:
                    out.append(Outgoing(kind, key, document))
        self._in_flight.update((each.kind, each.key) for each in out)
        return out

    def acknowledged(self, sent: Outgoing) -> None:
        """The broker has this version; if it is still the newest, nothing more is to be sent."""
        self._in_flight.discard((sent.kind, sent.key))
        now_held = self._mine(KINDS[sent.kind], sent.key)
        if now_held is None or is_same(now_held, sent.document):
            with self._store.transaction():
                self._store.shared.mark_sent(sent.kind, sent.key)

    def received(self, theirs: Document, now: Moment) -> None:
        """Merge a document that came from the broker. Raises StampRefused."""
        _check_stamp(theirs.stamp, now)
        theirs = with_ancestry(theirs)
        kind, key = theirs.kind_of_document, theirs.key
        if self._seen is not None:
            self._seen.add(hash((kind, key)))
        mine = self._mine(type(theirs), key)
        if mine is not None and is_same(mine, theirs):
            return
        self._store.decide(lambda shelf: self._merge(shelf, theirs, now), now)

    def _merge(self, shelf: StoredShelf, theirs: Document, now: Moment) -> Decision:
        mine = self._mine(type(theirs), theirs.key)
        draft = Draft(State(), shelf, now)
        if mine is not None and _is_ahead_of(mine, theirs, now) and shelf.library() is not None:
            merged = self._merge_what_is_ahead(draft, mine, theirs)
        else:
            merged = Merged(theirs) if mine is None else merge(mine, theirs)
            self._write(merged.document, mine, theirs, now)
        if merged.conflict and shelf.incident(merged.conflict) is None and shelf.library() is not None:
            _raise_conflict(draft, merged.conflict, theirs)
        told = mine is not None and shelf.library() is not None
        if told and observed.is_ours_to_tell(theirs, shelf.station):
            for event in observed.events(mine, merged.document, shelf.policy, now):
                draft.record(event)
        if isinstance(merged.document, Item) and shelf.library() is not None:
            before = mine if isinstance(mine, Item) else None
            apart.heard(draft, before, merged.document, left_here=self._was_left(merged.document))
        return draft.decide(None)

    def _merge_what_is_ahead(self, draft: Draft, mine: Document, theirs: Document) -> Merged:
        """No other station may have seen `mine`: what is to stay of it is a new change, made on theirs."""
        merged = merge(yielding(mine, draft.now), theirs)
        self._write(inheriting(theirs, mine), mine, theirs, draft.now)
        believed = {each for each in mine.stamps if not is_ahead(each, draft.now)}
        if not believed.issubset(theirs.stamps) or observed.bare(merged.document) != observed.bare(theirs):
            draft.save(merged.document)
        return merged

    def _write(self, document: Document, mine: Document | None, theirs: Document, now: Moment) -> None:
        if document != mine:
            self._store.shared.put_as_it_is(document)
            self._store.journal.saw(theirs.stamp, now)
        if document != theirs:
            self._store.shared.mark_unsent(theirs.kind_of_document, theirs.key)

    def _mine(self, cls: type[Document], key: str) -> Document | None:
        """What there is of it here. One that can't be read is as good as none: any other replaces it."""
        try:
            return self._store.shelf.get(cls, key)
        except NoDocument:
            return None

    def _was_left(self, item: Item) -> bool:
        at = self._left(item.id)
        return at is not None and item.loan is not None and item.loan.since < at


def _raise_conflict(draft: Draft, key: str, theirs: Document) -> None:
    where = f"{theirs.kind_of_document}/{theirs.key}"
    note = f"two stations changed {where} without having seen each other; the later change stands"
    item = theirs.key if theirs.kind_of_document == "items" else None
    reader = theirs.key if theirs.kind_of_document == "readers" else None
    draft.raise_incident("conflict", note, item=item, reader=reader, key=key)


def _is_ahead_of(mine: Document, theirs: Document, now: Moment) -> bool:
    return is_ahead(mine.stamp, now) and mine.stamp not in theirs.stamps


def _check_stamp(stamp: str, now: Moment) -> None:
    if not SHAPE.fullmatch(stamp):
        raise StampRefused(f"{stamp[:40]!r} is no stamp")
    if is_ahead(stamp, now):
        raise StampRefused(f"the stamp {stamp} is more than 24 hours ahead of this station's clock")
