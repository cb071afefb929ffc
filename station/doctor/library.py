"""Whether the station is one of its library's, or only has its documents."""

from __future__ import annotations

from collections.abc import Iterator

from station.doctor.findings import Finding, ok, skipped, warning
from station.doctor.place import Place


def library(place: Place) -> Iterator[Finding]:
    with place.store() as store:
        found = store.shelf.library() if store else None
        if store is None or found is None:
            yield skipped("there is no library here yet")
            return
        has_secret = store.journal.secret_is_of(found.id)
    if has_secret:
        yield ok(
            f"{place.config.station.id} has the secret of {found.id}: PINs and signed cards are good here"
        )
        return
    yield warning(
        f"the documents of {found.id} are here, but not its secret: PINs and signed cards of other stations"
        " are not good here",
        "`station library invite` where the library was made, then here: station library join CODE",
    )
