"""A card's number on the command line, typed or scanned there."""

from __future__ import annotations

from station import cards
from station.cli.desk_side import number
from station.store import Store


def card_in(store: Store, text: str) -> str:
    """The number; the tag of a signed card of this library is taken off, as at the desk.

    Raises click.ClickException, in words.
    """
    scanned = number(text)
    signed = cards.split(scanned)
    if signed is not None and cards.fits(*signed, store.journal.secret()):
        return signed[0]
    return scanned
