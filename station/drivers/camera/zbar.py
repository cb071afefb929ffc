"""zbar, by pyzbar: good with what is blurred and small. The only file that imports it.

It is asked for EAN-13 and Code 128 alone. With ISBN10 or ISBN13 switched on it renames an EAN-13; and what it
makes of a QR code that holds Chinese is another text, since it guesses the encoding, UTF-8 last.
"""

from __future__ import annotations

from station.drivers.camera import CODE128, EAN13, EXTRA, DecoderMissing, Found
from station.drivers.camera.luma import Luma

NO_LIBRARY = "libzbar0 is not installed: sudo apt-get install libzbar0"


class Zbar:
    """Raises DecoderMissing where pyzbar, or the library that it calls, isn't installed.

    It is not done without: a camera that reads less than it should looks like a camera that works.
    """

    def __init__(self) -> None:
        try:
            from pyzbar import pyzbar
        except ModuleNotFoundError:
            raise DecoderMissing(EXTRA.format("pyzbar")) from None
        except ImportError:
            raise DecoderMissing(NO_LIBRARY) from None
        self._decode = pyzbar.decode
        self._names = {pyzbar.ZBarSymbol.EAN13: EAN13, pyzbar.ZBarSymbol.CODE128: CODE128}
        self._by_type = {symbol.name: name for symbol, name in self._names.items()}

    def read(self, luma: Luma) -> list[Found]:
        """Every EAN-13 and Code 128 in the picture; best when its bars stand upright or lie flat."""
        return [
            Found(
                each.data.decode("ascii", "replace"),
                self._by_type[each.type],
                tuple((float(x), float(y)) for x, y in each.polygon) or _corners(each.rect),
            )
            for each in self._decode(luma, symbols=list(self._names))
        ]


def _corners(rect: tuple[int, int, int, int]) -> tuple[tuple[float, float], ...]:
    left, top, width, height = rect
    return (float(left), float(top)), (float(left + width), float(top + height))
