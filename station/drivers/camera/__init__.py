"""A camera as a scanner: pictures in, one reading a code out.

    picamera → scene: has anything changed? → decoder: which codes are there → agreement: is it a scan → emit

numpy, Pillow, the two decoders and picamera2 are imported here and nowhere else, each by one file.
"""

from __future__ import annotations

from msgspec import Struct

EXTRA = "{} is not installed: it comes with Shelfpost's extra `camera` (pip install 'shelfpost[camera]')"

UNFIT = (
    "{} is there, but does not load ({}). Another numpy or Pillow may hide Debian's, which fit: sudo apt-get"
    " install --reinstall --no-install-recommends python3-numpy python3-pil, then `sudo make install` again"
)


class DecoderMissing(Exception):
    """A library that decodes is not there; the text says how to get it."""


def not_loaded(what: str, error: Exception) -> str:
    """What is said where `what` can't be imported; the first of a chain of errors says most."""
    if isinstance(error, ModuleNotFoundError):
        return EXTRA.format(error.name)
    first: BaseException = error
    while cause := first.__cause__ or first.__context__:
        first = cause
    return UNFIT.format(what, " ".join(str(first).split()) or type(first).__name__)


class Box(Struct, frozen=True):
    """Where a code is, upright around it, in parts of the picture's width and height."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom


class Code(Struct, frozen=True):
    """A code as it was read in one picture; `by` names the decoders that read it so."""

    text: str
    symbology: str
    box: Box
    by: frozenset[str]


class Found(Struct, frozen=True):
    """What one decoder has found in one array; `corners` are its pixels, x before y."""

    text: str
    symbology: str
    corners: tuple[tuple[float, float], ...]


EAN13, CODE128, QR = "ean13", "code128", "qr"
"""The symbologies that books, labels and cards bear. Each other one that is looked for costs time and brings
readings of things that are no codes."""
