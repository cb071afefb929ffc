"""The camera by picamera2: what it is asked for, and what is said where it fails."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from station.drivers.camera import not_loaded
from station.drivers.camera.picamera import FRAME, CameraFault, Picamera, Settings
from tests.camera.shown import FakePicamera2, plain

CLOSED = ["flush", "close"]


def opened(library: FakePicamera2, settings: Settings = Settings()) -> Picamera:  # noqa: B008
    return Picamera(settings, lambda: library)


def test_picture_is_the_luma_plane_without_what_the_rows_have_more() -> None:
    luma = plain()
    luma[10, 20] = 255
    assert np.array_equal(opened(FakePicamera2(luma)).picture(np.copy), luma)


def test_picture_is_given_back() -> None:
    library = FakePicamera2(plain())
    assert opened(library).picture(lambda _: library.log[-1]) == "capture"
    assert library.log[-1] == "release"


def test_picture_is_given_back_though_reading_it_fails() -> None:
    library = FakePicamera2(plain())
    with pytest.raises((ZeroDivisionError, BufferError)):
        opened(library).picture(lambda _: 1 / 0)
    assert library.log[-1] == "release"


def test_camera_is_the_one_that_was_asked_for() -> None:
    library = FakePicamera2(plain())
    opened(library, Settings(number=1))
    assert library.log == [("open", 1), ("controls", {}), ("configure", "YUV420"), "start"]


@pytest.mark.parametrize(
    ("focus", "controls"),
    [(None, {"AfMode": 2, "AfRange": 2}), (0.2, {"AfMode": 0, "LensPosition": 5.0})],
    ids=["by itself", "at 20 cm"],
)
def test_lens_that_moves_is_focused(focus: float | None, controls: dict[str, object]) -> None:
    library = FakePicamera2(plain(), ("AfMode", "AfRange", "LensPosition", "FrameDurationLimits"))
    opened(library, Settings(focus=focus))
    assert ("controls", {"FrameDurationLimits": (FRAME, FRAME), **controls}) in library.log


def test_pictures_come_so_often_that_a_wake_up_takes_no_200_ms() -> None:
    """Just missed, a change is in the next picture, and that is there when the one after it begins."""
    assert 2 * FRAME < 200_000


def test_absent_library_is_said_with_the_command_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(CameraFault, match=r"sudo apt-get install .*python3-picamera2"):
        Picamera(Settings())


def test_library_that_does_not_load_is_a_fault_of_the_camera_alone(tmp_path: Path) -> None:
    """As picamera2 beside another numpy than the one that its parts were compiled for."""
    (tmp_path / "picamera2.py").write_text("raise ValueError('numpy.dtype size changed')")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(tmp_path)
        with pytest.raises(CameraFault, match=r"not load \(numpy.dtype size changed\)") as raised:
            Picamera(Settings())
    assert "python3-numpy" in str(raised.value) and "sudo make install" in str(raised.value)


def test_of_errors_that_follow_from_each_other_the_first_is_said_on_one_line() -> None:
    """numpy wraps what its parts say in pages of advice."""
    try:
        try:
            raise ImportError("libopenblas.so.0: cannot open shared object file")
        except ImportError:
            raise ImportError("\n\nIMPORTANT: PLEASE READ THIS\n") from None
    except ImportError as error:
        assert "(libopenblas.so.0: cannot open shared object file)" in not_loaded("numpy", error)
    assert "(a b)" in not_loaded("numpy", ImportError("\na\n b"))


@pytest.mark.parametrize("what", ["open", "configure", "start"])
@pytest.mark.parametrize("error", [RuntimeError("Failed to acquire"), IndexError("no camera"), KeyError("x")])
def test_camera_that_does_not_open_is_a_fault(what: str, error: Exception) -> None:
    library = FakePicamera2(plain(), fails={what: error})
    with pytest.raises(CameraFault, match="the camera can't be"):
        opened(library)
    assert library.log[-2:] == CLOSED or what == "open"


def test_first_cause_is_what_is_said() -> None:
    error = RuntimeError("did not complete")
    error.__cause__ = RuntimeError("in use by another process")
    with pytest.raises(CameraFault, match="opened: in use by another process"):
        opened(FakePicamera2(plain(), fails={"open": error}))


def test_camera_that_falls_silent_is_a_fault() -> None:
    camera = opened(FakePicamera2(plain(), fails={"capture": TimeoutError()}))
    with pytest.raises(CameraFault, match="none came within 2 s"):
        camera.picture(np.copy)


def test_camera_that_is_closed_twice_or_fails_at_it_is_closed() -> None:
    library = FakePicamera2(plain(), fails={"close": RuntimeError(), "flush": RuntimeError()})
    camera = opened(library)
    camera.close()
    camera.close()
    assert library.log[-4:] == CLOSED * 2
