"""Decodes by the thousand: how often the right code is taken, and how often another.

The way from a picture to a scan is the station's own, `Watch`. A scene is two pictures, between which the
hand has trembled. `count` is for the bench and for the rig.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count as counter

import numpy as np
from msgspec import Struct, structs

from station.drivers.camera.decoder import Decoder
from station.drivers.camera.luma import Luma
from station.drivers.camera.scanner import Watch
from station.drivers.camera.still import Held
from tests.camera.kinds import KINDS, code
from tests.camera.pictures import FULL_HD, Label, Optics, Place, Random, Size, desk, picture

PICTURES = 2
"""In a scene."""
SIZES: tuple[Size, ...] = ((640, 480),) * 6 + ((1280, 720),) * 3 + (FULL_HD,)
"""How often each: mostly small ones, which are quick, with codes as large as in the others."""
FOREIGN = ("code39", "itf", "datamatrix", "aztec", "micro qr", "rmqr")
DESKS = 5


class Scene(Struct, frozen=True):
    """What is shown, and the text that has to be taken; None: nothing may be."""

    labels: tuple[tuple[Label, Place], ...]
    optics: Optics
    right: str | None


class Counts(Struct):
    decodes: int = 0
    scenes: int = 0
    readable: int = 0
    """Scenes with a code in them that the library uses."""
    read: int = 0
    misread: list[str] = []
    """For each scene in which another text was taken: what was, in place of what."""


def count(decodes: int, seed: int = 1) -> Iterator[Counts]:
    """Makes so many decodes, and gives the counts so far after each scene. One seed is always the same."""
    random = np.random.default_rng(seed)
    desks = {size: [desk(random, size) for _ in range(DESKS)] for size in set(SIZES)}
    decoder, counts = Decoder(), Counts()
    while counts.decodes < decodes:
        size = SIZES[int(random.integers(len(SIZES)))]
        scene = _scene(random)
        taken = _taken(decoder, scene, size, random, desks[size][int(random.integers(DESKS))])
        counts.decodes += PICTURES
        counts.scenes += 1
        counts.readable += scene.right is not None
        counts.read += scene.right is not None and scene.right in taken
        counts.misread += [f"{text!r} for {scene.right!r}" for text in taken if text != scene.right]
        yield counts


def _scene(random: Random) -> Scene:
    """Seven in ten show one code, one in ten a book with its label, one a foreign symbology, one nothing."""
    place, optics = list(KINDS.values())[int(random.integers(len(KINDS)))](random)
    match int(random.integers(10)):
        case 0:
            return Scene((), optics, None)
        case 1:
            return Scene(((code(random, str(random.choice(FOREIGN))), place),), optics, None)
        case 2:
            return _labelled(random)
    label = code(random)
    return Scene(((label, place),), optics, label.text)


def _labelled(random: Random) -> Scene:
    """Easily seen: it is the label, and nothing else, that has to be taken."""
    isbn, label = code(random, "ean13"), code(random, str(random.choice(["code128", "qr"])))
    turn = float(random.uniform(-10, 10))
    places = Place(3.0, turn, x=0.5, y=0.28), Place(3.0, turn, x=0.5, y=0.72)
    return Scene(((isbn, places[0]), (label, places[1])), Optics(), label.text)


def _taken(decoder: Decoder, scene: Scene, size: Size, random: Random, ground: Luma) -> list[str]:
    ticks = counter()
    watch = Watch(decoder, lambda: next(ticks) / 15)
    texts = []
    for _ in range(PICTURES):
        labels = [(label, _trembled(place, random)) for label, place in scene.labels]
        scanned, _ = watch.next(Held(picture(labels, scene.optics, size, random, ground)))
        texts += [scanned.text] if scanned else []
    return texts


def _trembled(place: Place, random: Random) -> Place:
    away = random.normal(0, 1, 4)
    return structs.replace(
        place,
        module=place.module * (1 + 0.01 * float(away[0])),
        turn=place.turn + float(away[1]),
        x=place.x + 0.004 * float(away[2]),
        y=place.y + 0.004 * float(away[3]),
    )
