"""A picture file as the camera would see it: its luma plane."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from station.drivers.camera.luma import Luma

MOST_PIXELS = 50_000_000
"""More than any camera's; a small file may claim far more, and fill the memory."""
WITH_ALPHA = ("RGBA", "RGBa", "LA", "La", "PA")


class NoPicture(Exception):
    """A file that can't be looked at; the text says why, without the file's name."""


def luma_of(path: Path) -> Luma:
    """Raises NoPicture. What is transparent is white, as paper is; of a file of several it is the first."""
    try:
        if path.exists() and not path.is_file():
            raise NoPicture("is no file")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                return _luma(picture)
    except FileNotFoundError:
        raise NoPicture("there is no such file") from None
    except UnidentifiedImageError:
        raise NoPicture("is no picture that can be read; save it as PNG or JPEG") from None
    except Image.DecompressionBombError:
        raise NoPicture(_TOO_LARGE) from None
    except MemoryError:
        raise NoPicture("does not fit into the memory") from None
    except (OSError, SyntaxError, ValueError) as error:
        if cause := getattr(error, "strerror", None):
            raise NoPicture(f"can't be read: {cause}") from None
        raise NoPicture(f"is damaged: {error}") from None


_TOO_LARGE = f"has more than {MOST_PIXELS // 1_000_000} million pixels; make it smaller"


def _luma(picture: Image.Image) -> Luma:
    if picture.width * picture.height > MOST_PIXELS:
        raise NoPicture(_TOO_LARGE)
    if "transparency" in picture.info or picture.mode in WITH_ALPHA:
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture.convert("RGBA"))
    if picture.mode.startswith("I"):
        return np.asarray(np.clip(np.asarray(picture) >> 8, 0, 255), dtype=np.uint8)
    return np.asarray(picture.convert("L"), dtype=np.uint8)
