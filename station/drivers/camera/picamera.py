"""A Raspberry Pi's camera, by picamera2. The only file that imports it, and only when it is opened.

picamera2 and libcamera come from Debian's packages and fit each other; a copy from pip breaks with the next
upgrade. A virtual environment sees them if it was made with --system-site-packages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from station.drivers.camera import not_loaded
from station.drivers.camera.luma import Luma

PATIENCE = 2.0
"""Seconds without a picture after which the camera has failed: its cable is loose, or the driver hangs."""
FRAME = 66_667
"""Microseconds from one picture to the next: fifteen a second, so that what is new is seen within 0.07 s, for
half the work of the usual thirty."""
BUFFERS = 4
MANUAL, CONTINUOUS, FULL = 0, 2, 2
"""libcamera's AfModeManual, AfModeContinuous and AfRangeFull."""

ABSENT = (
    "picamera2 is not there ({}): sudo apt-get install --no-install-recommends python3-picamera2; a virtual"
    " environment sees it if it was made with --system-site-packages"
)


Seen = TypeVar("Seen")


class CameraFault(Exception):
    """The camera can't be opened, or gives no pictures; the text says why."""


class Settings(Struct, frozen=True):
    """Which camera, as `rpicam-hello --list-cameras` counts; its pictures' width and height in pixels; how
    far away codes are held, in metres, where the lens doesn't find its focus by itself."""

    number: int = 0
    size: tuple[int, int] = (1920, 1080)
    focus: float | None = None


class Camera(Protocol):
    """A source of pictures. Everything that fails raises CameraFault."""

    def picture(self, see: Callable[[Luma], Seen]) -> Seen:
        """Wait for the newest picture, and return what `see` makes of its luma plane.

        That is the camera's own buffer, which is unmapped afterwards: no array on it may be kept.
        """

    def close(self) -> None: ...


class Picamera:
    """Raises CameraFault where there is no picamera2 that loads, no camera, or another program has it."""

    def __init__(self, settings: Settings, library: Callable[[], Any] | None = None) -> None:
        self._library = (library or _library)()
        self._width, self._height = settings.size
        with _told("the camera can't be opened"):
            self._camera = self._library.Picamera2(settings.number)
        try:
            with _told("the camera can't be started"):
                self._start(settings)
        except CameraFault:
            self.close()
            raise

    def _start(self, settings: Settings) -> None:
        camera = self._camera
        configuration = camera.create_video_configuration(
            main={"format": "YUV420", "size": settings.size},
            buffer_count=BUFFERS,
            controls=_controls(camera.camera_controls, settings),
            display=None,
            encode=None,
        )
        camera.configure(configuration)
        self._width, self._height = configuration["main"]["size"]
        camera.start()

    def picture(self, see: Callable[[Luma], Seen]) -> Seen:
        """The newest picture: picamera2 keeps one, and lets go of it when the next one comes.

        The plane is the first of three, at the top of the array, whose rows may be longer than the picture's.
        """
        with _told("the camera gives no picture"):
            request = self._camera.capture_request(wait=PATIENCE)
        try:
            with self._library.MappedArray(request, "main", write=False) as mapped:
                return see(mapped.array[: self._height, : self._width])
        finally:
            request.release()

    def close(self) -> None:
        """May be called after a failure; what fails now has failed before."""
        with suppress(Exception):
            self._camera.cancel_all_and_flush()
        with suppress(Exception):
            self._camera.close()


def _library() -> Any:
    try:
        import picamera2
    except ModuleNotFoundError as error:
        raise CameraFault(ABSENT.format(error)) from None
    except Exception as error:
        raise CameraFault(not_loaded("picamera2", error)) from error
    return picamera2


def _controls(known: Any, settings: Settings) -> dict[str, Any]:
    """What this camera can be told: few have a lens that moves, and not every driver sets its pace."""
    wanted: dict[str, Any] = {"FrameDurationLimits": (FRAME, FRAME)}
    if settings.focus is None:
        wanted |= {"AfMode": CONTINUOUS, "AfRange": FULL}
    else:
        wanted |= {"AfMode": MANUAL, "LensPosition": 1 / settings.focus}
    return {name: value for name, value in wanted.items() if name in known}


@contextmanager
def _told(what: str) -> Iterator[None]:
    """picamera2 fails with exceptions of many kinds; the first of a chain says most."""
    try:
        yield
    except TimeoutError:
        raise CameraFault(f"{what}: none came within {PATIENCE:.0f} s; see to its cable") from None
    except Exception as error:
        first: BaseException = error
        while first.__cause__:
            first = first.__cause__
        raise CameraFault(f"{what}: {first}, {type(first).__name__}") from error
