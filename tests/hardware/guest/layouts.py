"""Scanners that are set to other layouts, with capitals and signs, and one that sends no ENTER.

The keys are written out by hand, as they lie on keyboards of that country, and not taken from the station's
tables.
"""

from __future__ import annotations

import time

from tests.hardware.guest.running import Station
from tests.hardware.guest.talk import SILENCE_MS
from tests.hardware.guest.typist import ENTER, SHIFT, Stroke, Typist, strokes

LABELS = {
    "us": ('BK-Zy_#@"~', "+B +K MINUS +Z Y +MINUS +3 +2 +APOSTROPHE +GRAVE"),
    "gb": ('BK-Zy£@"#~', "+B +K MINUS +Z Y +3 +APOSTROPHE +2 BACKSLASH +BACKSLASH"),
    "de": ('BK-Zy_"§/ß@', "+B +K SLASH +Y Z +SLASH +2 +3 +7 MINUS ^Q"),
    "fr": ("BK-AqWm_10!@", "+B +K 6 +Q A +Z SEMICOLON 8 +1 +0 SLASH ^0"),
}
"""`+` is SHIFT, `^` is ALT GR. Names are those of `linux/input-event-codes.h`: what a US keyboard has."""

BARE = ["BK-1001", "BK-1002"]


def check(_count: int) -> str:
    names = {layout: layout for layout in LABELS}
    labels = [text for text, _ in LABELS.values()]
    typists = {name: Typist(name) for name in (*names, "bare")}
    station = Station({**names, "bare": "us"})
    station.stock(["RD-1"], [*labels, *BARE])
    with station:
        _scan(station, typists["us"], [*strokes("RD-1"), (ENTER,)], "us: welcome")
        for layout, (_, keys) in LABELS.items():
            _scan(station, typists[layout], [*_strokes(keys), (ENTER,)], f"{layout}: borrowed")
        for text in BARE:
            _scan(station, typists["bare"], strokes(text), "bare: borrowed")
            time.sleep(SILENCE_MS / 1000)
        assert station.loans() == dict.fromkeys([*labels, *BARE], "RD-1")
    for each in typists.values():
        each.unplug()
    signs = sum(len(text) for text in labels)
    return f"{signs} characters in {len(LABELS)} layouts; {len(BARE)} codes without ENTER"


def _strokes(keys: str) -> list[Stroke]:
    held = {"+": (SHIFT,), "^": ("RIGHTALT",)}
    return [(*held[key[0]], key[1:]) if key[0] in held else (key,) for key in keys.split()]


def _scan(station: Station, typist: Typist, keys: list[Stroke], answer: str) -> None:
    typist.press(keys)
    station.answers(answer)
