"""CameraScanner: pictures of our choice in, reports out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from station.drivers import Reading, ScannerFound, ScannerLost
from station.drivers.camera import Box, Code, DecoderMissing
from station.drivers.camera import scanner as scanner_file
from station.drivers.camera.decoder import Enough
from station.drivers.camera.luma import Luma
from station.drivers.camera.picamera import CameraFault
from station.drivers.camera.scanner import LONGEST, STILL, CameraScanner, Watch
from tests.camera.pictures import Label, Place, picture
from tests.camera.shown import SMALL, ShownCamera, code, plain, with_patch
from tests.drivers.scanner_contract import AT, NAME, ScannerContract, Source
from tests.drivers.typing_rig import Running

ISBN = "9787020002207"
LEFT, RIGHT = Box(0.0, 0.0, 0.2, 0.2), Box(0.8, 0.8, 1.0, 1.0)


def held(text: str, x: float = 0.5) -> Luma:
    return picture([(Label(text, "qr"), Place(4.0, x=x))], size=SMALL)


class CameraSource:
    """Each code is held twice, the second one nearer to the middle than the first, as time stands still."""

    def __init__(self) -> None:
        self._camera = ShownCamera()
        self.scanner = CameraScanner(NAME, lambda: self._camera, clock=lambda: AT)

    def feed(self, *codes: str) -> None:
        for at, text in enumerate(codes, start=1):
            self._camera.feed(*[held(text, 0.35 + 0.15 * at / len(codes))] * 2)


class TestCamera(ScannerContract):
    @pytest.fixture
    def source(self) -> Source:
        return CameraSource()


class Reads:
    """A decoder that finds what it is told, picture by picture, and counts."""

    def __init__(self, *finds: Sequence[Code]) -> None:
        self._finds = list(finds)
        self.count = 0
        self.was_enough: list[bool] = []

    def read(self, luma: Luma, enough: Enough | None = None) -> list[Code]:
        self.count += 1
        found = list(self._finds.pop(0)) if self._finds else []
        self.was_enough += [enough(each) for each in found] if enough else []
        return found


class Eyes:
    """A watch that sees picture after picture, and its time."""

    def __init__(self, *finds: Sequence[Code]) -> None:
        self.decoder = Reads(*finds)
        self.now = 0.0
        self.watch = Watch(self.decoder, lambda: self.now)

    def see(self, luma: Luma, after: float = 0.1) -> str | None:
        self.now += after
        scanned, at = self.watch.next(ShownCamera(luma))
        assert at == self.now
        return scanned.text if scanned else None


def test_pictures_are_not_decoded_when_nothing_has_changed_for_some_time() -> None:
    eyes = Eyes()
    eyes.see(plain())
    eyes.see(plain(), STILL)
    eyes.see(plain(), 0.1)
    eyes.see(plain(), 1000)
    assert eyes.decoder.count == 2


def test_change_is_decoded_in_the_picture_that_shows_it() -> None:
    eyes = Eyes((), [code("BK-1", 2)])
    eyes.see(plain())
    eyes.see(plain(), 1000)
    assert eyes.see(with_patch(200)) == "BK-1"


def test_code_that_lies_through_the_rest_is_not_scanned_again_when_a_hand_passes() -> None:
    lies = [code("BK-1", 2, LEFT)]
    eyes = Eyes(lies, (), lies)
    assert eyes.see(plain()) == "BK-1"
    eyes.see(plain(), 1000)
    hand = with_patch(200)
    assert [eyes.see(each, 1.5) for each in (hand, plain())] == [None, None]
    assert eyes.decoder.count == 3


def test_time_without_a_camera_takes_no_code_away() -> None:
    lies = [code("BK-1", 2, LEFT)]
    eyes = Eyes(lies, (), lies)
    assert eyes.see(plain()) == "BK-1"
    eyes.now += 1000
    eyes.watch.resume()
    assert [eyes.see(each) for each in (with_patch(200), plain())] == [None, None]
    assert eyes.decoder.count == 3


def test_code_that_was_taken_away_is_scanned_again() -> None:
    eyes = Eyes([code("BK-1", 2, LEFT)], (), (), [code("BK-1", 2, LEFT)])
    there, gone = with_patch(200), plain()
    assert [eyes.see(each, 1.5) for each in (there, gone, gone, there)] == ["BK-1", None, None, "BK-1"]


def test_only_a_new_label_ends_the_search_in_a_picture() -> None:
    label, isbn = code("BK-1", 2), code(ISBN, 2, RIGHT)
    eyes = Eyes([isbn], [label], [label])
    for luma in (with_patch(200), plain(), with_patch(200)):
        eyes.see(luma)
    assert eyes.decoder.was_enough == [False, True, False]


def test_camera_has_its_buffer_back_before_the_decoders_begin() -> None:
    camera = ShownCamera(held("RD-1001"))
    seen: list[tuple[bool, int]] = []

    class Looks(Reads):
        def read(self, luma: Luma, enough: Enough | None = None) -> list[Code]:
            seen.append((camera.is_held, int(luma.max())))
            return []

    Watch(Looks(), lambda: 0.0).next(camera)
    assert [(is_held, light > 0) for is_held, light in seen] == [(False, True)]


def test_text_that_is_too_long_is_an_empty_reading() -> None:
    decoder = Reads([code("x" * (LONGEST + 1), 2, LEFT)], [code("y" * LONGEST, 2)])
    with Running(scanner(ShownCamera(plain(), with_patch(200), plain()), decoder)) as running:
        assert running.reports(3)[1:] == [Reading(NAME, "", AT), Reading(NAME, "y" * LONGEST, AT)]


def scanner(camera: ShownCamera, decoder: Reads | None = None) -> CameraScanner:
    return CameraScanner(NAME, lambda: camera, lambda: decoder or Reads(), lambda: AT)


@pytest.fixture
def looks_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner_file, "LOOK_AGAIN", 0.0)


def failing(*faults: Exception | ShownCamera) -> Callable[[], ShownCamera]:
    """What each opening of the camera comes to."""
    left = list(faults)

    def opener() -> ShownCamera:
        each = left.pop(0)
        if isinstance(each, Exception):
            raise each
        return each

    return opener


@pytest.mark.usefixtures("looks_again_at_once")
def test_camera_that_is_not_there_is_lost_once_until_it_comes() -> None:
    fault = CameraFault("no camera")
    opener = failing(fault, fault, fault, ShownCamera())
    with Running(CameraScanner(NAME, opener, Reads, lambda: AT)) as running:
        assert running.reports(2) == [ScannerLost(NAME, "no camera"), ScannerFound(NAME)]


@pytest.mark.usefixtures("looks_again_at_once")
def test_camera_that_fails_is_closed_lost_and_opened_again() -> None:
    broken, fresh = ShownCamera(CameraFault("silent")), ShownCamera(held("RD-1001"))
    with Running(CameraScanner(NAME, failing(broken, fresh), clock=lambda: AT)) as running:
        assert running.reports(4) == [
            ScannerFound(NAME),
            ScannerLost(NAME, "silent"),
            ScannerFound(NAME),
            Reading(NAME, "RD-1001", AT),
        ]
        assert broken.is_closed


@pytest.mark.usefixtures("looks_again_at_once")
def test_code_that_lies_while_the_camera_fails_is_not_scanned_again() -> None:
    lying = held("RD-1001")
    first, again = (
        ShownCamera(lying, lying, CameraFault("silent")),
        ShownCamera(lying, lying, held("BK-1", 0.51)),
    )
    times = iter(np.arange(0, 1000, 0.1))
    opener = failing(first, again)
    with Running(CameraScanner(NAME, opener, clock=lambda: float(next(times)))) as running:
        texts = [each.text for each in running.reports(5) if isinstance(each, Reading)]
    assert texts == ["RD-1001", "BK-1"]


def test_missing_decoder_is_said() -> None:
    def missing() -> Reads:
        raise DecoderMissing("libzbar0 is not installed")

    with Running(CameraScanner(NAME, ShownCamera, missing, lambda: AT)) as running:
        assert running.reports(1) == [ScannerLost(NAME, "libzbar0 is not installed")]
