"""A camera as a scanner: one thread that looks, decodes and reports, so that no more than a core is busy."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import closing
from typing import Protocol

from station.drivers import Emit, Reading, ScannerFound, ScannerLost
from station.drivers.camera import Code, DecoderMissing
from station.drivers.camera.agreement import Agreement
from station.drivers.camera.decoder import Decoder, Enough, is_sure
from station.drivers.camera.fitting import Fit, fit
from station.drivers.camera.luma import Luma
from station.drivers.camera.picamera import Camera, CameraFault
from station.drivers.camera.scene import Scene
from station.drivers.wake import Wake

LOOK_AGAIN = 5.0
"""Seconds between two tries to open a camera that isn't there."""
STILL = 3.0
"""Seconds without a change after which pictures are no longer decoded. A lens needs two to find its focus."""
LONGEST = 2_048
"""Characters of a QR code with a contact, as the contract has it. What is longer is read as an empty line."""

Clock = Callable[[], float]


class Reads(Protocol):
    """A Decoder, or what stands for one."""

    def read(self, luma: Luma, enough: Enough | None = None) -> list[Code]: ...


class CameraScanner:
    """Reads the codes that are held before a camera. `opener` opens it, and raises CameraFault."""

    def __init__(
        self,
        name: str,
        opener: Callable[[], Camera],
        decoder: Callable[[], Reads] = Decoder,
        clock: Clock = time.monotonic,
    ) -> None:
        self.name = name
        self._opener = opener
        self._decoder = decoder
        self._clock = clock
        self._wake = Wake()

    def close(self) -> None:
        self._wake.set()

    def run(self, emit: Emit) -> None:
        """Report until `close`. A camera that isn't there, or fails, is tried again."""
        lost = False
        watch: Watch | None = None
        while not self._wake.wait(LOOK_AGAIN if lost else 0):
            try:
                watch = watch or Watch(self._decoder(), self._clock)
                with closing(self._opener()) as camera:
                    emit(ScannerFound(self.name))
                    lost = False
                    self._look(camera, watch, emit)
                return
            except (CameraFault, DecoderMissing) as error:
                if not lost:
                    emit(ScannerLost(self.name, str(error)))
                lost = True

    def _look(self, camera: Camera, watch: Watch, emit: Emit) -> None:
        watch.resume()
        while not self._wake.wait(0):
            code, at = watch.next(camera)
            if code:
                emit(Reading(self.name, code.text if len(code.text) <= LONGEST else "", at))


class Watch:
    """What is known of the scene from picture to picture; it outlives a camera that fails and comes back."""

    def __init__(self, decoder: Reads, clock: Clock) -> None:
        self._decoder = decoder
        self._clock = clock
        self._scene = Scene()
        self._agreement = Agreement()
        self._changed_at = -math.inf

    def resume(self) -> None:
        """Nobody has looked up to now."""
        self._changed_at = self._clock()
        self._agreement.rest(self._changed_at)

    def next(self, camera: Camera) -> tuple[Code | None, float]:
        """Wait for the newest picture; the code that is scanned with it, if any, and its time."""
        luma, at = camera.picture(self._worth_reading)
        if luma is None:
            self._agreement.rest(at)
            return None, at
        return self._agreement.look(self._decoder.read(luma, self._is_enough), at, self._scene), at

    def _worth_reading(self, buffer: Luma) -> tuple[Luma | None, float]:
        """A copy, so that the camera has its buffer back before the decoders begin, and its time."""
        at = self._clock()
        if self._scene.show(buffer):
            self._changed_at = at
        return (buffer.copy() if at - self._changed_at <= STILL else None), at

    def _is_enough(self, code: Code) -> bool:
        """A new label ends the search. All else lets it go on: beside a book's number, or what has lain there
        before, there may be a label that is harder to read."""
        return is_sure(code) and fit(code.text) is Fit.LABEL and not self._agreement.has_done(code.text)
