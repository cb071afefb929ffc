"""One picture, held before the station's eyes for as long as it takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from station.drivers.camera import Code
from station.drivers.camera.agreement import VOTES
from station.drivers.camera.decoder import Decoder
from station.drivers.camera.luma import Luma
from station.drivers.camera.scanner import Watch


class Still:
    """Raises DecoderMissing."""

    def __init__(self) -> None:
        self._decoder = Decoder()

    def read(self, luma: Luma) -> Code | None:
        """What a camera that sees nothing but `luma` would report."""
        ticks = count()
        watch = Watch(self._decoder, lambda: next(ticks) / 15)
        codes = (watch.next(_Held(luma))[0] for _ in range(VOTES))
        return next((each for each in codes if each), None)


class _Held:
    def __init__(self, luma: Luma) -> None:
        self._luma = luma

    @contextmanager
    def picture(self) -> Iterator[Luma]:
        yield self._luma

    def close(self) -> None:
        pass
