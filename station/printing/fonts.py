"""Which font files there are for what the printers' own Latin fonts don't have: Chinese above all.

Debian's packages are known by their paths, the smallest first; any other font can be named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from station.printing import PrintError

KNOWN = {
    "wqy-microhei.ttc": 0,
    "NotoSansCJK-Regular.ttc": 2,
    "NotoSansCJKsc-Regular.otf": 0,
    "SourceHanSansSC-Regular.otf": 0,
    "wqy-zenhei.ttc": 0,
    "DroidSansFallbackFull.ttf": 0,
    "DejaVuSans.ttf": 0,
}
"""Files, in the order in which they are tried, and which font of a collection is the one for the mainland's
forms. The last one is for Greek and Cyrillic."""

FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts"),
    Path("~/.fonts"),
)
PACKAGE = "fonts-wqy-microhei"


class FontFile(Struct, frozen=True):
    """`number` is the font's place in a collection (.ttc, .otc), from 0."""

    path: Path
    number: int = 0


def font_file(text: str) -> FontFile:
    """From `FILE` or, in a collection, `FILE:NUMBER`. Raises PrintError where there is no such file."""
    with_number = re.fullmatch(r"(.+):([0-9]{1,3})", text)
    path = Path(with_number.group(1) if with_number else text)
    try:
        is_there = path.is_file()
    except OSError as error:
        raise PrintError(f"the font file {path} can't be read: {error.strerror}.") from None
    if not is_there:
        raise PrintError(f"there is no font file {path}.")
    return FontFile(path, int(with_number.group(2)) if with_number else KNOWN.get(path.name, 0))


def installed(folders: tuple[Path, ...] = FOLDERS) -> Iterator[FontFile]:
    """The known fonts that this machine has."""
    found = {
        path.name: path for folder in folders for path in sorted(folder.expanduser().rglob("*.[to]t[cf]"))
    }
    return (FontFile(found[name], number) for name, number in KNOWN.items() if name in found)


def missing(characters: str, *, named: bool) -> PrintError:
    """What to do about `characters` that no font here has."""
    shown = " ".join(characters[:12]) + (" …" if len(characters) > 12 else "")
    codes = ", ".join(f"U+{ord(each):04X}" for each in characters[:3])
    where = (
        "neither the font that was named nor any that is installed here has" if named else "no font here has"
    )
    return PrintError(
        f"{where} {shown} ({codes}). For Chinese: sudo apt install {PACKAGE} (fonts-noto-cjk has"
        " more characters), or name a font file with --font. Fixed texts without Chinese: --lang en."
    )
