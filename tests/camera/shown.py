"""Cameras that show what a test wants, and fail on call; picamera2, as far as it is used."""

from __future__ import annotations

import mmap
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from station.drivers.camera import QR, Box, Code
from station.drivers.camera.luma import Luma
from station.drivers.camera.picamera import CameraFault, Seen

SMALL = (640, 480)
MIDDLE = Box(0.4, 0.4, 0.6, 0.6)
FRAME = 0.02
"""Seconds until a camera that has nothing new gives its last picture again."""


def plain(level: int = 120) -> Luma:
    return np.full((SMALL[1], SMALL[0]), level, np.uint8)


def with_patch(level: int, at: tuple[int, int] = (0, 0)) -> Luma:
    """A plain picture with a square of another grey: somebody's hand."""
    luma = plain()
    luma[at[1] : at[1] + 128, at[0] : at[0] + 128] = level
    return luma


def code(text: str, decoders: int = 1, box: Box = MIDDLE, symbology: str = QR) -> Code:
    return Code(text, symbology, box, frozenset(("zxing", "zbar")[:decoders]))


class ShownCamera:
    """Gives the pictures it is fed, each once, then the last one again and again. An exception is raised.

    As a camera's, a buffer is unmapped after use, which fails where an array on it is kept.
    """

    def __init__(self, *pictures: Luma | CameraFault) -> None:
        self._pictures = list(pictures)
        self._last = plain()
        self._fed = threading.Condition()
        self.is_held = False
        self.is_closed = False

    def feed(self, *pictures: Luma | CameraFault) -> None:
        with self._fed:
            self._pictures += pictures
            self._fed.notify()

    def picture(self, see: Callable[[Luma], Seen]) -> Seen:
        with self._fed:
            if not self._pictures:
                self._fed.wait(FRAME)
            shown = self._pictures.pop(0) if self._pictures else self._last
        if isinstance(shown, CameraFault):
            raise shown
        self._last = shown
        self.is_held = True
        with mmap.mmap(-1, shown.size) as memory:
            memory.write(shown.tobytes())
            seen = see(np.frombuffer(memory, np.uint8).reshape(shown.shape))
        self.is_held = False
        return seen

    def close(self) -> None:
        self.is_closed = True


class FakePicamera2:
    """The library picamera2: one camera, whose pictures are `luma` in rows longer than they are wide."""

    def __init__(
        self, luma: Luma, controls: tuple[str, ...] = (), fails: dict[str, Exception] | None = None
    ) -> None:
        self.camera_controls = dict.fromkeys(controls)
        self.log: list[Any] = []
        self.array: Any = None
        self._luma = luma
        self._fails = fails or {}

    def Picamera2(self, number: int) -> FakePicamera2:
        self._do("open", number)
        return self

    def create_video_configuration(self, main: Any, controls: Any, **more: Any) -> dict[str, Any]:
        self._do("controls", controls)
        return {"main": {**main, "size": (self._luma.shape[1], self._luma.shape[0])}}

    def configure(self, configuration: Any) -> None:
        self._do("configure", configuration["main"]["format"])

    def start(self) -> None:
        self._do("start")

    def capture_request(self, wait: float) -> FakePicamera2:
        self._do("capture")
        return self

    @contextmanager
    def MappedArray(self, request: Any, stream: str, write: bool) -> Iterator[Any]:
        height, width = self._luma.shape
        rows = np.zeros((height * 3 // 2, width + 64), np.uint8)
        rows[:height, :width] = self._luma
        with mmap.mmap(-1, rows.size) as memory:
            memory.write(rows.tobytes())
            self.array = np.frombuffer(memory, np.uint8).reshape(rows.shape)
            yield self
            del self.array

    def release(self) -> None:
        self._do("release")

    def cancel_all_and_flush(self) -> None:
        self._do("flush")

    def close(self) -> None:
        self._do("close")

    def _do(self, what: str, detail: Any = None) -> None:
        self.log.append(what if detail is None else (what, detail))
        if what in self._fails:
            raise self._fails[what]
