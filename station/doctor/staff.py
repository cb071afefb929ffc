"""Staff cards that anybody could print."""

from __future__ import annotations

from collections.abc import Iterator

from station import cards, masks
from station.doctor.findings import Finding, ok, skipped, warning
from station.doctor.place import Place
from station.model import Reader

SHOWN = 5
"""Cards that are named, by the last characters of each."""


def staff(place: Place) -> Iterator[Finding]:
    with place.store() as store:
        library = store.shelf.library() if store else None
        if store is None or library is None:
            yield skipped("there is no library here yet")
            return
        staff = [each for each in store.shelf.all(Reader) if each.kind == "staff" and each.status == "active"]
    if not staff:
        yield warning("nobody has a staff card", "station reader add CARD --staff --pin")
        return
    bare = [each.id for each in cards.opened_by_a_number(library.policy, staff)]
    if not bare:
        yield ok(f"{len(staff)} staff cards, each signed or with a PIN")
        return
    named = ", ".join(map(masks.code, bare[:SHOWN])) + (" …" if len(bare) > SHOWN else "")
    yield warning(
        f"{len(bare)} of {len(staff)} staff cards have no PIN ({named}): whoever prints the number is staff",
        "Give each a PIN, or let signed cards alone count: station library set cards=signed."
        " `station reader list` has the numbers.",
    )
