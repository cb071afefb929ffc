"""What the camera's cascade reads and costs, beside pyzbar and zxing-cpp alone, and what each pass adds.

Generated pictures of 1920 × 1080 (tests/camera/kinds.py), the same for all; each reader is timed in turn on
the same picture, in processor time. All three are asked for EAN-13, Code 128 and QR alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import mean, quantiles

import numpy as np
import zxingcpp
from msgspec import Struct
from pyzbar import pyzbar

from bench import report
from station.drivers.camera.decoder import PASSES, Decoder, is_sure
from station.drivers.camera.luma import Luma
from tests.camera.kinds import KINDS, Kind, code
from tests.camera.pictures import desk, picture

PICTURES = 100
"""Of each kind; of the hand-held mix so many times as many."""
MIX, MIX_TIMES = "hand-held", 3
DESKS = 6
SEED = 7

ZBAR = [pyzbar.ZBarSymbol.EAN13, pyzbar.ZBarSymbol.CODE128, pyzbar.ZBarSymbol.QRCODE]
ZXING: list[zxingcpp.BarcodeFormat] = [zxingcpp.EAN13, zxingcpp.Code128, zxingcpp.QRCode]
Reader = Callable[[Luma], set[str]]
CASCADE, SURE, ZBAR_ALONE, ZXING_ALONE = "cascade", "cascade, sure", "pyzbar whole", "zxing-cpp whole"


class Taken(Struct):
    """What one reader made of the pictures of one kind: whether it read each, and in how many seconds."""

    read: list[bool] = []
    seconds: list[float] = []
    wrong: int = 0

    def row(self) -> str:
        p95 = quantiles(self.seconds, n=20, method="inclusive")[18]
        times = f"{mean(self.seconds) * 1000:6.1f} ms mean {p95 * 1000:6.1f} p95"
        return f"{mean(self.read):6.1%} {times}" + (f", {self.wrong} misread" if self.wrong else "")


def zbar_alone(luma: Luma) -> set[str]:
    return {each.data.decode(errors="replace") for each in pyzbar.decode(luma, symbols=ZBAR)}


def zxing_alone(luma: Luma) -> set[str]:
    return {each.text for each in zxingcpp.read_barcodes(luma, formats=ZXING)}  # type: ignore[arg-type]


def cascade(decoder: Decoder) -> Reader:
    return lambda luma: {each.text for each in decoder.read(luma)}


def sure(decoder: Decoder) -> Reader:
    """What both decoders agree on in the one picture, and QR codes."""
    return lambda luma: {each.text for each in decoder.read(luma) if is_sure(each)}


def run() -> None:
    decoder = Decoder()
    readers = {
        CASCADE: cascade(decoder),
        SURE: sure(decoder),
        ZBAR_ALONE: zbar_alone,
        ZXING_ALONE: zxing_alone,
    }
    for name, kind in KINDS.items():
        taken = _in_turn(readers, kind, PICTURES * (MIX_TIMES if name == MIX else 1))
        for reader, each in taken.items():
            report.say(f"{name:12} {reader:16} {each.row()}")
        if name == MIX:
            _targets(taken)
    _passes()


def _targets(taken: dict[str, Taken]) -> None:
    ours, theirs = taken[CASCADE], taken[ZBAR_ALONE]
    report.target("  hand-held mix read", 100 * mean(ours.read), low=90, unit=" %")
    report.target("  mean time to pyzbar's on the whole picture", _mean(ours) / _mean(theirs), high=0.2)


def _passes() -> None:
    """Each pass alone, and the cascade without it: what it reads that the others don't, and what it costs."""
    alone = {f"{each.name} alone": cascade(Decoder([each])) for each in PASSES}
    rests = {f"without {each.name}": cascade(Decoder([p for p in PASSES if p != each])) for each in PASSES}
    taken = _in_turn({CASCADE: cascade(Decoder()), **alone, **rests}, KINDS[MIX], PICTURES)
    for name, each in taken.items():
        report.say(f"{MIX}, {name:38} {each.row()}")


def _in_turn(readers: dict[str, Reader], kind: Kind, count: int) -> dict[str, Taken]:
    taken = {name: Taken() for name in readers}
    for text, luma in _pictures(kind, count):
        for name, read in readers.items():
            began = time.thread_time()
            texts = read(luma)
            taken[name].seconds.append(time.thread_time() - began)
            taken[name].read.append(text in texts)
            taken[name].wrong += len(texts - {text})
    return taken


def _pictures(kind: Kind, count: int) -> Iterator[tuple[str, Luma]]:
    random = np.random.default_rng(SEED)
    desks = [desk(random) for _ in range(DESKS)]
    for number in range(count):
        label = code(random)
        place, optics = kind(random)
        yield (
            label.text,
            picture([(label, place)], optics, random=random, desk=desks[number % DESKS]),
        )


def _mean(taken: Taken) -> float:
    return mean(taken.seconds)
