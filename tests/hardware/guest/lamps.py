"""Scans answer on the lines as config/signals.toml has it: which lamps, in which order, for how long."""

from __future__ import annotations

import time

from station.patterns import Pattern, load
from tests.hardware.guest.header import Levels, Run, Watch, joined, lit
from tests.hardware.guest.running import Station
from tests.hardware.guest.typist import Typist

SCANS = [
    ("RD-1", "welcome"),
    ("BK-1", "borrowed"),
    ("CMD-UNDO", "undone"),
    ("CMD-UNDO", "refused.book"),
    ("BK-1", "borrowed"),
    ("RD-1", "goodbye"),
    ("RD-1", "welcome"),
    ("BK-1", "renewed"),
    ("CMD-DONE", "goodbye"),
    ("BK-1", "returned"),
    ("BK-2", "card_first"),
    ("XX-1", "unknown"),
    ("RD-2", "refused.you"),
]

JITTER_SECONDS, JITTER_PART = 0.06, 0.3
"""How far a time may be off, in emulation. 120 ms and 400 ms stay apart."""


def check(_count: int) -> str:
    patterns = load().by_name
    worst = 0.0
    with Typist("counter") as scanner:
        station = Station({"counter": "us"})
        station.stock(["RD-1", "RD-2"], ["BK-1", "BK-2"])
        station.command("reader", "block", "RD-2")
        with Watch() as watch, station:
            worst = _compared(watch, 0.0, patterns["starting"])
            for text, name in SCANS:
                since = time.monotonic()
                scanner.scan(text)
                station.answers(f"counter: {name.partition('.')[0]}")
                worst = max(worst, _compared(watch, since, patterns[name], f"{text} should show {name}"))
            assert station.loans() == {}
            since = time.monotonic()
            time.sleep(11)
            worst = max(worst, _ready(watch.runs(since), patterns["ready"]))
    return f"{len(SCANS)} scans, starting and ready on four lines; at most {worst * 1000:.0f} ms off"


def _compared(watch: Watch, since: float, pattern: Pattern, what: str = "the start") -> float:
    """Seconds that the pattern's lights were off at most; waits until it has been played."""
    expected = _runs(pattern)
    time.sleep(pattern.duration + 0.7)
    seen = watch.runs(since)
    assert [levels for levels, _ in seen] == [levels for levels, _ in expected], f"{what}: {seen}"
    return max(_off(one, other, what) for one, other in zip(seen, expected, strict=True))


def _runs(pattern: Pattern) -> list[Run]:
    changes = pattern.changes()
    ends = [at for at, _ in changes[1:]] + [min(pattern.duration, pattern.every / 1000)]
    steps = zip(changes, ends, strict=True)
    return lit(joined([(_levels(lights), end - at) for (at, lights), end in steps]))


def _levels(lights: object) -> Levels:
    return tuple(bool(getattr(lights, name)) for name in ("green", "amber", "red", "buzzer"))


def _off(seen: Run, expected: Run, what: str) -> float:
    off = abs(seen[1] - expected[1])
    assert off <= max(JITTER_SECONDS, JITTER_PART * expected[1]), f"{what}: {seen} in place of {expected}"
    return off


def _ready(seen: list[Run], pattern: Pattern) -> float:
    """`seen` may begin and end anywhere in the loop: whole blinks and the pauses between them count."""
    (blink,) = _runs(pattern)
    pause = ((False,) * 4, pattern.every / 1000 - blink[1])
    assert len(seen) >= 3, f"ready should blink: {seen}"
    return max(_off(seen[0], blink, "ready"), _off(seen[1], pause, "ready"))
