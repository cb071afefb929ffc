"""Two versions of a document become one: the same one at every station, in whatever order they came.

The later change wins, for an item's loan and for the rest of it apart, so that a stocktake cannot undo a
loan. What lost against a change that had not seen it is not thrown away silently: `conflict` says so.
"""

from __future__ import annotations

import hashlib
from typing import TypeVar

from msgspec import Struct, structs

from station.model import Document, Incident, Item, Moment, Title
from station.store.stamps import KEPT, is_ahead

D = TypeVar("D", bound=Document)


class Merged(Struct, frozen=True):
    """`conflict` is set where a change lost; it is the same text at every station that merges these two."""

    document: Document
    conflict: str | None = None


def merge(mine: D, theirs: D) -> Merged:
    """The document that two stations agree on, each having one of these."""
    if is_same(mine, theirs):
        return Merged(mine)
    if mine.stamp != theirs.stamp:
        if theirs.stamp in mine.stamps:
            return Merged(mine)
        if mine.stamp in theirs.stamps:
            return Merged(theirs)
    later, earlier = (mine, theirs) if mine.stamp > theirs.stamp else (theirs, mine)
    together = structs.replace(later, stamps=_ancestry(later, earlier))
    if isinstance(together, Item) and isinstance(later, Item) and isinstance(earlier, Item):
        return _merge_items(together, later, earlier)
    return Merged(together, None if _may_differ(later, earlier) else _conflict(later, earlier))


def is_same(one: Document, other: Document) -> bool:
    """Whether these are one version: a merged item has the stamp of the later one, but both their changes."""
    return one.stamp == other.stamp and _parts(one) == _parts(other)


def _parts(document: Document) -> tuple[str, ...]:
    return (document.loanstamp, document.reststamp) if isinstance(document, Item) else ()


def yielding(mine: D, now: Moment) -> D:
    """`mine`, whose stamp is too far ahead, as the earlier of any two; so its parts that are."""
    changed = structs.replace(mine, stamp="")
    if isinstance(changed, Item):
        parts = {"loanstamp": changed.loanstamp, "reststamp": changed.reststamp}
        ahead = {name: "" for name, stamp in parts.items() if is_ahead(stamp, now)}
        changed = structs.replace(changed, **ahead)
    return changed


def inheriting(theirs: D, mine: D) -> D:
    """`theirs`, as one that has seen `mine`."""
    return structs.replace(theirs, stamps=_ancestry(theirs, mine))


def _may_differ(later: Document, earlier: Document) -> bool:
    """Whether nothing is lost with the earlier one: two stations have said the same thing at once.

    That an exception is one too would be an exception at each station, and so on without end. And two that
    have looked up the same title both say what the world knows.
    """
    if isinstance(later, Title):
        return later.parent is None and earlier.parent is None
    return isinstance(later, Incident)


def _merge_items(together: Item, later: Item, earlier: Item) -> Merged:
    loan = later if _stands(later, earlier, later.loanstamp, earlier.loanstamp) else earlier
    rest = later if _stands(later, earlier, later.reststamp, earlier.reststamp) else earlier
    document = structs.replace(
        rest,
        loan=loan.loan,
        loanstamp=loan.loanstamp,
        stamp=together.stamp,
        parent=together.parent,
        stamps=together.stamps,
    )
    lost = _both_changed(later, earlier, later.loanstamp, earlier.loanstamp) or _both_changed(
        later, earlier, later.reststamp, earlier.reststamp
    )
    return Merged(document, _conflict(later, earlier) if lost else None)


def _stands(one: Document, other: Document, ones: str, others: str) -> bool:
    """Whether a part of `one` stands: who had seen the other's change, or else the later one.

    Where every stamp is later than what was seen, that is the same.
    """
    seen, saw = ones in other.stamps, others in one.stamps
    return saw if seen != saw else ones >= others


def _both_changed(one: Document, other: Document, ones: str, others: str) -> bool:
    """Whether each side changed this part without having seen the other's change."""
    return ones != others and ones not in other.stamps and others not in one.stamps


def _ancestry(later: Document, earlier: Document) -> tuple[str, ...]:
    """The later one's own stamp is first, though a change before it was stamped too far ahead."""
    others = {*later.stamps, *earlier.stamps} - {later.stamp, ""}
    return (later.stamp, *sorted(others, reverse=True))[:KEPT]


def _conflict(later: Document, earlier: Document) -> str:
    both = f"{later.kind_of_document}/{later.key}/{later.stamp}/{earlier.stamp}"
    return f"conflict-{hashlib.sha256(both.encode()).hexdigest()[:16]}"
