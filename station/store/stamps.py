"""Stamps: hybrid logical clock values that sort as text.

`<milliseconds, 13 digits>-<counter, 4 digits>-<station>`: a station's next stamp is later than every
stamp it has seen, whatever its wall clock says. What is too far ahead of a synchronised clock is not
believed. After Kulkarni and others, "Logical Physical Clocks" (2014).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TypeVar

from msgspec import structs

from station.model import Document, Item, Moment

D = TypeVar("D", bound=Document)

SHAPE = re.compile(r"[0-9]{13}-[0-9]{4}-[a-z0-9_]{1,64}")
KEPT = 16
"""How many stamps a document carries; two changes are a fork when neither is in the other's list."""
FARTHEST_AHEAD = 24 * 3600 * 1000
"""Milliseconds. A stamp farther ahead than this is believed by no station whose own clock is synchronised."""
LATEST = 9_999_999_999_999
"""The milliseconds of the latest stamp that sorts as text."""


def is_ahead(stamp: str, now: Moment) -> bool:
    """Whether a synchronised clock shows that `stamp` is of a time that has not come; empty: it is not."""
    return now.trusted and bool(stamp) and int(stamp[:13]) - _milliseconds(now.wall) > FARTHEST_AHEAD


def following(last: str, wall: datetime, station: str) -> str:
    """The first stamp of `station` at `wall` that is later than `last` (empty: there was none).

    None is later than the last one that sorts as text: after that the wall clock counts again.
    """
    now = min(_milliseconds(wall), LATEST)
    if not last or last[:18] == f"{LATEST}-9999":
        return f"{now:013d}-0000-{station}"
    milliseconds, counter = int(last[:13]), int(last[14:18])
    if now > milliseconds:
        return f"{now:013d}-0000-{station}"
    if counter == 9999:
        return f"{milliseconds + 1:013d}-0000-{station}"
    return f"{milliseconds:013d}-{counter + 1:04d}-{station}"


def stamped(document: D, before: D | None, stamp: str) -> D:
    """`document` as a change of `before`, with its ancestry; None: it is new."""
    changed = structs.replace(
        document,
        stamp=stamp,
        parent=before.stamp if before else None,
        stamps=(stamp, *(before.stamps if before else ()))[:KEPT],
    )
    return _with_parts(changed, before, stamp)


def with_ancestry(document: D) -> D:
    """A document of somebody who writes `stamp` and `parent` alone, with what follows from them."""
    if not document.stamps:
        known = (document.stamp, document.parent) if document.parent else (document.stamp,)
        document = structs.replace(document, stamps=known)
    if isinstance(document, Item):
        parts = {"loanstamp": document.loanstamp, "reststamp": document.reststamp}
        document = structs.replace(document, **{name: each or document.stamp for name, each in parts.items()})
    return document


def _with_parts(changed: D, before: D | None, stamp: str) -> D:
    """An item's loan and the rest of it are merged apart: each part has the stamp of its own last change.

    None is later than the whole: a stamp that was too far ahead ends with the first change after it.
    """
    if not isinstance(changed, Item):
        return changed
    if not isinstance(before, Item):
        return structs.replace(changed, loanstamp=stamp, reststamp=stamp)
    loan_differs = changed.loan != before.loan
    return structs.replace(
        changed,
        loanstamp=stamp if loan_differs else min(before.loanstamp, stamp),
        reststamp=stamp if _rest(changed) != _rest(before) else min(before.reststamp, stamp),
    )


def _milliseconds(wall: datetime) -> int:
    return int(wall.timestamp() * 1000)


def _rest(item: Item) -> Item:
    return structs.replace(item, loan=None, loanstamp="", reststamp="", stamp="", parent=None, stamps=())
