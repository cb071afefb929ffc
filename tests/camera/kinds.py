"""The kinds of pictures that the rates in docs/performance.md are about. Each is one sentence of numbers."""

from __future__ import annotations

from collections.abc import Callable

from tests.camera.pictures import FULL_HD, Label, Optics, Place, Random, Size, ean13

SHARES = (("ean13", 0.5), ("code128", 0.25), ("qr", 0.25))
"""What is shown: half ISBNs, a quarter copy labels, a quarter QR labels."""

Kind = Callable[[Random], tuple[Place, Optics]]


def code(random: Random, kind: str | None = None) -> Label:
    """A code of the library's, by chance."""
    kind = kind or str(random.choice([name for name, _ in SHARES], p=[share for _, share in SHARES]))
    number = int(random.integers(0, 10**9))
    match kind:
        case "ean13":
            return Label(ean13(f"978{number:09}"), kind)
        case "qr":
            return Label(f"RD-{number % 10**5}", kind)
        case "datamatrix" | "aztec" | "code39":
            return Label(f"X{number % 10**6}", kind)
        case "itf":
            return Label(f"{number % 10**8:08}", kind)
    return Label(f"BK-{number % 10**5}", kind)


def middle(random: Random) -> tuple[float, float]:
    return float(random.uniform(0.35, 0.65)), float(random.uniform(0.35, 0.65))


def _place(random: Random, low: float = 2.0, high: float = 5.0, **more: float) -> Place:
    x, y = middle(random)
    return Place(module=float(random.uniform(low, high)), x=x, y=y, **more)


def straight(random: Random) -> tuple[Place, Optics]:
    return _place(random, turn=float(random.normal(0, 3))), Optics()


def rotation(random: Random) -> tuple[Place, Optics]:
    return _place(random, turn=float(random.uniform(0, 360))), Optics()


def blur(random: Random) -> tuple[Place, Optics]:
    place = _place(random, turn=float(random.normal(0, 5)))
    return place, Optics(blur=place.module * float(random.uniform(0.3, 0.8)))


def noise(random: Random) -> tuple[Place, Optics]:
    return _place(random, turn=float(random.normal(0, 5))), Optics(noise=float(random.uniform(10, 40)))


def low_light(random: Random) -> tuple[Place, Optics]:
    dark, contrast = float(random.uniform(8, 20)), float(random.uniform(20, 50))
    optics = Optics(dark=dark, light=dark + contrast, noise=float(random.uniform(2, 8)))
    return _place(random, turn=float(random.normal(0, 5))), optics


def perspective(random: Random) -> tuple[Place, Optics]:
    tilt, towards = float(random.uniform(10, 50)), float(random.uniform(0, 360))
    return _place(random, tilt=tilt, tilt_towards=towards, turn=float(random.normal(0, 10))), Optics()


def far(random: Random) -> tuple[Place, Optics]:
    return _place(random, 1.2, 2.0, turn=float(random.normal(0, 10))), Optics(blur=0.4)


def hand_held(random: Random) -> tuple[Place, Optics]:
    """All of it together: any direction, tilted, a little out of focus, moved, in a room's light."""
    place = _place(
        random,
        2.5,
        6.0,
        turn=float(random.uniform(0, 360)),
        tilt=float(random.uniform(0, 30)),
        tilt_towards=float(random.uniform(0, 360)),
    )
    dark, contrast = float(random.uniform(15, 60)), float(random.uniform(60, 170))
    optics = Optics(
        blur=float(random.uniform(0.4, 1.2)),
        motion=float(random.uniform(0, 2.5)),
        motion_along=float(random.uniform(0, 360)),
        noise=float(random.uniform(2, 12)),
        dark=dark,
        light=dark + contrast,
        shade=float(random.uniform(0, dark)),
    )
    return place, optics


KINDS: dict[str, Kind] = {
    "straight": straight,
    "rotation": rotation,
    "blur": blur,
    "noise": noise,
    "low light": low_light,
    "perspective": perspective,
    "far": far,
    "hand-held": hand_held,
}
SIZES: tuple[Size, ...] = (FULL_HD, (1280, 720), (640, 480))
