"""Generated pictures, decoded as the camera's frames are. No guest takes part: there is no camera in it."""

from __future__ import annotations

from tests.hardware.image import Image
from tests.hardware.machine import Failed
from tests.hardware.report import Figures


def decodes(_image: Image, count: int) -> Figures:
    """A misread that is taken for a scan fails the check; how many are read is a matter of the bench."""
    from tests.camera.counting import Counts
    from tests.camera.counting import count as counted

    counts = Counts()
    for counts in counted(count):
        if counts.misread:
            raise Failed(f"after {counts.decodes} decodes a scan was wrong: {counts.misread[0]}")
    share = counts.read / counts.readable if counts.readable else 0
    said = f"{counts.decodes:,} decodes, {counts.read:,} of {counts.readable:,} codes read ({share:.0%})"
    return Figures(f"{said}, none misread", {"decodes": counts.decodes})
