"""zxing-cpp: quick, good with noise and large modules, the one that reads QR. Only this file imports it."""

from __future__ import annotations

from typing import Any

from station.drivers.camera import CODE128, EAN13, EXTRA, QR, DecoderMissing, Found
from station.drivers.camera.luma import Luma


class Zxing:
    """Raises DecoderMissing where zxing-cpp isn't installed."""

    def __init__(self) -> None:
        try:
            import zxingcpp
        except ImportError:
            raise DecoderMissing(EXTRA.format("zxing-cpp")) from None
        self._library: Any = zxingcpp
        self._names = {zxingcpp.EAN13: EAN13, zxingcpp.Code128: CODE128, zxingcpp.QRCode: QR}

    def read(self, luma: Luma) -> list[Found]:
        """Every code in the picture that is whole, whichever way round it lies.

        Who asks for QR codes is given their kin too, Micro QR and rMQR: those are not the library's, and so
        small that noise is taken for them. Downscaling is left to the cascade, which averages; light codes on
        dark are not the library's.
        """
        barcodes = self._library.read_barcodes(
            luma,
            formats=list(self._names),
            try_downscale=False,
            try_invert=False,
            text_mode=self._library.TextMode.Plain,
            ean_add_on_symbol=self._library.EanAddOnSymbol.Ignore,
        )
        return [self._found(each) for each in barcodes if each.format in self._names]

    def _found(self, barcode: Any) -> Found:
        at = barcode.position
        corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
        symbology = self._names[barcode.format]
        return Found(barcode.text, symbology, tuple((float(each.x), float(each.y)) for each in corners))
