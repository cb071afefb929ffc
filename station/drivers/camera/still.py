"""One picture, held before the station's eyes for as long as it takes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from station.drivers.camera import Code
from station.drivers.camera.agreement import AWAITED
from station.drivers.camera.decoder import Decoder
from station.drivers.camera.luma import Luma
from station.drivers.camera.picamera import Seen
from station.drivers.camera.scanner import Watch

PICTURES = 3
"""So far apart that with the last nothing is waited for any more."""


class Still:
    """Raises DecoderMissing."""

    def __init__(self) -> None:
        self._decoder = Decoder()

    def read(self, luma: Luma) -> Code | None:
        """What a camera that sees nothing but `luma` would report."""
        ticks = count()
        watch = Watch(self._decoder, lambda: next(ticks) * AWAITED / (PICTURES - 1))
        codes = (watch.next(Held(luma))[0] for _ in range(PICTURES))
        return next((each for each in codes if each), None)


class Held:
    """A camera that sees the same for ever."""

    def __init__(self, luma: Luma) -> None:
        self._luma = luma

    def picture(self, see: Callable[[Luma], Seen]) -> Seen:
        return see(self._luma)

    def close(self) -> None:
        pass
